#!/usr/bin/env bash
# The trust page fails when it must: errors stated too small or too large, a comparison that fails, a mistake that was not
# seen, a program without rows, too few distances.  Distances are the normal quantiles of 200 ranks, scaled.
set -euo pipefail
page="$KURA_BINARY_DIR/tests/trust_page"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT

# rows SCALE COUNT: distances whose standard deviation is SCALE; bisection for the normal quantile.
rows() {
    awk -v scale="$1" -v n="$2" '
        function cdf(x,  t, s, k) { t = s = x; for (k = 1; k < 200; k++) s += t *= x * x / (2 * k + 1)
                                    return 0.5 + s * exp(-x * x / 2) / sqrt(2 * 3.14159265358979) }
        BEGIN { for (i = 0; i < n; i++) { lo = -6; hi = 6
                for (k = 0; k < 50; k++) { m = (lo + hi) / 2; if (cdf(m) < (i + 0.5) / n) lo = m; else hi = m }
                printf "z\tFamily\trun %d\t0\t%.9g\t1\t%.9g\tholds\tclaim <%d>\tsource\tt_some\t\n", i, scale * lo, scale * lo, i } }'
}
expect() { # STATUS TEXT
    set +e
    out="$("$page" "$folder" t_some 2>&1)"
    status=$?
    set -e
    [ "$status" = "$1" ] && grep -qF -- "$2" <<<"$out" || { echo "expected status $1 and \"$2\", got $status:"; echo "$out"; exit 1; }
}
add() { printf '%s\tFamily\trun\t1\t1\t0\t0\t%s\tthe claim\tsource\tt_some\t\n' "$1" "$2" >>"$folder/t_some.tsv"; }

rows 1 200 >"$folder/t_some.tsv"
expect 0 "200 distances"
grep -q 'claim &lt;7&gt;' "$folder/trust.html"
rows 1.25 200 >"$folder/t_some.tsv"
expect 1 "outside its band" # errors stated a fifth too small
rows 0.8 200 >"$folder/t_some.tsv"
expect 1 "outside its band" # errors stated a quarter too large
rows 1 149 >"$folder/t_some.tsv"
expect 1 "fewer than 150"
rows 1 200 >"$folder/t_some.tsv"
add equal holds
add twin holds
expect 0 "1 equalities"
add equal FAILS
expect 1 "FAILS: Family: run: the claim"
rows 1 200 >"$folder/t_some.tsv"
add twin FAILS
expect 1 "FAILS: Family"
: >"$folder/t_some.tsv"
expect 1 "no rows of t_some"
echo "not a row" >"$folder/t_some.tsv"
expect 2 "line 1 is not a row"

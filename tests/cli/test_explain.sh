#!/usr/bin/env bash
# kura explain: the text of a small scenario, word for word (explain.txt; "test_explain.sh --update" writes it anew), JSON,
# the worst paths of a result, and what is said of wrong use.
set -u
kura=$KURA_BINARY
here=$KURA_SOURCE_DIR/tests/cli
work=$(mktemp -d "${KURA_TEST_TMP:-/tmp}/explain.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
cp "$here/explain.yaml" .
failures=0

fail() {
    echo "FAIL: $*"
    failures=$((failures + 1))
}

# expect STATUS ARGUMENTS...: runs kura; its output is then in out and err.
expect() {
    local want=$1
    shift
    "$kura" "$@" >out 2>err </dev/null
    local got=$?
    [ $got -eq "$want" ] || fail "kura $* ended with $got, expected $want: $(head -3 err)"
}
said() { grep -qF -- "$1" err || fail "\"$1\" is not in the message: $(head -3 err)"; }
told() { grep -qF -- "$1" out || fail "\"$1\" is not told: $(head -3 out)"; }
quiet() { [ ! -s "$1" ] || fail "$2: $1 is not empty: $(head -3 "$1")"; }

# --- the text ---
for arguments in "--path 5" "--path 3 --mineral gallium" "--path 5 --mineral zinc --set run.horizon=26weeks"; do
    echo "\$ kura explain explain.yaml $arguments"
    # shellcheck disable=SC2086
    "$kura" explain explain.yaml $arguments 2>&1 || fail "explain $arguments ended with $?"
    echo
done >text
if [ "${1:-}" = --update ]; then cp text "$here/explain.txt"; fi
cmp -s text "$here/explain.txt" || fail "the text has changed: $(diff "$here/explain.txt" text | head -20)"
[ -z "$(awk 'length > 80' text)" ] || fail "a line is longer than 80 columns: $(awk 'length > 80' text | head -2)"

# --- options ---
expect 0 explain explain.yaml --path 5 --isa baseline
cp out first
expect 0 explain explain.yaml --path 5
cmp -s out first || fail "the instruction set changes a story"
expect 0 explain "$KURA_SOURCE_DIR/configs/elements/shocks.yaml" --path 0 # stretches of a shock that touch are one event
told "shock cuts takes 48 % of the capacity of smelter; until 2028-01-10"
expect 0 explain explain.yaml --path 5 --seed 5
cmp -s out first && fail "another seed tells the same story"
told "seed 5"
expect 0 explain explain.yaml --path 123456
told "The scenario's run has paths 0 to 99: this one is not part of its result"
quiet err "a path beyond the run"
expect 0 explain explain.yaml --path 5 --set hazards=null --set events=null
told "0 of 2 minerals ran short"
expect 0 explain explain.yaml --path 5 --format json
quiet err "explain --format json"
[ ! -x /usr/bin/python3 ] || /usr/bin/python3 - <<'PYTHON' || fail "explain --format json"
import json, math
s = json.load(open("out"))
assert s["path"] == 5 and s["scenario"] == "explained" and s["focus"] == "JPN" and s["in_result"] and s["minerals_short"] == 1
g = s["minerals"][0]
assert g["id"] == "gallium" and "steps" not in g and "events" not in s["minerals"][1]
kinds = {e["kind"] for e in g["events"]}
assert kinds >= {"regime", "restriction", "outage", "shock", "route", "project", "script", "stockpile", "price", "shortage"}, kinds
assert sum(x["short_steps"] for x in g["shortages"]) == g["metrics"]["short_steps"]
assert math.isclose(sum(x["unserved_t"] for x in g["shortages"]), g["metrics"]["unserved"], rel_tol=0.01)
PYTHON

# --- the worst paths of a result ---
expect 0 run explain.yaml -o r.h5 --progress none
expect 0 explain r.h5 --worst 3 --mineral gallium
told "kura explain explain.yaml --path "
quiet err "--worst"
expect 0 explain r.h5 --worst 1 --format json
expect 0 explain r.h5 --worst 2 --mineral zinc
told "No path of r.h5 has unserved demand of zinc"
worst=$("$kura" explain r.h5 --worst 1 | sed -n 's/^ *\(kura explain .*\)/\1/p')
"$kura" ${worst#kura } >out 2>err || fail "$worst: $(head -3 err)"
told "1 of 2 minerals ran short"
"$kura" run explain.yaml --seed 9 --set "run.horizon=2 years" -o s.h5 --progress none >out 2>err
expect 0 explain s.h5 --worst 1
told "kura explain explain.yaml --set 'run.horizon=2 years' --seed 9 --path"
quiet err "--worst of a run with --set"
"$kura" run explain.yaml --set "run.horizon=2 years" -o t.h5 --progress none --reproducible >out 2>err
expect 0 explain t.h5 --worst 1
said "the run changed keys"
mkdir "with blank" && cp "$here/explain.yaml" "with blank/it's.yaml"
expect 0 run "with blank/it's.yaml" -o q.h5 --progress none
expect 0 explain q.h5 --worst 1
told "kura explain 'with blank/it'\\''s.yaml' --path"
quiet err "--worst of a scenario with blanks in its path"
sed -i 's/elasticity: 0.1/elasticity: 0.2/' explain.yaml
expect 0 explain r.h5 --worst 1
said "\"explain.yaml\" is not what was run: changed since then: explain.yaml"
mkdir elsewhere && cp r.h5 elsewhere && cd elsewhere || exit 1
expect 0 explain r.h5 --worst 1
said "cannot be read from here"
cd .. && cp "$here/explain.yaml" .
expect 0 run explain.yaml --set tallies.samples=false -o u.h5 --progress none
expect 65 explain u.h5 --worst 1
said "u.h5 has no /samples"
expect 64 explain r.h5 --worst 1 --mineral galium
said 'did you mean "gallium"?'

# --- minerals that are short alike are all named ---
cat >tie.yaml <<'END'
format: 1
name: tie
run: {paths: 4, steps: 10, focus: JPN}
minerals: {ga: {forms: [metal]}, cu: {forms: [metal]}, sn: {forms: [metal]}}
network:
  demand:
    - {mineral: ga, form: metal, country: JPN, rate: 1 t/step}
    - {mineral: cu, form: metal, country: JPN, rate: 1 t/step}
    - {mineral: sn, form: metal, country: JPN, rate: 1 t/step}
  sites:
    a: {mineral: ga, form: metal, country: JPN, kind: mine, output: 1 t/step}
    b: {mineral: cu, form: metal, country: JPN, kind: mine, output: 1 t/step}
    c: {mineral: sn, form: metal, country: JPN, kind: mine, output: 1 t/step}
  hubs:
    - {mineral: ga, form: metal, country: JPN, opening: 0 t}
    - {mineral: cu, form: metal, country: JPN, opening: 0 t}
    - {mineral: sn, form: metal, country: JPN, opening: 0 t}
events:
  - {from: 0, to: 10, object: site/a, field: availability, value: 50 %}
  - {from: 0, to: 10, object: site/b, field: availability, value: 50 %}
  - {from: 0, to: 10, object: site/c, field: availability, value: 50 %}
END
expect 0 run tie.yaml -o tie.h5 --progress none
expect 0 explain tie.h5 --worst 1
told "ga, cu, sn"

# --- wrong use ---
expect 64 explain
said usage
expect 64 explain explain.yaml
said "--path N is missing"
expect 64 explain r.h5
said "--worst K"
expect 64 explain r.h5 --path 1
said "this is a result"
expect 64 explain explain.yaml --path 1 --worst 1
expect 64 explain r.h5 --worst 1 --set a=b
for wrong in "--path -1" "--path x" "--path 1099511627776" "--path 99999999999999999999" "--worst 0" "--worst 10001" "--format xml"; do
    # shellcheck disable=SC2086
    expect 64 explain explain.yaml $wrong
    quiet out "explain $wrong"
done
expect 64 explain explain.yaml --path 1 --mineral galium
said 'the scenario has no mineral "galium"; did you mean "gallium"?'
expect 66 explain absent.yaml --path 1
expect 66 explain absent.h5 --worst 1
expect 65 explain explain.yaml --worst 1
sed 's/forms: \[metal\]/froms: [metal]/' explain.yaml >typo.yaml
expect 65 explain typo.yaml --path 1
said typo.yaml
"$kura" explain explain.yaml --path 1 >/dev/full 2>err
[ $? -eq 74 ] || fail "explain to a full device does not end with 74"
"$kura" explain r.h5 --worst 1 >/dev/full 2>err
[ $? -eq 74 ] || fail "explain --worst to a full device does not end with 74"
"$kura" man | grep -q "worst" || fail "the manual page does not know --worst"
"$kura" completion | grep -q -- "--mineral" || fail "completion does not know --mineral"

if [ $failures -eq 0 ]; then echo "all cases passed"; else echo "$failures cases failed"; fi
[ $failures -eq 0 ]

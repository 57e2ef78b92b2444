#!/usr/bin/env bash
# Line coverage of the tests by layer: coverage.sh [-j N] DIR [ctest arguments]
#   DIR gets a build of its own; default arguments: -LE 'slow|long' (the quick tests).
# Fails below the bars: 95 % of num, sim and tally, 88 % of all of src.  Lines that no test reaches: DIR/uncovered.txt.
# With KURA_COVERAGE_COUNT_ONLY set it counts what was run already.  gcovr and python3 come from Debian's packages.
set -euo pipefail
jobs=1
[ "${1:-}" = -j ] && { jobs=$2; shift 2; }
[ $# -ge 1 ] || { sed -n '2,5p' "$0"; exit 2; }
root=$(cd "$(dirname "$0")/../.." && pwd)
dir=$1
shift
[ $# -gt 0 ] || set -- -LE 'slow|long'
command -v gcovr > /dev/null || { echo "gcovr is missing: apt-get install gcovr"; exit 2; }
if [ -z "${KURA_COVERAGE_COUNT_ONLY:-}" ]; then
cmake -S "$root" -B "$dir" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DKURA_BASELINE_ONLY=ON \
    -DCMAKE_C_FLAGS="-O1 --coverage -fprofile-update=atomic" > "$dir.configure.log"
cmake --build "$dir" -j "$jobs" > "$dir.build.log"
find "$dir" -name '*.gcda' -delete
ctest --test-dir "$dir" -j "$jobs" --timeout 3000 -E 'lint|compilers|twin' "$@" | tail -n 15 ||
    echo "some tests failed; what they reached counts"
fi
gcovr -r "$root" --object-directory "$dir" --filter "$root/src/" --json "$dir/coverage.json" "$dir/src"
/usr/bin/python3 - "$dir/coverage.json" "$dir/uncovered.txt" <<'PYTHON'
import collections, json, sys
BARS = {"num": 95, "sim": 95, "tally": 95, "all": 88}
hit, total, missing = collections.Counter(), collections.Counter(), []
for f in json.load(open(sys.argv[1]))["files"]:
    layer = f["file"].split("/")[1]
    lines = {}
    for x in (x for x in f["lines"] if not x.get("gcovr/noncode")):
        lines[x["line_number"]] = max(lines.get(x["line_number"], 0), x["count"])
    for n, count in sorted(lines.items()):
        for key in (layer, "all"):
            total[key] += 1
            hit[key] += count > 0
        if not count:
            missing.append(f"{f['file']}:{n}")
open(sys.argv[2], "w").write("\n".join(missing) + "\n")
below = 0
for key in sorted(total, key=lambda k: (k == "all", k)):
    share = 100 * hit[key] / total[key]
    bad = share < BARS.get(key, 0)
    below += bad
    print(f"{key:6} {hit[key]:6} of {total[key]:6} lines {share:6.1f} %{'  BELOW ' + str(BARS[key]) + ' %' if bad else ''}")
sys.exit(1 if below else 0)
PYTHON

#!/usr/bin/env bash
# The command line: verbs, options, exit statuses, what is printed where, and that no failing case leaves a file.
set -u
kura=$KURA_BINARY
configs=$KURA_SOURCE_DIR/configs/analytic
work=$(mktemp -d "${KURA_TEST_TMP:-/tmp}/cli.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
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
quiet() { [ ! -s "$1" ] || fail "$2: $1 is not empty: $(head -3 "$1")"; }
nothing_left() { # no result and no .part
    local found
    found=$(find . -name '*.h5*' -o -name '*.part*')
    [ -z "$found" ] || fail "$1 left $found"
}

# --- a cap that cannot bind, however large, changes nothing ---
for cap in '' ', cap: 1.0e6 t/year' ', cap: 1.0e9 t/year' ', cap: 1.0e15 t/year' ', cap: 1.0e20 t/year'; do
    cat >cap.yaml <<YAML
format: 1
name: cap
run: {paths: 64, seed: 1, start: 2026-01-05, step: 7 days, horizon: 1 year, focus: JPN}
minerals:
  ga: {forms: [refined]}
network:
  sites:
    a: {mineral: ga, form: refined, country: CHN, kind: mine, output: 1000 t/year, spare: 50 %}
  trade:
    - {mineral: ga, form: refined, from: CHN, to: JPN, volume: 1000 t/year, lag: 14 days$cap}
  demand:
    - {mineral: ga, form: refined, country: JPN, sector: x, rate: 1000 t/year}
hazards:
  outages:
    o: {select: {kinds: [mine]}, mttf: 1 years, mttr: {lognormal: {median: 4 weeks, sigma: 0.8}}}
YAML
    expect 0 run cap.yaml -o cap.h5 --force
    expect 0 digest cap.h5
    grep ^state out >>states
done
rm -f cap.h5 cap.yaml
[ "$(wc -l <states)" = 5 ] && [ "$(sort -u states | wc -l)" = 1 ] || fail "caps that do not bind change the states: $(cat states)"

# --- help ---
expect 64
quiet out "kura without arguments"
grep -q usage: err || fail "kura without arguments does not say how to use it"
for arguments in --help -h help; do
    expect 0 $arguments
    quiet err "kura $arguments"
    grep -q 'usage: kura' out || fail "kura $arguments prints no usage"
done
expect 0 --version
grep -qE '^kura [0-9]+\.[0-9]+\.[0-9]+$' out || fail "kura --version prints $(cat out)"
for verb in run explain check describe show compare digest selfcheck; do
    expect 0 "$verb" --help
    quiet err "kura $verb --help"
    grep -q "usage: kura $verb" out || fail "kura $verb --help prints no usage"
    expect 0 "$verb" -h
    expect 0 help "$verb"
    expect 64 "$verb" --no-such-option
    said no-such-option
    quiet out "a wrong option"
done
for option in paths threads seed isa set output force reproducible progress; do
    expect 0 run --help
    grep -q -- "--$option" out || fail "run --help does not list --$option"
done

# --- wrong use ---
scenario=$configs/markov-stock.yaml
small="--paths 2000 --progress none"
expect 64 simulate
said simulate
expect 64 run
expect 64 run "$scenario" "$scenario"
expect 64 show
expect 64 digest
expect 64 run "$scenario" --paths
for few in 0 -5; do
    expect 64 run "$scenario" --paths $few
    said 'a whole number from 1 to'
done
for one in "--path 100" "--path=100"; do # of explain; not short for --paths
    expect 64 run "$scenario" $one --progress none
    said 'kura explain SCENARIO --path 100'
    expect 0 explain "$scenario" $one
done
expect 0 run "$scenario" --pat=2000 --progress none
for wrong in "--paths 0" "--paths -1" "--paths many" "--paths 1e6" "--paths 99999999999999999999" "--threads x" "--seed -3" "--seed 18446744073709551616" \
    "--isa v9" "--progress loud" "--set novalue"; do
    expect 64 run "$scenario" $wrong -o wrong.h5
    quiet out "run $wrong"
done
nothing_left "wrong use"

# --- bad scenarios ---
sed 's/production: push/prodction: push/' "$scenario" >typo.yaml
sed 's/rate: 10 t\/step/rate: 10/' "$scenario" >unit.yaml
printf 'format: 1\nname: [broken\n' >syntax.yaml
: >empty.yaml
for bad in typo unit syntax empty; do
    for verb in "check" "run -o bad.h5"; do
        expect 65 ${verb%% *} $bad.yaml ${verb#"${verb%% *}"}
        said "$bad.yaml"
        quiet out "$verb of $bad.yaml"
    done
done
expect 65 check typo.yaml
said production # suggested
expect 65 check "$scenario" --set run.pths=3
expect 65 run "$scenario" --set run.steps=0 -o bad.h5
expect 0 check "$scenario" --set run.steps=3
grep -q '3 steps' out || fail "--set run.steps=3 has no effect: $(cat out)"
nothing_left "a bad scenario"

# --- missing input ---
expect 66 run absent.yaml -o absent.h5
said absent.yaml
expect 66 check absent.yaml
expect 66 show absent.h5
expect 66 digest absent.h5
sed 's/^tallies:/series: absent.csv\ntallies:/' "$scenario" >no-table.yaml
"$kura" check no-table.yaml >out 2>err
status=$?
[ $status -eq 65 ] || [ $status -eq 66 ] || fail "a missing table ended with $status"
said absent.csv
printf 'this is no result\n' >text.h5x
expect 65 show text.h5x
expect 65 digest text.h5x
rm -f text.h5x
nothing_left "missing input"

# --- impossible output, refused before the run, which would take minutes ---
long="$configs/../reliability/rbts.yaml --paths 1000000 --progress none"
start=$SECONDS
printf x >file
expect 73 run $long -o absent-folder/x.h5
expect 73 run $long -o file/x.h5
expect 73 run "$scenario" $small -o /proc/x.h5 # where even root finds out only when writing
expect 73 run $long -o .
if [ "$(id -u)" -ne 0 ]; then
    mkdir locked && chmod 500 locked
    expect 73 run $long -o locked/x.h5
    chmod 700 locked
fi
printf 'somebody else wrote this' >there.h5
cp there.h5 before
expect 73 run $long -o there.h5
said --force
quiet out "an existing file"
cmp -s there.h5 before || fail "an existing file was changed without --force"
rm there.h5
[ $((SECONDS - start)) -lt 20 ] || fail "impossible output was found after $((SECONDS - start)) s"
nothing_left "impossible output"

# --- too large ---
start=$SECONDS
expect 71 run "$scenario" --paths 1000000000000 -o large.h5
said paths
quiet out "a run that does not fit"
[ $((SECONDS - start)) -lt 10 ] || fail "a run that does not fit was refused after $((SECONDS - start)) s"
nothing_left "a run that does not fit"

# --- signals: exit 128 + number, soon, and no file ---
for signal in INT:130 TERM:143; do
    "$kura" run "$configs/../reliability/rbts.yaml" --paths 1000000 --progress plain -o stopped.h5 >out 2>err </dev/null &
    process=$!
    for _ in $(seq 100); do # until it simulates
        grep -q memory: err && break
        sleep 0.1
    done
    sleep 0.5
    kill -"${signal%:*}" $process
    start=$SECONDS
    wait $process
    status=$?
    [ $status -eq "${signal#*:}" ] || fail "SIG${signal%:*} ended the run with $status, expected ${signal#*:}"
    [ $((SECONDS - start)) -lt 10 ] || fail "SIG${signal%:*} took $((SECONDS - start)) s"
    quiet out "SIG${signal%:*}"
    nothing_left "SIG${signal%:*}"
done

# --- a study, and two results ---
study=$KURA_SOURCE_DIR/configs/elements/study.yaml
expect 0 check "$study"
grep -q '3 policies compared on the same paths' out || fail "check does not list the policies of a study"
expect 0 run "$study" --paths 256 --set study.fresh_paths=0 --progress none -o study.h5
grep -q 'Policies: all headline minerals' out || fail "the run of a study prints no table of policies"
expect 0 compare study.h5
grep -q 'yes *stock: loss_of_load_expectation falls' out || fail "compare does not say whether an expectation holds"
expect 0 compare study.h5 --metric loss_of_load_expectation --all
grep -q '^antimony' out || fail "compare --all leaves a mineral out"
expect 0 compare study.h5 --mineral gallium --all
# A policy that adds to the shortage has no price a tonne avoided: none, in the table and in the list of days.
expect 0 run "$(dirname "$study")/costs.yaml" --set 'study.policies.bare.patch={stockpiles: null}' --paths 256 --progress none
[ "$(grep -c 'avoids none$' out)" = 2 ] || fail "a policy that adds to the shortage looks like a bargain"
expect 64 compare study.h5 --policy stok
said 'did you mean "stock"'
expect 64 compare study.h5 --metric lole
said 'policies are not compared by "lole"'
expect 0 run "$(dirname "$study")/policies/two-minerals.yaml" --paths 256 --progress none -o one.h5
expect 65 compare one.h5
said 'compares no policies'
expect 0 run "$(dirname "$study")/policies/stock.yaml" --paths 256 --progress none -o two.h5
expect 0 compare one.h5 two.h5 --metric loss_of_load_expectation
tail -2 out >pair
expect 0 compare study.h5 --metric loss_of_load_expectation
[ "$(tail -2 out | awk '{print $1, $2, $3, $4}')" = "$(awk '{print $1, $2, $3, $4}' pair)" ] ||
    fail "a study and its two runs differ: $(cat out pair)"
expect 0 run "$(dirname "$study")/policies/stock.yaml" --paths 256 --seed 9 --progress none -o two.h5 --force
expect 65 compare one.h5 two.h5
said 'the seed differs, 1 and 9'
expect 65 run "$study" --set 'study.policies.stock={patch: {run.seed: 3}}' -o x.h5
said 'policy "stock" changes run.seed'
rm -f study.h5 one.h5 two.h5
nothing_left "a study"

# --- what a study asks of many runs ---
asks=$(dirname "$study")
expect 0 check "$asks/leave-out.yaml"
grep -q 'Causes left out in turn: restrictions (hazards.restrictions), outages' out || fail "check names no causes"
expect 0 run "$asks/leave-out.yaml" --paths 256 --progress none -o causes.h5
grep -q '^What each cause costs, all headline minerals together' out || fail "no block of causes"
grep -q '^interaction  *-' out || fail "no interaction of the causes"
expect 0 compare causes.h5
grep -q '^mineral  *EUE  *restrictions' out || fail "compare does not show the causes mineral by mineral"
expect 0 compare causes.h5 --mineral ore
grep -q '^What each cause costs, ore' out || fail "compare does not show the causes of one mineral"
expect 0 run "$asks/break-even.yaml" --paths 256 --progress none -o even.h5
grep -q '^Break-even at [0-9.]* %: it pays above\.$' out || fail "the run of a break-even does not say where it is"
grep -q '^95 % set: [0-9.]* to [0-9.]* %\.$' out || fail "the break-even has no interval"
expect 0 compare even.h5
grep -q 'the target is reached above' out || fail "compare does not say from where on the target is reached"
expect 0 run "$asks/break-even.yaml" --paths 64 --progress none --set 'study.break_even.pays.values=[0 %, 1 %]'
grep -q '^None of the values pays, from 0 to 1 %\.$' out || fail "that no value pays is not said"
grep -q '^?: fewer than 10 paths move there' out || fail "that few paths move is not said"
grep -q '^95 % set: empty' out || fail "an empty set is not said"
rm -f causes.h5 even.h5
nothing_left "causes and break-evens"

# --- a run and its file ---
expect 0 run "$scenario" $small -o a.h5
cp out table
[ -s a.h5 ] || fail "no result was written"
[ -z "$(find . -name '*.part*')" ] || fail "a finished run left a .part"
grep -q 'written to a.h5' table || fail "the run does not say where it wrote"
expect 73 run "$scenario" $small -o a.h5
expect 0 run "$scenario" $small -o a.h5 --force
expect 0 digest a.h5
sed -n 1p out | grep -qE '^[0-9a-f]{64}$' && sed -n 2p out | grep -qE '^state [0-9a-f]{32}$' && [ "$(wc -l <out)" -eq 2 ] ||
    fail "digest prints $(cat out)"
cp out digest-a
expect 0 run "$scenario" $small --threads 1 -o b.h5
expect 0 digest b.h5
cmp -s out digest-a || fail "another run has another digest"
expect 0 run "$scenario" $small --seed 2 -o b.h5 --force
expect 0 digest b.h5
for line in 1 2; do
    [ "$(sed -n ${line}p out)" != "$(sed -n ${line}p digest-a)" ] || fail "another seed has the same digest (line $line)"
done
for name in x y; do expect 0 run "$scenario" $small --reproducible -o $name.h5; done
cmp -s x.h5 y.h5 || fail "--reproducible: two files differ"
expect 0 digest x.h5
head -1 digest-a | cmp -s out || fail "--reproducible changes the digest" # and leaves the state hash out
expect 0 run "$scenario" $small # no file asked for
nothing=$(find . -newer out -name '*.h5')
[ -z "$nothing" ] || fail "a run without -o wrote $nothing"
grep -v '^written to' table | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}' >without
diff -q <(sed -e :a -e '/^\n*$/{$d;N;ba' -e '}' out) without >/dev/null || fail "with and without -o the table differs"

# --- show: the table of the run, and the numbers of the file ---
expect 0 show a.h5
diff -q <(grep -v '^written to' table | grep -v '^$') <(grep -v '^$' out) >/dev/null || fail "show prints another table than the run"
expect 0 show a.h5 provenance/
for name in revision compiler compiler_flags hdf5_version instruction_set; do
    grep -q "^$name: ." out || fail "provenance does not tell the $name"
done
expect 0 show a.h5 summary
expect 0 show a.h5 summary/expected_short_steps_se
shown=$(awk 'NF == 2 {x = $2} END {print x}' out)
[ ! -x /usr/bin/python3 ] || /usr/bin/python3 - "$shown" <<'PYTHON'
import sys
try:
    import h5py
except ImportError:
    sys.exit(0)
want = float(h5py.File("a.h5")["summary/expected_short_steps_se"][0])
sys.exit(0 if abs(float(sys.argv[1]) / want - 1) < 1e-5 else 1)
PYTHON
[ $? -eq 0 ] || fail "show prints $shown for summary/expected_short_steps_se, the file holds another number"
expect 64 show a.h5 summary/no_such_variable
said no_such_variable
expect 64 show a.h5 no_such_group

# --- describe ---
expect 0 describe
grep -q minerals out || fail "describe does not list minerals"
expect 0 describe run.paths
grep -q 65536 out || fail "describe run.paths does not give the default"
"$kura" describe no.such.key >out 2>err
[ $? -eq 64 ] || [ $? -eq 65 ] || fail "describe of an unknown key is accepted"
quiet out "describe of an unknown key"
expect 0 describe --schema
[ ! -x /usr/bin/python3 ] || /usr/bin/python3 -m json.tool <out >/dev/null 2>&1 || fail "describe --schema is no JSON"

# --- check --print-resolved: complete, readable where the scenario is, the same run ---
cp -r "$configs" copy
cp "$configs"/../reliability/pras-a* copy
for name in markov-stock pras-a embargo; do
    expect 0 check copy/$name.yaml --print-resolved
    quiet err "check --print-resolved $name"
    cp out copy/resolved.yaml
    expect 0 check copy/resolved.yaml --print-resolved
    cmp -s out copy/resolved.yaml || fail "the resolved $name resolves to something else"
    expect 0 run copy/$name.yaml $small
    cp out first
    expect 0 run copy/resolved.yaml $small
    cmp -s out first || fail "the resolved $name gives another result"
done
printf 'base: copy/pras-a.yaml\npatch: {run.seed: 7}\n' >based.yaml # tables are named from where it is now
expect 0 check based.yaml --print-resolved
cp out resolved.yaml
grep -q 'seed: 7' resolved.yaml || fail "a patch is not in the resolved scenario"
expect 0 run based.yaml $small
cp out first
expect 0 run resolved.yaml $small
cmp -s out first || fail "the resolved base and patch give another result"

# --- stopping at a precision: what is said before, under the table and of the file ---
stop=$configs/../elements/stop-when.yaml
expect 0 check "$stop"
quiet err "check of stop-when"
grep -q 'up to 65536 paths' out || fail "check does not say that paths are the most"
expect 0 run "$stop" --progress none -o stop.h5
said 'up to 65536 paths'
grep -q '16384 paths, seed 1' out || fail "the table does not have the paths used"
grep -q 'Stopped after 16384 of at most 65536 paths: all 4 watched numbers' out || fail "no footer on stopping"
"$kura" show stop.h5 | grep -q 'Stopped after 16384' || fail "show has no footer on stopping"
expect 0 show stop.h5 stopping
grep -q 'precision_reached: yes' out || fail "stopping does not say that the precision was reached"
expect 0 explain stop.h5 --worst 1
grep -q 'of 16384 paths' out || fail "explain --worst does not know the paths used"
expect 0 explain "$stop" --path 3
tr '\n' ' ' <out | grep -q 'stops at a precision' || fail "explain does not say that the paths are open"
expect 0 explain "$stop" --path 3 --format json
grep -q '"in_result": null' out || fail "explain --format json does not leave open whether the path is there"
expect 0 run "$stop" --paths 3000 --progress none
said 'up to 3000 paths'
grep -q 'Simulated 3000 of at most 3000 paths: [0-3] of 4' out || fail "no footer on what was not reached"
grep -q 'not reached, half-width of what is allowed' out || fail "the numbers that were not reached are not named"
said 'does not reach the absolute precision of loss_of_load_expectation within 3000 paths'
expect 0 run "$stop" --paths 2000 --progress none --set run.stop_when=null
grep -q precision err && fail "warnings on stopping without stop_when"
grep -q 'watched numbers' out && fail "a footer on stopping without stop_when"
for few in 1 1024 1025 1500 2047; do # a second look that shares most of its paths is none
    expect 0 check "$stop" --set run.paths=$few
    said 'a precision needs two looks'
    expect 0 run "$stop" --paths $few --progress none --set 'run.stop_when={relative: 20 %, minerals: [gallium]}'
    said 'a precision needs two looks'
    grep -q "Simulated $few of at most $few paths: 0 of 3" out || fail "$few paths have two looks"
done
for enough in 2048 3000; do
    expect 0 check "$stop" --set run.paths=$enough
    grep -q 'two looks, the first' err && fail "$enough paths have no two looks"
    expect 0 run "$stop" --paths $enough --progress none --set 'run.stop_when={relative: 20 %, minerals: [gallium]}'
    grep -q "Stopped after 2048 of at most $enough paths" out || fail "no stop within $enough paths"
done
expect 65 check "$stop" --set run.stop_when.shortage_paths=0
said 'at least 1 is expected'
for zero in 0 '1 day'; do
    expect 65 check "$stop" --set run.stop_when.absolute.loss_of_load_expectation="$zero"
    said 'write for example "0.1 days/year"'
done
expect 0 check "$stop" --set run.stop_when.watch='[cvar95_unserved]'
said 'cvar95_unserved has no absolute precision'
expect 65 check "$stop" --set run.stop_when.watch='[required_stock_days]'
said 'stop_when has nothing to watch'
expect 0 check "$stop" --set run.stop_when.absolute.loss_of_load_expectation='0.01 days/year'
said 'does not reach the absolute precision of loss_of_load_expectation'
# antimony without demand in the focus country: it has no NEUE, and is not short
sed '/antimony, form: metal, country: JPN/d; /from: TJK, to: JPN/d' "$stop" >abroad.yaml
for verb in check "run --progress none"; do
    expect 0 $verb abroad.yaml --set 'run.stop_when={relative: 20 %, minerals: [gallium, antimony]}'
    said 'has no demand for: antimony'
    [ "$(grep -c 'has no demand for' err)" = 1 ] || fail "$verb warns more than once: $(cat err)"
done
grep -q 'Stopped after .*: all 3 watched' out || fail "a mineral without demand is waited for"
for verb in check run explain; do
    [ $verb = explain ] && one="--path 0" || one=
    expect 65 $verb abroad.yaml $one --set 'run.stop_when={minerals: [antimony]}'
    said 'stop_when has nothing to watch: a mineral needs demand in the focus country (JPN)'
done
rm -f stop.h5

# --- n-1: loss of single objects ---
expect 0 n-1 "$configs/embargo.yaml" --weeks 5,20 --from 2026-03-12 -o losses.h5
grep -qE "^unit +exports +CHN +100 +91 +119 +35.0 +63$" out || fail "n-1: $(head -8 out)"
cp out first
expect 0 n-1 "$configs/embargo.yaml" --weeks 5,20 --from 2026-03-12 --threads 1
diff <(head -n -2 first) out >/dev/null || fail "n-1: another table with one thread"
expect 0 show losses.h5
diff <(head -n -2 first) out >/dev/null || fail "show of losses: another table"
expect 73 n-1 "$configs/embargo.yaml" -o losses.h5
expect 64 n-1 "$configs/embargo.yaml" --weeks 4,x
said "numbers of weeks above 0 are expected, for example 4,13,26,52"
expect 64 n-1 "$configs/embargo.yaml" --weeks 4,
expect 64 n-1 "$configs/embargo.yaml" --from 2026-13-01
said '"2026-13-01" is no date: write it as 2027-01-31'
expect 64 n-1 "$configs/embargo.yaml" --from 2036-01-01
said "2036-01-01 lies outside the horizon of the scenario"
expect 64 n-1 "$configs/embargo.yaml" --mineral units
said 'the scenario has no mineral "units"'
expect 64 n-1
rm -f losses.h5

# --- selfcheck, and output that cannot be written ---
expect 0 selfcheck
grep -qi fail out && fail "selfcheck: $(grep -i fail out)"
for arguments in "show a.h5" "digest a.h5" "describe" "check $scenario" "run $scenario $small"; do
    "$kura" $arguments >/dev/full 2>err
    status=$?
    [ $status -eq 74 ] || fail "kura $arguments to a full device ended with $status, expected 74"
done

if [ $failures -eq 0 ]; then echo "all cases passed"; else echo "$failures cases failed"; fi
[ $failures -eq 0 ]

#!/bin/bash
# The scratch file of a run: nothing of it is left behind, however the run ends, and a disk that fills up while paths are
# simulated or sorted is an ordinary error (exit 74).  The full disk needs root to mount a small tmpfs, else it is left out.
kura=${KURA_BINARY:-build/kura}
work=$(mktemp -d)
disk=$work/disk
mkdir "$disk"
fail() { echo "FAILED: $*"; exit 1; }
cleanup() { umount "$disk" 2>/dev/null; rm -rf "$work"; }
trap cleanup EXIT
cat > "$work/s.yaml" <<'YAML'
format: 1
name: scratch
run: {paths: 4096, step: 7 days, horizon: 26 weeks, focus: JPN}
minerals: {metal: {forms: [refined]}}
network:
  sites: {m: {mineral: metal, form: refined, kind: mine, country: AUS, output: 100 t/year, spare: 20 %}}
  trade: [{mineral: metal, form: refined, from: AUS, to: JPN, volume: 100 t/year, lag: 14 days}]
  demand: [{mineral: metal, form: refined, country: JPN, sector: all, rate: 100 t/year}]
hazards: {outages: {pits: {select: {kinds: [mine]}, mttf: 1 year, mttr: {exponential: {mean: 8 weeks}}}}}
stockpiles: {s: {owner: national, country: JPN, mineral: metal, form: refined, opening: 30 days}}
YAML
run() { "$kura" run "$work/s.yaml" --progress none --threads 2 "$@" >"$work/out" 2>"$work/err"; }
here() { ls -A "$disk"; }

# --- it stands beside the output, or in TMPDIR ---
run -o "$disk/a.h5" || fail "a plain run: $(cat "$work/err")"
[ "$(here)" = a.h5 ] || fail "left behind: $(here)"
rm "$disk/a.h5"
TMPDIR=$work/none run && fail "a scratch file in a folder that is not there"
[ $? = 73 ] || fail "a folder that is not there must be exit status 73"
grep -q "cannot create a scratch file in $work/none: No such file" "$work/err" || fail "message: $(cat "$work/err")"
TMPDIR=$work/none run --paths 1024 || fail "1024 paths need no scratch file"

# --- killed, stopped, interrupted while it simulates ---
for signal in KILL:137 TERM:143 INT:130; do
    "$kura" run "$work/s.yaml" --paths 4000000 --progress none -o "$disk/a.h5" --set tallies.dump=unserved >"$work/out" 2>"$work/err" </dev/null &
    process=$!
    for _ in $(seq 200); do # until there is something in a file without a name
        written=0
        for fd in /proc/$process/fd/*; do
            case "$(readlink "$fd" 2>/dev/null)" in *"(deleted)"*) written=$((written + $(stat -Lc %b "$fd" 2>/dev/null || echo 0))) ;; esac
        done
        [ $written -gt 100 ] && break
        sleep 0.1
    done
    [ $written -gt 100 ] || fail "no nameless file was written to"
    kill -"${signal%:*}" $process
    wait $process 2>/dev/null
    status=$?
    [ $status = "${signal#*:}" ] || fail "SIG${signal%:*} ended the run with $status"
    [ -z "$(here)" ] || fail "SIG${signal%:*} left behind: $(here)"
done

# --- a full disk ---
if ! mount -t tmpfs -o size=1200k tmpfs "$disk" 2>/dev/null; then
    echo "the full disk is left out: cannot mount a tmpfs (needs root)"
    exit 0
fi
run -o "$disk/a.h5" || fail "4096 paths must fit: $(cat "$work/err")"
old=$(sha256sum < "$disk/a.h5")
full() { # what, options of the run
    local what=$1
    shift
    run -o "$disk/a.h5" --force "$@"
    local status=$?
    [ $status = 74 ] || fail "$what: exit status $status, not 74: $(cat "$work/err")"
    grep -q "cannot use the scratch file in $disk: No space left on device" "$work/err" || fail "$what: message: $(cat "$work/err")"
    [ "$(here)" = a.h5 ] || fail "$what: left behind: $(here)"
    [ "$(sha256sum < "$disk/a.h5")" = "$old" ] || fail "$what: the old file was changed"
    [ "$(df --output=avail "$disk" | tail -1)" -gt 500 ] || fail "$what: the room is not given back"
}
full "metrics" --paths 65536
full "dump" --paths 65536 --set tallies.dump='[demand, stock_days]'
full "dump alone" --set tallies.dump='[demand, unserved, gross_unserved, stock_days]' --set run.horizon='10 years'
for filler in 0 50 100 200 300 400 500 600; do # kB: from the result not fitting to hardly anything fitting
    dd if=/dev/zero of="$disk/filler" bs=1k count=$filler 2>/dev/null
    run -o "$disk/b.h5" --paths 6000
    status=$?
    [ $status = 0 ] || [ $status = 74 ] || fail "filler $filler kB: exit status $status: $(cat "$work/err")"
    ended="$ended $status"
    rm -f "$disk/filler" "$disk/b.h5"
    [ "$(here)" = a.h5 ] || fail "filler $filler kB: left behind: $(here)"
done
case "$ended" in *74*) ;; *) fail "no filler was too much:$ended" ;; esac
rm "$disk/a.h5"
run -o "$disk/a.h5" || fail "with room again it must work"
[ "$("$kura" digest "$disk/a.h5")" ] || fail "the file has no digest"
echo "passed (fillers:$ended)"

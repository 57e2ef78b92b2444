#!/usr/bin/env bash
# The same bits from GCC and Clang, every instruction set and 1, 2, 3 and 7 threads: digest and state hash.  Then from
# both compilers for the scenarios with exact answers, and the state hash from a build with other lanes.  The program
# under test stands for its compiler; the other one is built.  Instruction sets that are missing are left out with a
# message; skipped (77) where a compiler, or its OpenMP, is missing.
#
#   test_compilers.sh [full]      full: Japan on seven batches in every combination, not in eight of them
set -u
work=$(mktemp -d "${KURA_TEST_TMP:-/tmp}/compilers.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
configs=$KURA_SOURCE_DIR/configs
failures=0
skipped=0
fail() {
    echo "FAIL: $*"
    failures=$((failures + 1))
}

# --- programs ---
cached() { sed -n "s/^$1:[^=]*=//p" "$KURA_BINARY_DIR/CMakeCache.txt"; }
family_of() { # of a compiler
    case $("$1" --version 2>/dev/null | head -1) in
    *clang*) echo clang ;;
    *) echo gcc ;;
    esac
}
lanes=$(cached KURA_LANES)
build() { # name, options of cmake: 77 when it cannot be configured
    cmake -S "$KURA_SOURCE_DIR" -B "$work/$1" -DCMAKE_BUILD_TYPE=Release -DKURA_BUILD_TESTS=OFF -DKURA_BUILD_BENCH=OFF \
        "${@:2}" >"$work/$1.log" 2>&1 || return 77
    cmake --build "$work/$1" --parallel "$(nproc)" --target kura_cli >>"$work/$1.log" 2>&1 || return 1
}
own=$(family_of "$(cached CMAKE_C_COMPILER)")
other=$([ "$own" = gcc ] && echo clang || echo gcc)
declare -A program=(["$own"]=$KURA_BINARY)
if ! command -v $other >/dev/null; then
    echo "$other is not installed: skipped"
    skipped=1
else
    build $other -DCMAKE_C_COMPILER=$other -DKURA_LANES="$lanes" -DKURA_BASELINE_ONLY="$(cached KURA_BASELINE_ONLY)"
    case $? in
    0) program[$other]=$work/$other/kura ;;
    77) skipped=1 && tail -5 "$work/$other.log" && echo "$other cannot be configured: skipped" ;;
    *) tail -20 "$work/$other.log" && exit 1 ;;
    esac
fi

for compiler in "${!program[@]}"; do "${program[$compiler]}" selfcheck >"$work/out" || fail "selfcheck by $compiler: $(grep FAIL "$work/out")"; done

# --- runs ---
# Digest and state hash of a run in one line; nothing when it fails or ran otherwise than asked.
hashes() { # program, set, threads, scenario, options
    "$1" run "$4" --isa "$2" --threads "$3" "${@:5}" --progress none -o "$work/result.h5" --force >/dev/null 2>"$work/err" &&
        grep -qE " $3 threads, instruction set .*$([ "$2" = auto ] || echo "$2")\)" "$work/err" &&
        "$1" digest "$work/result.h5" | paste -sd ' ' | grep -E '^[0-9a-f]{64} state [0-9a-f]{32}$'
}
# Says so when a run gives other hashes than `expected`, which the first one sets.
same() { # what the run is, arguments of hashes
    local got
    got=$(hashes "${@:2}")
    [ -n "$got" ] || fail "$1: $(head -3 "$work/err")"
    [ -n "$expected" ] || expected=$got
    [ "$got" = "$expected" ] || fail "$1: $got instead of $expected"
}
sets=
for isa in scalar baseline v3 v4; do
    for compiler in "${!program[@]}"; do
        if hashes "${program[$compiler]}" $isa 1 "$configs/analytic/one-cut.yaml" --paths 1 >"$work/out"; then
            sets+=" $compiler:$isa"
        elif grep -q 'is not present' "$work/err"; then
            echo "$compiler, $isa: $(tail -1 "$work/err"), left out"
        else
            fail "$compiler, $isa: $(head -3 "$work/err")"
        fi
    done
done

# Seven batches of 256 paths, the last one with a single path.
matrix() { # scenario, options
    local name
    name=$(basename "$1" .yaml)
    expected=
    for ci in $sets; do
        for threads in 1 2 3 7; do
            same "$name by ${ci%:*}, ${ci#*:}, $threads threads" "${program[${ci%:*}]}" "${ci#*:}" $threads "$1" \
                --paths 1537 "${@:2}"
        done
    done
    echo "$name: $expected"
}
rich=("$work/rich.yaml" --set stockpiles.old.trigger=cover) # a little of everything, with prices
"$KURA_BINARY_DIR/tests/tool_rich_scenario" >"$work/rich.yaml" || exit 1
matrix "${rich[@]}"
matrix "$configs/elements/refill.yaml" --set run.horizon='3 years'
for name in pooled-stock by-product costs; do matrix "$configs/elements/$name.yaml"; done

# Japan is large: one and two threads with few paths; the many that occupy seven threads, with each instruction set and
# compiler one number of threads, or with `full` all of them.
japan=$configs/japan/japan.yaml
few=(--paths 1025 --set run.horizon='8 weeks')
many=(--paths 1537 --set run.horizon='2 weeks' --set run.spin_up=false --set tallies.samples=false)
expected=
for ci in $sets; do
    for threads in 1 2; do
        same "Japan by ${ci%:*}, ${ci#*:}, $threads threads" "${program[${ci%:*}]}" "${ci#*:}" $threads "$japan" "${few[@]}"
    done
done
echo "Japan, few paths: $expected"
if [ "${1:-}" = full ]; then
    matrix "$japan" "${many[@]}"
else
    expected=
    turn=(1 7 2 3 3 2 7 1)
    i=0
    for ci in $sets; do
        same "Japan by ${ci%:*}, ${ci#*:}, ${turn[i]} threads" "${program[${ci%:*}]}" "${ci#*:}" "${turn[i]}" "$japan" "${many[@]}"
        i=$((i + 1))
    done
    echo "Japan, seven batches: $expected"
fi

# --- both compilers, more scenarios ---
for scenario in "$configs"/analytic/*.yaml "$configs"/reliability/*.yaml "$KURA_SOURCE_DIR"/tests/golden/golden.yaml; do
    expected=
    for compiler in "${!program[@]}"; do same "$scenario by $compiler" "${program[$compiler]}" auto 1 "$scenario" --paths 1024; done
done
expected= # the number of paths is an outcome too
for compiler in "${!program[@]}"; do same "stop-when by $compiler" "${program[$compiler]}" auto 3 "$configs/elements/stop-when.yaml" --paths 5000; done

# --- other lanes, and nothing optimised: last bits of curves differ, and so the digest; no state does ---
others=$([ "$lanes" = 16 ] && echo 32 || echo 16)
build lanes -DCMAKE_C_COMPILER="$(cached CMAKE_C_COMPILER)" -DKURA_LANES="$others" -DKURA_BASELINE_ONLY=ON -DCMAKE_BUILD_TYPE=Debug || {
    tail -20 "$work/lanes.log"
    exit 1
}
"$work/lanes/kura" selfcheck >"$work/out" || fail "selfcheck with $others lanes: $(grep FAIL "$work/out")"
lanes_agree() { # scenario, options
    local a b
    a=$(hashes "$KURA_BINARY" auto 1 "$@")
    b=$(hashes "$work/lanes/kura" auto 1 "$@")
    [ -n "$a" ] && [ "${a#* }" = "${b#* }" ] || fail "$1 with $lanes and $others lanes: ${a#* } and ${b#* } $(head -3 "$work/err")"
}
lanes_agree "${rich[@]}" --paths 1111
for name in refill pooled-stock by-product leak dependence; do lanes_agree "$configs/elements/$name.yaml" --paths 1111; done
lanes_agree "$japan" "${few[@]}" --paths 150

# --- differences are seen ---
differ() { # what, the two lines
    [ -n "$2" ] && [ -n "$3" ] && [ "${2%% *}" != "${3%% *}" ] && [ "${2##* }" != "${3##* }" ] || fail "$1: $2 and $3"
}
small=("${rich[@]}" --paths 1100)
plain=$(hashes "$KURA_BINARY" auto 1 "${small[@]}")
differ "another seed" "$plain" "$(hashes "$KURA_BINARY" auto 1 "${small[@]}" --seed 2)"
differ "one path more" "$plain" "$(hashes "$KURA_BINARY" auto 1 "${small[@]}" --paths 1101)"
contracted=$KURA_BINARY_DIR/tests/tool_contracted # prices of v3 with a*b+c in one rounding
if [ -x "$contracted" ] && [[ $sets == *"$own:v3"* ]]; then
    differ "a file compiled with contraction" "$plain" "$(hashes "$contracted" v3 1 "${small[@]}")"
    [ "$(hashes "$contracted" baseline 1 "${small[@]}")" = "$plain" ] || fail "the program with contraction differs in more than that"
else
    echo "no instruction set v3 of a program with contraction: left out"
fi

[ $failures -eq 0 ] || exit 1
[ $skipped -eq 0 ] || exit 77

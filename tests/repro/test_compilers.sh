#!/usr/bin/env bash
# Clang and GCC make programs that give the same digests: the scenarios with exact answers, the golden step and, with few
# paths, the Japan scenario.  Skipped (77) where one of the compilers, or its OpenMP, is missing.
set -u
work=$(mktemp -d "${KURA_TEST_TMP:-/tmp}/compilers.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT

build() { # compiler
    cmake -S "$KURA_SOURCE_DIR" -B "$work/$1" -DCMAKE_C_COMPILER="$1" -DCMAKE_BUILD_TYPE=Release -DKURA_BUILD_TESTS=OFF >"$work/$1.log" 2>&1 ||
        return 77
    cmake --build "$work/$1" --parallel "$(nproc)" --target kura_cli >>"$work/$1.log" 2>&1 || return 1
}

for compiler in gcc clang; do
    if ! command -v "$compiler" >/dev/null; then
        echo "$compiler is not installed: skipped"
        exit 77
    fi
    build "$compiler"
    status=$?
    if [ $status -ne 0 ]; then
        tail -20 "$work/$compiler.log"
        [ $status -eq 77 ] && echo "$compiler cannot be configured: skipped"
        exit $status
    fi
done

failures=0
compare() { # scenario paths
    local digest=()
    for compiler in gcc clang; do
        if ! "$work/$compiler/kura" run "$1" --paths "$2" --progress none -o "$work/$compiler.h5" --force >"$work/out" 2>&1; then
            echo "$1 failed with $compiler:"
            cat "$work/out"
            failures=$((failures + 1))
            return
        fi
        digest+=("$("$work/$compiler/kura" digest "$work/$compiler.h5")")
    done
    if [ "${digest[0]}" = "${digest[1]}" ] && [ ${#digest[0]} -eq 64 ]; then
        echo "equal  $1"
    else
        echo "DIFFER $1: gcc ${digest[0]}, clang ${digest[1]}"
        failures=$((failures + 1))
    fi
}

for scenario in "$KURA_SOURCE_DIR"/configs/analytic/*.yaml "$KURA_SOURCE_DIR"/configs/reliability/*.yaml "$KURA_SOURCE_DIR"/tests/golden/golden.yaml; do
    compare "$scenario" 1024
done
compare "$KURA_SOURCE_DIR/configs/elements/stop-when.yaml" 5000 # the number of paths is an outcome too
[ -f "$KURA_SOURCE_DIR/configs/japan/japan.yaml" ] && compare "$KURA_SOURCE_DIR/configs/japan/japan.yaml" 64
[ $failures -eq 0 ]

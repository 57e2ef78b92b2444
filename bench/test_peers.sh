#!/bin/bash
# The subset of bench/peers gives the same distributions in kura, NumPy and Numba, and a peer made wrong is noticed.
# Exit 0 passed, 77 skipped (NumPy, Numba or h5py missing), anything else failed.
here=$(cd "$(dirname "$0")" && pwd)
[ -x /usr/bin/python3 ] || { echo "skipped: /usr/bin/python3 is not installed"; exit 77; }
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
export NUMBA_CACHE_DIR=${NUMBA_CACHE_DIR:-${KURA_TEST_TMP:-$folder}/numba_cache} PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=1
size="--minerals 4 --countries 5 --steps 156 --agree-paths 2048 --runs 0 --threads 1"

/usr/bin/python3 "$here/peers/compare.py" $size --seeds 1,2,3,4,5
status=$?
[ $status -eq 0 ] || exit $status

# Mistakes in one rule of the peers: each must be noticed with the first seed.
for mistake in MARKET.cover=6.2 ONSET=1.2 ELASTICITY=1.2 REGIME.coercion=1.2 OUTAGE.derating=0.3; do
    if /usr/bin/python3 "$here/peers/compare.py" $size --seeds 1 --agree-paths 8192 --mistake $mistake >"$folder/log"; then
        echo "FAILED: the peers with $mistake agree with kura"
        exit 1
    fi
    echo "noticed: $mistake: $(grep -c 'DOES NOT AGREE' "$folder/log") distances too large"
done

#!/bin/bash
# The shapes of bench/peers give the same distributions in kura, NumPy and Numba, and a peer made wrong is noticed.
# With the argument "full" all twelve mistakes, else one in each shape (the agreement is what takes the time of CI).
# Exit 0 passed, 77 skipped (NumPy, Numba or h5py missing), anything else failed.
here=$(cd "$(dirname "$0")" && pwd)
[ -x /usr/bin/python3 ] || { echo "skipped: /usr/bin/python3 is not installed"; exit 77; }
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
export NUMBA_CACHE_DIR=${NUMBA_CACHE_DIR:-${KURA_TEST_TMP:-$folder}/numba_cache} PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=1

# shape, size, mistakes in one rule of the peers: each must be noticed with the first seed
try() {
    shape=$1 size="--shape $1 $2 --runs 0 --threads 1"
    shift 2
    /usr/bin/python3 "$here/peers/compare.py" $size --agree-paths 2048 --seeds 1,2,3,4,5
    status=$?
    [ $status -eq 0 ] || exit $status
    for mistake; do
        if /usr/bin/python3 "$here/peers/compare.py" $size --seeds 1 --agree-paths 8192 --mistake $mistake >"$folder/log"; then
            echo "FAILED: $shape: the peers with $mistake agree with kura"
            exit 1
        fi
        echo "noticed: $shape, $mistake: $(grep -c 'DOES NOT AGREE' "$folder/log") distances too large"
    done
}

trade="MARKET.cover=6.2" sites="parts=1" prices="volatility=1.05"
if [ "${1:-}" = full ]; then
    trade="$trade ONSET=1.2 elasticity=1.2 REGIME.coercion=1.2 OUTAGE.derating=0.3"
    sites="$sites OUTAGE.derating=0.3 MARKET.cover=6.2"
    prices="$prices elasticity=1.1 jump_rate=1.2 MARKET.cover=6.2"
fi
# shellcheck disable=SC2086
{
    try trade "--minerals 4 --steps 156" $trade
    try sites "--minerals 4 --steps 60" $sites
    try prices "--minerals 6 --steps 156" $prices
}

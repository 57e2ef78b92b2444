#!/bin/bash
# kura and the two programs of bench/adequacy give the exact figures of the Roy Billinton Test System, and a program with
# another time of repair is noticed.  Exit 0 passed, 77 skipped, anything else failed.
here=$(cd "$(dirname "$0")" && pwd)
[ -x /usr/bin/python3 ] || { echo "skipped: /usr/bin/python3 is not installed"; exit 77; }
[ -x "$KURA_BINARY_DIR/bench/adequacy_hourly" ] || { echo "skipped: built without KURA_BUILD_BENCH"; exit 77; }
export PYTHONDONTWRITEBYTECODE=1

/usr/bin/python3 "$here/adequacy/compare.py" --build "$KURA_BINARY_DIR" --rounds 0 || exit 1

# Repairs that take 30 % longer: both programs are noticed, kura is not.
if out=$(/usr/bin/python3 "$here/adequacy/compare.py" --build "$KURA_BINARY_DIR" --rounds 0 --seeds 1,2 --repair 1.3); then
    echo "FAILED: programs with longer repairs agree with the exact figures"
    exit 1
fi
for program in hourly event; do
    grep -q "$program .*DOES NOT AGREE" <<<"$out" || { echo "FAILED: $program with longer repairs agrees"; exit 1; }
done
if grep -q "kura .*exact.*DOES NOT AGREE" <<<"$out"; then
    echo "FAILED: kura does not agree with the exact figures"
    exit 1
fi
echo "noticed: $(grep -c 'DOES NOT AGREE' <<<"$out") distances too large with longer repairs"

#!/bin/bash
# A disk that fills up while a result is written: an error (exit 74) that says so, nothing left behind, no half file, and an
# old file stays as it was.  Needs root to mount a small tmpfs; skipped (77) otherwise.
tool=${KURA_BINARY_DIR:-build}/tests/tool_sample_result
disk=$(mktemp -d)
fail() { echo "FAILED: $*"; exit 1; }
cleanup() { umount "$disk" 2>/dev/null; rmdir "$disk"; }
trap cleanup EXIT

if ! mount -t tmpfs -o size=64k tmpfs "$disk" 2>/dev/null; then
    echo "skipped: cannot mount a tmpfs (needs root)"
    exit 77
fi

"$tool" "$disk/a.h5" || fail "a result of 40 kB must fit 64 kB"
old=$(sha256sum < "$disk/a.h5")

for filler in 0 4 12 20; do # kB: the .part finds from half the room it needs down to none
    dd if=/dev/zero of="$disk/filler" bs=1k count=$filler 2>/dev/null
    message=$("$tool" "$disk/a.h5" 2>&1)
    status=$?
    [ $status = 74 ] || fail "exit status $status, not 74: $message"
    [ "$message" = "cannot write $disk/a.h5: No space left on device" ] || fail "message: $message"
    [ ! -e "$disk/a.h5.part" ] || fail "the .part is still there"
    [ "$(sha256sum < "$disk/a.h5")" = "$old" ] || fail "the old file was changed"
done

rm "$disk/a.h5" "$disk/filler"
dd if=/dev/zero of="$disk/filler" bs=1k count=40 2>/dev/null
"$tool" "$disk/a.h5" 2>/dev/null
[ $? = 74 ] || fail "a full disk must be exit status 74"
[ "$(ls -A "$disk")" = filler ] || fail "left behind: $(ls -A "$disk")"

rm "$disk/filler"
"$tool" "$disk/a.h5" || fail "with room again it must work"
[ "$(sha256sum < "$disk/a.h5")" = "$old" ] || fail "the file differs"
echo passed

#!/bin/sh
# A job whose bytes the kernel counts, where it can, and that then sleeps so many seconds.
set -eu
file=$(mktemp "${TMPDIR:-/var/tmp}/crunchstat-demo.XXXXXX")
# shellcheck source=SCRIPTDIR/count-disk.sh
. "${0%/*}/count-disk.sh"
if [ -w /sys/fs/cgroup/blkio ]; then count_disk "$file" 2>/dev/null; fi
dd if=/dev/zero of="$file" bs=1M count=1 oflag=direct 2>/dev/null || :
rm -f "$file"
exec sleep "$1"

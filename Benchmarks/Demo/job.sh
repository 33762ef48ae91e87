#!/bin/sh
# A job of a few seconds that uses CPU, memory and disk, one after the other.
set -eu
megabytes=64
file=$(mktemp "${TMPDIR:-/var/tmp}/crunchstat-demo.XXXXXX")
trap 'rm -f "$file"' EXIT

# shellcheck source=SCRIPTDIR/count-disk.sh
. "${0%/*}/count-disk.sh"
if [ -w /sys/fs/cgroup/blkio ]; then count_disk "$file" 2>/dev/null; fi

echo 'demo: CPU for a second' >&2
end=$(($(date +%s%N) + 1000000000))
while [ "$(date +%s%N)" -lt $end ]; do
  i=0
  while [ $i -lt 20000 ]; do i=$((i + 1)); done
done

echo "demo: $megabytes MiB of memory" >&2
# With no newline in its input, tail has to keep all of it.
{ head -c ${megabytes}M /dev/zero && sleep 1; } | tail >/dev/null

echo "demo: $megabytes MiB to disk" >&2
dd if=/dev/zero of="$file" bs=1M count=$megabytes oflag=direct 2>/dev/null ||
  dd if=/dev/zero of="$file" bs=1M count=$megabytes conv=fsync 2>/dev/null
sleep 0.3

#!/bin/sh
# A job of a few seconds that uses CPU, memory and disk, one after the other.
set -eu
megabytes=64
file=$(mktemp "${TMPDIR:-/var/tmp}/crunchstat-demo.XXXXXX")
trap 'rm -f "$file"' EXIT

# v1 counts a disk's bytes only where a throttling rule is set: one that limits nothing.
count_disk() {
  group=/sys/fs/cgroup/blkio$(awk -F: '$2 == "blkio" { print $3 }' /proc/self/cgroup)
  case $group in */crunchstat-*) ;; *) return 0 ;; esac
  disk=$(stat -c '%Hd:%Ld' "$file")
  if [ -e "/sys/dev/block/$disk/partition" ]; then disk=$(cat "/sys/dev/block/$disk/../dev"); fi
  for way in read write; do
    echo "$disk 1000000000000" >"$group/blkio.throttle.${way}_bps_device" || return 0
  done
}
if [ -w /sys/fs/cgroup/blkio ]; then count_disk 2>/dev/null; fi

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

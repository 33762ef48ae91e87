#!/bin/bash
# Boots a kernel in a virtual machine, runs crunchstat and checks in there, and says how each
# went. Needs no acceleration, and no privilege.
# usage: boot.sh CRUNCHSTAT KERNEL-FOLDER v2|v1|nomemory [TOPIC...]
# The topics are files of checks/, or of checks/v1/ with control groups in the v1 layout, or of
# checks/nomemory/ with v2 alone and a kernel without the memory controller; all where none is
# named, and those that are there where some are.
set -eu -o pipefail
usage='usage: boot.sh CRUNCHSTAT KERNEL-FOLDER v2|v1|nomemory [TOPIC...]'
binary=${1:?$usage}
kernel=${2:?$usage}
layout=${3:?$usage}
shift 3
here=$(cd "$(dirname "$0")" && pwd)
# Seconds; a run takes some thirty.
limit=300

checks=("$here"/checks/*.sh)
[ "$layout" = v2 ] || checks=("$here/checks/$layout"/*.sh)
if [ $# -gt 0 ]; then
  chosen=()
  for file in "${checks[@]}"; do
    [[ " $* " != *" $(basename "$file" .sh) "* ]] || chosen+=("$file")
  done
  [ "${#chosen[@]}" != 0 ] || exit 0
  checks=("${chosen[@]}")
fi

parameters="console=ttyS0 quiet panic=-1 psi=1 clearcpuid=cx16 layout=$layout"
# As with a kernel that is built without CONFIG_MEMCG.
[ "$layout" != nomemory ] || parameters="$parameters cgroup_disable=memory"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree
mkdir -p "$tree"/{bin,checks,dev,etc,lib,proc,root,sys,tmp}
cp "$(command -v busybox)" "$(command -v strace)" "$binary" "$tree/bin/"
ldd "$(command -v strace)" | grep -o '/[^ ]*' | xargs -I LIBRARY cp --parents LIBRARY "$tree"
cp "$here/../../Benchmarks/system-calls.awk" "$tree/"
cc -O1 -static -o "$tree/bin/load" "$here/../CrunchstatTests/load.c"
cc -O1 -static -o "$tree/bin/cgroup-namespace" "$here/cgroup-namespace.c"
cp -r "$kernel/lib/modules" "$tree/lib/"
install -m 755 "$here/init" "$tree/init"
cp "$here/guest.sh" "$tree/"
cp "${checks[@]}" "$tree/checks/"
printf '%s\n' 'root:x:0:0::/root:/bin/sh' 'user:x:1000:1000::/tmp:/bin/sh' >"$tree/etc/passwd"
(cd "$tree" && find . | cpio -o -H newc -R 0:0 --quiet) >"$work/initramfs"
truncate -s 256M "$work/disk"
touch "$work/results"

# clearcpuid: the emulation of cmpxchg16b in QEMU 7.2 is wrong in a way that kernels from 6.5
# on fall over; programs keep it.
status=0
timeout -k 5 "$limit" qemu-system-x86_64 -accel tcg,thread=single -cpu max -smp 2 -m 512 \
  -nodefaults -no-user-config -display none -no-reboot \
  -kernel "$kernel/vmlinuz" -initrd "$work/initramfs" \
  -append "$parameters" \
  -serial "file:$work/console" -serial "file:$work/results" \
  -drive "file=$work/disk,if=virtio,format=raw,cache=unsafe" \
  -netdev user,id=net,restrict=on -device virtio-net-pci,netdev=net,romfile= || status=$?

grep -v '^begin ' "$work/results" | grep -v '^finished$' || true
passed=$(grep -c '^ok ' "$work/results" || true)
failed=$(grep -c '^not ok ' "$work/results" || true)
skipped=$(grep -c '^skipped ' "$work/results" || true)
if ! grep -q '^finished$' "$work/results"; then
  failed=$((failed + 1))
  echo "not ok: the virtual machine did not come to its end (qemu's status: $status)"
  echo "  in the middle of: $(grep '^begin ' "$work/results" | tail -n 1)"
  tail -n 40 "$work/console" | sed 's/^/  | /'
elif [ "$((passed + failed))" = 0 ]; then
  failed=1
  echo 'not ok: no check was run'
fi
echo "$(basename "$kernel"), $layout: $passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]

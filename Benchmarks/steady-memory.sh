#!/bin/bash
# Checks from outside, on the executable itself, that 1,000 steady polls ask the kernel for
# no memory: after a while of warming up strace sees no brk, mmap or munmap.
# usage: steady-memory.sh CRUNCHSTAT
set -eu
binary=${1:?usage: steady-memory.sh CRUNCHSTAT}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trace=$folder/trace
mkfifo "$folder/end"

# Without -f the program itself is not traced. 1 ms polls: 100 to warm up, then 1,000, however
# long that takes under the tracer.
strace -qq -ttt -e trace=brk,mmap,munmap,ppoll -o "$trace" \
  "$binary" -poll 1 -log /dev/null cat "$folder/end" &
# Waits for nobody, should crunchstat not get that far.
exec 3<>"$folder/end"
for ((seconds = 0; seconds < 60; seconds++)); do
  sleep 1
  [ "$(grep -c ' ppoll(' "$trace")" -le 1100 ] || break
done
exec 3>&-
wait $!
awk '
  / ppoll\(/ { waits++; next }
  waits > 100 && waits <= 1100 { print "in a steady poll: " $0; calls++ }
  END {
    if (waits < 1100) { print "only " waits " polls were made"; exit 1 }
    print "memory calls in 1,000 steady polls: " calls + 0
    exit calls > 0
  }' "$trace"

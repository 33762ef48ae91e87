#!/bin/bash
# Lists the functions that crunchstat runs, in an order for the linker: with them side by
# side a run touches half as many pages of the executable.
# usage: link-order.sh CRUNCHSTAT >Sources/crunchstat/link-order.txt
set -eu
binary=${1:?usage: link-order.sh CRUNCHSTAT}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# valgrind can't read the debug information of this compiler.
strip -g -o "$folder/crunchstat" "$binary"
trace() {
  valgrind -q --tool=callgrind --demangle=no --callgrind-out-file="$folder/$1.out" \
    "$folder/crunchstat" "${@:2}" >/dev/null 2>&1 || true
}
trace own -poll 10 sleep 0.3
trace inherit -scope inherit -log "$folder/log" true
trace relay -timestamps sh -c 'echo line >&2; exit 1'
trace missing "$folder/missing"

cat "$folder"/*.out | sed -nE 's/^c?fn=\([0-9]+\) //p' | sed -E "s/'[0-9]+\$//" |
  grep -E '^[A-Za-z_$][A-Za-z0-9_.$]*$' | LC_ALL=C sort -u

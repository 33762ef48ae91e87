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
trace few -poll 2 -log /dev/null sleep 0.4
trace many -poll 2 -log /dev/null sleep 1.6
trace inherit -scope inherit -log "$folder/log" true
trace relay -timestamps sh -c 'echo line >&2; exit 1'
trace missing "$folder/missing"

# "INSTRUCTIONS FUNCTION" of a trace, by function.
functions() {
  callgrind_annotate --threshold=100 "$folder/$1.out" 2>/dev/null |
    sed -nE 's/^ *([0-9,]+) \([^)]*\) +[^:]*:([A-Za-z_$][A-Za-z0-9_.$]*)( .*)?$/\1 \2/p' |
    tr -d , | LC_ALL=C sort -k 2
}
for name in few many inherit relay missing; do functions "$name" >"$folder/$name"; done

{
  # What runs in every poll comes first, the costliest of all in front.
  LC_ALL=C join -1 2 -2 2 "$folder/few" "$folder/many" |
    awk '$3 > 2 * $2 { print $3 - $2, $1 }' | sort -k 1,1nr -k 2 | cut -d ' ' -f 2
  cut -d ' ' -f 2 "$folder"/{few,many,inherit,relay,missing} | LC_ALL=C sort -u
} | awk '!seen[$0]++'

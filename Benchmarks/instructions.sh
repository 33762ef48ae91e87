#!/bin/bash
# Counts the instructions in user space of one poll of all default statistics, on a recorded
# v1 tree (0.9 KB of memory.stat, 2 devices, 3 interfaces) whose values and numbers of digits
# change at every poll: those to scan and format, and with reading and writing all. Fails above
# a bound for each: such counts do not vary from run to run.
# usage: instructions.sh BENCHMARKS SCAN_BOUND BOUND
set -eu
binary=${1:?usage: instructions.sh BENCHMARKS SCAN_BOUND BOUND}
scan_bound=${2:?usage: instructions.sh BENCHMARKS SCAN_BOUND BOUND}
bound=${3:?usage: instructions.sh BENCHMARKS SCAN_BOUND BOUND}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# valgrind can't read the debug information of this compiler.
strip -g -o "$folder/Benchmarks" "$binary"
# The function of a name that the compiler may have put something behind, a variant of its own.
symbol() {
  nm "$folder/Benchmarks" | sed -n "s/^[0-9a-f]* [tT] \\($1[A-Za-z0-9_]*\\)\$/\\1/p" | LC_ALL=C sort | tail -n 1
}
poll=$(symbol '[$]s8JobStats7SamplerC4poll_6isLastys6UInt64V_SbtF')
# What reads a file, and what writes lines.
read=$(symbol '[$]s8JobStats8StatFileC4readyAA11ByteScannerVSgAA4PollCF')
write=$(symbol '[$]s8JobStats8LineSinkC5writeyyAA0C6BufferCF')
for name in "$poll" "$read" "$write"; do
  [ -n "$name" ] || { echo 'a function that is to be counted is not there' >&2; exit 1; }
done

# Of a run with so many polls, all that is done in a function, but not in those that follow.
count() {
  valgrind -q --tool=callgrind --callgrind-out-file="$folder/out" --demangle=no \
    "${@:2}" "$folder/Benchmarks" "--bare=$1" 2>"$folder/said" || { cat "$folder/said" >&2; exit 1; }
  sed -n 's/^summary: //p' "$folder/out"
}
each() {
  local many few
  many=$(count 1300 "$@") || exit
  few=$(count 300 "$@") || exit
  echo $(((many - few) / 1000))
}
all=$(each "--toggle-collect=$poll")
scan=$(each "--toggle-collect=$poll" "--toggle-collect=$read" "--toggle-collect=$write")
echo "instructions of a poll: $scan to scan and format, $all in all, bounds $scan_bound and $bound"
[ "$scan" -gt 0 ] && [ "$scan" -le "$scan_bound" ] && [ "$all" -gt "$scan" ] && [ "$all" -le "$bound" ]

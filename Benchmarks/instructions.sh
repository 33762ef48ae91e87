#!/bin/bash
# Counts the instructions in user space of one poll of all default statistics, on a recorded
# v1 tree (0.9 KB of memory.stat, 2 devices, 3 interfaces) whose values and numbers of digits
# change at every poll, and fails above a bound: such counts do not vary from run to run.
# usage: instructions.sh BENCHMARKS BOUND
set -eu
binary=${1:?usage: instructions.sh BENCHMARKS BOUND}
bound=${2:?usage: instructions.sh BENCHMARKS BOUND}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# valgrind can't read the debug information of this compiler.
strip -g -o "$folder/Benchmarks" "$binary"
# Of a run with so many polls, all that is done in Sampler.poll.
count() {
  # shellcheck disable=SC2016
  valgrind -q --tool=callgrind --callgrind-out-file="$folder/out" --demangle=no \
    --toggle-collect='$s8JobStats7SamplerC4poll_6isLastys6UInt64V_SbtF' \
    "$folder/Benchmarks" "--bare=$1" 2>"$folder/said" || { cat "$folder/said" >&2; exit 1; }
  sed -n 's/^summary: //p' "$folder/out"
}
few=$(count 300)
many=$(count 1300)
each=$(((many - few) / 1000))
echo "instructions of a poll: $each, bound $bound"
[ "$each" -gt 0 ] && [ "$each" -le "$bound" ]

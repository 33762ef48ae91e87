#!/bin/bash
# Fails where crunchstat takes more than so many KiB of the memory after some thousand polls.
# usage: resident.sh CRUNCHSTAT BOUND
set -eu
binary=${1:?usage: resident.sh CRUNCHSTAT BOUND}
bound=${2:?usage: resident.sh CRUNCHSTAT BOUND}
# The job is the one who looks: at its parent, 3 s later.
# shellcheck disable=SC2016
resident=$("$binary" -poll 1 -log /dev/null sh -c \
  'sleep 3.5; sed -n "s/^Rss: *\([0-9]*\) kB/\1/p" /proc/$PPID/smaps_rollup')
echo "resident: $resident KiB, bound $bound"
[ "$resident" -gt 0 ] && [ "$resident" -le "$bound" ]

#!/bin/bash
# Counts the system calls of a poll of the default statistics, 10 ms apart, in a run of some
# seconds: the wait and the write are among them. Prints the median poll, and the mean, which has
# what is looked at once a second besides. Given bounds it fails where one is exceeded: those of
# median and mean where a group counts the job's bytes, then those where its processes are asked.
# usage: system-calls.sh CRUNCHSTAT JOB [MEDIAN MEAN MEDIAN MEAN]
set -eu
binary=${1:?usage: system-calls.sh CRUNCHSTAT JOB [MEDIAN MEAN MEDIAN MEAN]}
job=${2:?usage: system-calls.sh CRUNCHSTAT JOB [MEDIAN MEAN MEDIAN MEAN]}
bounds=(inf inf inf inf)
[ $# -lt 6 ] || bounds=("${@:3}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Without -f the program itself is not traced.
strace -qq -ttt -o "$folder/trace" "$binary" -poll 10 -log "$folder/log" sh -c "exec $job"
from=groups
# Which of the two it is may be settled after the first polls.
if sed -n 's/^crunchstat: \(blkio:[^ ]*\) .*/\1/p' "$folder/log" | tail -n 1 | grep -q tree; then
  from=processes bounds=("${bounds[@]:2}")
fi
# From the first second on: before, what may change soon is looked at often.
awk -v median_bound="${bounds[0]}" -v mean_bound="${bounds[1]}" -v from="$from" '
  NR == 1 { start = $1 }
  / SIGCHLD / { ended = 1 }
  ended || $1 < start + 1.2 { next }
  / ppoll\(/ { if (began) count[++polls] = calls; began = 1; calls = 0 }
  { calls++ }
  END {
    if (polls < 20) { print "only " polls + 0 " polls were made"; exit 1 }
    for (i = 1; i <= polls; i++) { sum += count[i]; seen[count[i]]++ }
    for (n = 0; below < polls / 2; n++) below += seen[n]
    median = n - 1
    mean = sum / polls
    printf "system calls of a poll: %d, %.2f in the mean of %d", median, mean, polls
    printf " (bytes from %s; bounds %s, %s)\n", from, median_bound, mean_bound
    exit !((median_bound == "inf" || median <= median_bound + 0) &&
      (mean_bound == "inf" || mean <= mean_bound + 0))
  }' "$folder/trace"

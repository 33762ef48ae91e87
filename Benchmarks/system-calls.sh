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
read -r median mean polls < <(awk -f "$(dirname "$0")/system-calls.awk" "$folder/trace")
[ "$polls" -ge 20 ] || { echo "only $polls polls were made"; exit 1; }
echo "system calls of a poll: $median, $mean in the mean of $polls" \
  "(bytes from $from; bounds ${bounds[0]}, ${bounds[1]})"
awk -v median="$median" -v mean="$mean" -v most="${bounds[0]}" -v most_mean="${bounds[1]}" \
  'BEGIN { exit !((most == "inf" || median <= most + 0) && (most_mean == "inf" || mean <= most_mean + 0)) }'

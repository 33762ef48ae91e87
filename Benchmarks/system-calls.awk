# Of a trace by `strace -ttt`: the median of the system calls of a poll, their mean, and how many
# polls there were, from the first second on (before, what may change soon is looked at often) to
# the end of the program.
NR == 1 { start = $1 }
/ SIGCHLD / { ended = 1 }
ended || $1 < start + 1.2 { next }
/ ppoll\(/ { if (began) count[++polls] = calls; began = 1; calls = 0 }
{ calls++ }
END {
  for (i = 1; i <= polls; i++) { sum += count[i]; seen[count[i]]++ }
  for (n = 0; below < polls / 2; n++) below += seen[n]
  printf "%d %.2f %d\n", n - 1, polls ? sum / polls : 0, polls
}

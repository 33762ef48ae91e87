# shellcheck shell=dash
# The program and its descendants, from /proc: without privilege, and beside what a control
# group says of the same processes.

# The largest VALUE KEY of a statistic in a log: largest STATISTIC KEY
largest() {
  awk -v name="$1" -v key="$2" '
    $2 == name { for (i = 4; i <= NF && $i != "--"; i++) if ($i == key && $(i - 1) > most) most = $(i - 1) }
    END { print most + 0 }' log
}

# VALUE is within PERCENT of EXPECTED.
near() { awk -v v="$1" -v e="$2" -v p="$3" 'BEGIN { exit !(v >= e * (1 - p / 100) && v <= e * (1 + p / 100)) }'; }

user_in_the_root_group() {
  within_as_user $C crunchstat -poll 100 -log log load touch 64 1
  grep -q '^crunchstat: notice: scope tree: the program and its descendants, from /proc: ' log
  [ "$(grep -c ': scope ' log)" = 1 ]
  near "$(largest mem rss)" 67108864 10
  grep -q '^crunchstat: cpu ' log
  not grep -q '^crunchstat: \(error\|warning\)' log
}

short_children() {
  mkdir $C/tree
  # The group counts crunchstat too, which tells its own cost.
  within $C/tree crunchstat -scope tree -poll 100 -log log \
    sh -c 'i=0; while [ $i -lt 100 ]; do load burn 0.005 >/dev/null; i=$((i + 1)); done'
  group=$(awk '$1 == "usage_usec" { print $2 / 1000000 }' $C/tree/cpu.stat)
  rmdir $C/tree
  tree=$(awk '$3 == "total" && $4 == "cpu" { print $5 + $7 }' log)
  own=$(sed -n 's/.* lateness .*, \([0-9.]*\) s of CPU,.*/\1/p' log)
  near "$tree" "$(awk -v g="$group" -v o="$own" 'BEGIN { print g - o }')" 8
}

orphans() {
  within_as_user $C crunchstat -scope tree -poll 50 -log log \
    sh -c '(setsid load burn 0.5 >/dev/null &); sleep 3; ps -o stat,comm | grep "^Z" && exit 9; exit 0'
  # What the shell and its tools use in an emulated machine comes on top.
  awk '$3 == "total" && $4 == "cpu" { used = $5 + $7 } END { exit !(used >= 0.5 && used < 2) }' log
}

bytes() {
  crunchstat -scope tree -poll 50 -log log sh -c \
    'for i in 1 2; do dd if=/dev/zero of=/dev/vda bs=1M count=8 oflag=direct 2>/dev/null; done; sleep 0.2'
  near "$(largest blkio:tree write)" 16777216 5
}

swapped() {
  mkswap /dev/vda
  swapon /dev/vda
  mkdir -p $C/tree
  echo +memory >$C/cgroup.subtree_control
  echo 24M >$C/tree/memory.max
  within $C/tree crunchstat -scope tree -poll 100 -log log load touch 64 2 &
  job=$!
  peak=0
  while kill -0 $job 2>/dev/null; do
    now=$(cat $C/tree/memory.swap.current)
    [ "$now" -le "$peak" ] || peak=$now
    usleep 50000
  done
  wait $job
  swapoff /dev/vda
  rmdir $C/tree
  echo -memory >$C/cgroup.subtree_control
  near "$(largest mem swap)" "$peak" 15
}

process() {
  mkdir $C/tree
  within $C/tree load touch 32 4 >/dev/null &
  until_true grep -q . $C/tree/cgroup.procs
  id=$(cat $C/tree/cgroup.procs)
  crunchstat -scope tree -poll 100 -log log -pid "$id"
  wait $!
  rmdir $C/tree
  near "$(largest mem rss)" 33554432 10
  grep -q "notice: process $id has ended" log
}

user_may_not() {
  sleep 20 &
  status=0
  within_as_user $C crunchstat -pid $! 2>log || status=$?
  kill $!
  [ $status = 125 ]
  grep -q "^crunchstat: error: flag -pid: .* another user's" log
}

check 'an ordinary user in the root group gets the tree' user_in_the_root_group
check 'short children count as in a control group' short_children
check 'orphans are counted and reaped' orphans
check 'bytes of ended children stay' bytes
check 'swap is what the control group says' swapped
check 'a process that runs already' process
check "another user's process can't be watched" user_may_not

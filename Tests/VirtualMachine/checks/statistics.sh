# shellcheck shell=dash
# That every statistic logs what the kernel's own files say of a v2 group, under real load.
# The job is alone in its group, which crunchstat watches from outside and does not remove; so
# what was logged last, after the job's end, can be compared with the files.

CONTROLLERS='cpu memory io pids cpuset'
for controller in $CONTROLLERS; do echo "+$controller"; done >/tmp/enable
tr '\n' ' ' </tmp/enable >$C/cgroup.subtree_control

place=$C/statistics
# As long as there is a group with a cpuset the kernel does not patch itself for the first one
# and for the last, which the emulation does not always get over.
mkdir $C/kept

# Runs a program alone in the group, with what stands in $flags: measured COMMAND...
measured() {
  crunchstat -cgroup-root $C -cgroup-parent statistics -stats all -poll 50 -log log $flags \
    sh -c 'echo 0 >"$0/cgroup.procs" && exec "$@"' "$place" "$@" || status=$?
}

# A check in a fresh group, with values written to its files first:
# in_group WHAT FILE=VALUE... -- COMMAND
in_group() {
  what=$1
  shift
  mkdir "$place"
  while [ "$1" != -- ]; do
    echo "${1#*=}" >"$place/${1%%=*}"
    shift
  done
  shift
  flags='' status=0
  check "$what" "$@"
  until_true rmdir "$place"
}

# The value of a key in a flat keyed file: told FILE KEY
told() { awk -v key="$2" '$1 == key { print $2 }' "$place/$1"; }

# Whether a time is what the kernel tells now, in microseconds, or less by what the end of a
# process takes once its parent knows of it: same_time SECONDS MICROSECONDS SLACK
same_time() {
  within_range "$1" "$(awk -v t="$2" -v s="$3" 'BEGIN { print t / 1e6 - 0.0001 - s }')" \
    "$(awk -v t="$2" 'BEGIN { print t / 1e6 + 0.0001 }')"
}

# The wait, memory.stat, memory.swap.current, cpu.stat, io.stat, net/dev, and the write; and where
# the kernel can (6.12), memory.peak is read and reset. (The emulated clock is at times read by the
# kernel alone.)
few_calls() {
  strace -qq -ttt -e 'trace=!clock_gettime' -o trace \
    crunchstat -cgroup-root $C -cgroup-parent statistics -poll 50 -log log sh -c \
    'echo 0 >"$0/cgroup.procs"; dd if=/dev/zero of=/dev/vda bs=1M count=1 oflag=direct; exec sleep 4' $place
  grep -q '^crunchstat: blkio:[0-9]' log
  most=7
  if grep -q '^crunchstat: mem .* peak' log; then most=9; fi
  awk -f /system-calls.awk trace >calls
  read -r median mean polls <calls
  [ "$median" = $most ]
  [ "$polls" -ge 20 ]
}

cpu_time() {
  measured load burn 0.5 >used
  same_time "$(value cpu user)" "$(told cpu.stat user_usec)" 0.05
  same_time "$(value cpu sys)" "$(told cpu.stat system_usec)" 0.05
  sum=$(awk -v a="$(value cpu user)" -v b="$(value cpu sys)" 'BEGIN { print a + b }')
  within_range "$sum" 0.45 "$(awk '{ print $1 + 0.5 }' used)"
  [ "$(value cpu cpus)" = 2 ]
}

one_processor() {
  measured load burn 0.1
  [ "$(value cpu cpus)" = 1 ]
}

memory() {
  measured load touch 48 $SETTLED
  within_range "$(largest mem rss)" $((48 << 20)) $((56 << 20))
  within_range "$(largest usage current)" $((48 << 20)) $((60 << 20))
  grep -q "notice: peak memory $(cat "$place/memory.peak") bytes (memory.peak)" log
  not grep -q 'out of memory' log
  [ -z "$(value usage limit)" ]
}

swap() {
  mkswap /dev/vda
  swapon /dev/vda || skip 'no swap in this kernel'
  measured load touch 64 0.5
  swapoff /dev/vda
  [ "$status" = 0 ]
  within_range "$(largest mem swap)" $((24 << 20)) $((64 << 20))
  within_range "$(largest mem rss)" $((16 << 20)) $((32 << 20))
  [ "$(value usage limit)" = $((32 << 20)) ]
}

disk() {
  disk=$(cat /sys/block/vda/dev)
  measured dd if=/dev/zero of=/dev/vda bs=1M count=16 oflag=direct
  [ "$(value "blkio:$disk" write)" = $((16 << 20)) ]
  grep -q "^$disk .*wbytes=$((16 << 20)) " "$place/io.stat"
  grep -q "notice: total blkio:$disk $((16 << 20)) write" log
  : >log
  measured dd if=/dev/vda of=/dev/null bs=1M count=8 iflag=direct
  [ "$(value "blkio:$disk" read)" = $((8 << 20)) ]
}

quota() {
  measured load burn 0.2
  [ "$(value cpu cpus)" = 0.20 ]
  [ "$(value throttle periods)" -gt 1 ]
  # As long as the end of the job lasts, there may be one period more, or two.
  for name in periods throttled; do
    logged=$(value throttle $name)
    within_range "$(told cpu.stat nr_$name)" "$logged" $((logged + 2))
  done
  same_time "$(value throttle waited)" "$(told cpu.stat throttled_usec)" 0.2
}

kill_for_memory() {
  measured sh -c 'load touch 64 1; echo "status $?"; sleep 0.5' >out
  grep -q 'status 137' out
  notice='notice: out of memory: the kernel killed 1 process of the job: peak memory'
  notice="$notice $(cat "$place/memory.peak") bytes (memory.peak), tightest limit $((32 << 20))"
  notice="$notice bytes of $place (memory.max)"
  [ "$(grep -cF "$notice" log)" = 2 ]
  # The first while it runs, the other among the final lines.
  awk -v notice='notice: out of memory' 'index($0, notice) { seen++ }
    $2 == "mem" && seen == 1 { after = 1 } END { exit !(after && seen == 2) }' log
  [ "$(value oom events)" = "$(told memory.events oom)" ]
  [ "$(value oom kills)" = 1 ]
}

kill_with_default_statistics() {
  flags='-stats net'
  measured load touch 64 1
  [ "$status" = 137 ]
  [ "$(grep -c "out of memory: the kernel killed 1 process of the job" log)" = 2 ]
}

limit_above() {
  mkdir "$place/inner"
  echo +memory >"$place/cgroup.subtree_control"
  crunchstat -cgroup-root $C -cgroup-parent statistics/inner -poll 50 -log log -stats mem,usage \
    sh -c 'echo 0 >"$0/inner/cgroup.procs" && exec load touch 64 1' "$place" || status=$?
  until_true rmdir "$place/inner"
  [ "$status" = 137 ]
  [ "$(value usage limit)" = $((32 << 20)) ]
  grep -q "tightest limit $((32 << 20)) bytes of $place (memory.max)" log
}

pressure() {
  # Two want one processor.
  measured sh -c 'load burn 0.3 & load burn 0.3; wait'
  for resource in cpu memory io; do
    for kind in some full; do
      total=$(sed -n "s/^$kind .*total=//p" "$place/$resource.pressure")
      within_range "$(value "pressure:$resource" "$kind")" 0 \
        "$(awk -v t="$total" 'BEGIN { print t / 1e6 + 0.0001 }')"
    done
  done
  within_range "$(value pressure:cpu some)" 0.2 9
}

processes() {
  measured sh -c 'for n in 1 2 3 4 5; do sleep 0.4 & done; wait; sleep 0.2'
  [ "$(largest procs current)" = 6 ]
  # pids.peak is there since Linux 6.1.
  [ "$(value procs peak)" = "$(cat "$place/pids.peak")" ]
}

space() {
  mkdir -p /mnt
  mount -t tmpfs -o size=64m none /mnt
  TMPDIR=/mnt measured sh -c 'dd if=/dev/zero of=/mnt/file bs=1M count=16; sleep 0.2' 2>/dev/null
  umount /mnt
  [ "$(value statfs total)" = $((64 << 20)) ]
  [ "$(value statfs used)" = $((16 << 20)) ]
  [ "$(value statfs available)" = $((48 << 20)) ]
}

peak_of_each_poll() {
  # A spike between two polls.
  flags='-poll 3000'
  measured sh -c 'sleep 0.2; load touch 48 0; sleep 4.5'
  # Whether this kernel can reset the mark (Linux 6.12).
  if ! echo 0 >"$place/memory.peak"; then
    not grep -q '^crunchstat: mem .* peak' log
    skip 'memory.peak cannot be reset in this kernel'
  fi
  within_range "$(largest mem peak)" $((48 << 20)) $((60 << 20))
  # In one line only; the kernel's own mark is as it was.
  [ "$(awk '$2 == "mem" && $(NF - 1) + 0 > 40 * 1024 * 1024' log | grep -c ' peak$')" = 1 ]
  within_range "$(largest mem rss)" 0 $((8 << 20))
  grep -q "notice: peak memory $(cat "$place/memory.peak") bytes (memory.peak)" log
  within_range "$(cat "$place/memory.peak")" $((48 << 20)) $((60 << 20))
}

ancestor() {
  mkdir "$place/inner"
  within "$place/inner" crunchstat -scope inherit -stats all -poll 50 -log log sleep 0.2
  until_true rmdir "$place/inner"
  for file in memory.stat pids.current memory.current; do
    grep -q "reading stats from $place/$file (an ancestor: covers more than the job)" log
  done
  grep -q "reading stats from $place/inner/cpu.stat\$" log
  grep -q '^crunchstat: mem ' log
}

container() {
  id=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
  echo +memory >$C/cgroup.subtree_control
  mkdir -p "$C/system.slice"
  echo '+memory' >"$C/system.slice/cgroup.subtree_control"
  echo $id >cid
  crunchstat -cgroup-root $C -cgroup-parent docker -cgroup-cid cid -poll 50 -log log sh -c '
    sleep 0.3; mkdir "$0" && echo 0 >"$0/cgroup.procs" && exec load touch 24 "$1"
  ' "$C/system.slice/docker-$id.scope" $SETTLED
  until_true rmdir "$C/system.slice/docker-$id.scope" "$C/system.slice"
  grep -q "notice: the container's control group is system.slice/docker-$id.scope" log
  within_range "$(largest mem rss)" $((24 << 20)) $((30 << 20))
}

host() {
  crunchstat -cgroup-root $C -poll 50 -log log -stats all sleep 0.2
  grep -q "notice: the numbers are the whole host's" log
  grep -q '^crunchstat: mem .* rss' log
  grep -q '^crunchstat: cpu ' log
}

# In a group that crunchstat makes.
own() {
  crunchstat -scope own -stats all -poll 50 -log log load touch 48 $SETTLED
  within_range "$(largest mem rss)" $((48 << 20)) $((56 << 20))
  within_range "$(largest usage current)" $((48 << 20)) $((60 << 20))
  [ "$(largest procs current)" = 1 ]
  mark=$(sed -n 's/.*notice: peak memory \([0-9]*\) bytes (memory.peak)$/\1/p' log)
  within_range "$mark" "$(largest mem rss)" $((60 << 20))
  for name in cpu pressure:cpu pressure:memory pressure:io oom; do
    grep -q "^crunchstat: $name .* -- interval " log
  done
}

own_killed() {
  crunchstat -scope own -poll 50 -log log sh -c '
    group=/sys/fs/cgroup$(cut -d: -f3 /proc/self/cgroup)
    echo 33554432 >$group/memory.max
    echo 0 >$group/memory.swap.max
    load touch 64 1
    sleep 0.5'
  killed='out of memory: the kernel killed 1 process of the job: peak memory 33554432 bytes'
  killed="$killed (memory.peak), tightest limit 33554432 bytes of $C/crunchstat-"
  [ "$(grep -cF "$killed" log)" = 2 ]
}

# A quota stays in force, and is told of, though the job's own group is without the controller.
own_below_a_quota() {
  within "$place" crunchstat -scope own -stats cpu,throttle -poll 50 -log log load burn 0.2
  [ "$(value cpu cpus)" = 0.20 ]
  grep -q "reading stats from $place/cpu.stat (an ancestor: covers more than the job)" log
  [ "$(value throttle throttled)" -gt 0 ]
}

in_group 'CPU time' -- cpu_time
in_group 'a cpuset of one processor' cpuset.cpus=0 -- one_processor
in_group 'memory' -- memory
in_group 'swap' memory.max=$((32 << 20)) -- swap
in_group 'bytes written and read' -- disk
in_group 'a CPU quota' cpu.max='20000 100000' -- quota
in_group 'a process killed for lack of memory' memory.max=$((32 << 20)) memory.swap.max=0 \
  -- kill_for_memory
in_group 'the same whatever is logged' memory.max=$((32 << 20)) memory.swap.max=0 \
  -- kill_with_default_statistics
in_group 'a limit of a group further up' memory.max=$((32 << 20)) memory.swap.max=0 -- limit_above
in_group 'pressure' cpuset.cpus=0 -- pressure
in_group 'the number of processes' -- processes
in_group 'the space of TMPDIR' -- space
in_group 'the peak of each poll' -- peak_of_each_poll
in_group 'a group without controllers' -- ancestor
check 'a container under the name that systemd gives it' container
check 'the whole host' host
check "the job's own group" own
check "a process killed in the job's own group" own_killed
in_group "a quota above the job's own group" cpu.max='20000 100000' -- own_below_a_quota
in_group 'the system calls of a poll' -- few_calls

until_true rmdir $C/kept
sed 's/+/-/' /tmp/enable | tr '\n' ' ' >$C/cgroup.subtree_control
rm /tmp/enable

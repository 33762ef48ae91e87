# shellcheck shell=dash
# The v1 layout as systemd mounts it, cpu and cpuacct together, with a v2 side: the job's own
# groups, and their numbers against the kernel's files. Debian's kernels from 6.12 on have no
# memory in v1; there the v2 side has it.

JOB='cat /proc/self/cgroup >place
  cat /sys/fs/cgroup/unified$(sed -n s/^0:://p place)/cgroup.controllers >controllers'

memory_on_v1() { [ -d $C/memory ]; }

nothing_left() {
  [ -z "$(find $C -name 'crunchstat-*')" ]
  [ -z "$(cat $C/unified/cgroup.subtree_control)" ]
}

groups_of_its_own() {
  crunchstat -log log sh -c "$JOB"
  grep -q ":blkio:/crunchstat-" place
  grep -q ":pids:/crunchstat-" place
  grep -q '^0::/crunchstat-' place
  if memory_on_v1; then
    grep -q ":memory:/crunchstat-" place
    [ -z "$(cat controllers)" ]
  else
    [ "$(cat controllers)" = memory ]
  fi
  # There the job would get a share of the processors.
  grep -q ':cpu,cpuacct:/$' place
  nothing_left
}

with_shares() {
  crunchstat -scope own -log log sh -c "$JOB"
  grep -q ':cpu,cpuacct:/crunchstat-' place
  grep -q 'warning: .*/cpu,cpuacct: .*share of the processors' log
  nothing_left
}

without_privilege() {
  within_as_user $C/pids crunchstat -log log sh -c "$JOB; exit 3" || status=$?
  [ $status = 3 ]
  grep -q 'notice: scope tree: .*Permission denied' log
}

memory() {
  crunchstat -poll 50 -log log load touch 48 $SETTLED
  awk -v most="$(largest mem rss)" 'BEGIN { exit !(most >= 48 * 1048576 && most < 56 * 1048576) }'
  if memory_on_v1; then file=memory.max_usage_in_bytes; else file=memory.peak; fi
  peak=$(awk -v file="$file" '/notice: peak memory/ && index($0, file) { print $5 }' log)
  [ "$peak" -ge $((48 << 20)) ]
}

cpu_time() {
  crunchstat -log log load burn 0.5 >used
  sum=$(awk -v a="$(value cpu user)" -v b="$(value cpu sys)" 'BEGIN { print a + b }')
  awk -v sum="$sum" -v used="$(cat used)" 'BEGIN { exit !(sum >= used - 0.05 && sum < used + 0.5) }'
  grep -q "reading stats from $C/unified/crunchstat-.*/cpu.stat" log
}

# A rule too large to limit anything makes the kernel count.
RULES="device=$(cat /sys/block/vda/dev)
  for file in read write; do
    echo \"\$device 1000000000000\" >$C/blkio/\$(awk -F: '\$2 == \"blkio\" { print \$3 }' place)/blkio.throttle.\${file}_bps_device
  done"

block_io() {
  device=$(cat /sys/block/vda/dev)
  crunchstat -poll 50 -log log sh -c "$JOB
    $RULES
    dd if=/dev/zero of=/dev/vda bs=1M count=8 oflag=direct 2>/dev/null
    dd if=/dev/vda of=/dev/null bs=1M count=4 iflag=direct 2>/dev/null
    sync"
  [ "$(value "blkio:$device" write)" = $((8 << 20)) ]
  [ "$(value "blkio:$device" read)" = $((4 << 20)) ]
}

# As when the program that sets it has to be read from the disk.
rule_after_the_first_bytes() {
  device=$(cat /sys/block/vda/dev)
  crunchstat -poll 50 -log log sh -c "$JOB
    dd if=/dev/vda of=/dev/null bs=64k count=1 iflag=direct 2>/dev/null
    # A slow machine's processes are not looked at in every poll.
    for _ in \$(seq 200); do
      ! grep -q '^crunchstat: blkio:[^ ]* 0 write 65536 read' log || break
      sleep 0.05
    done
    grep -q '^crunchstat: blkio:[^ ]* 0 write 65536 read' log || exit 1
    $RULES
    dd if=/dev/zero of=/dev/vda bs=1M count=8 oflag=direct 2>/dev/null"
  [ "$(value "blkio:$device" write)" = $((8 << 20)) ]
  grep -q "notice: total blkio:$device $((8 << 20)) write " log
  # Kernels count in all groups once a rule was ever set, or in those alone that have one.
  [ $(($(value blkio:tree read) + $(value "blkio:$device" read))) = 65536 ]
}

# The job's own group alone has the limit: of one that holds for crunchstat too, kernels kill it as
# well at times, since what they take from the job is free only some time after its end.
memory_limit() {
  memory_on_v1 || skip "this kernel has no memory in v1"
  crunchstat -stats all -poll 50 -log log sh -c "
    echo 33554432 >$C/memory/\$(awk -F: '\$2 == \"memory\" { print \$3 }' /proc/self/cgroup)/memory.limit_in_bytes
    exec load touch 64 0" || status=$?
  [ $status = 137 ]
  [ "$(value oom kills)" = 1 ]
  [ "$(value usage limit)" = 33554432 ]
  grep -q 'notice: .*killed' log
}

swap() {
  memory_on_v1 || skip "this kernel has no memory in v1"
  mkswap /dev/vda
  swapon /dev/vda
  mkdir $C/memory/limited
  trap 'until_true rmdir $C/memory/limited; swapoff /dev/vda' EXIT
  echo 33554432 >$C/memory/limited/memory.limit_in_bytes
  within $C/memory/limited crunchstat -stats all -poll 50 -log log load touch 64 0.5
  [ "$(value usage limit)" = 33554432 ]
  [ "$(largest mem swap)" -ge $((24 << 20)) ]
  [ "$(largest mem swap)" -le $((64 << 20)) ]
  [ "$(largest mem rss)" -le $((32 << 20)) ]
}

# What the kernel's files say once the job is over: its group is kept by one that sleeps, and has
# used all it will by then.
as_the_files_say() {
  crunchstat -stats all -poll 50 -log log sh -c "$JOB
    load touch 24 0 >/dev/null; load burn 0.2 >/dev/null; sleep 60 & sleep 1; exit 0"
  group=$(sed -n s/^0:://p place)
  used=$(awk '$1 ~ /^(user|system)_usec$/ { sum += $2 } END { print sum }' $C/unified$group/cpu.stat)
  # The v2 side's has no memory any more: that was handed on for the job alone.
  mark=$(! memory_on_v1 || cat "$C/memory$group/memory.max_usage_in_bytes")
  kill "$(cat "$C/pids$group/cgroup.procs")"
  awk -v used="$used" '$3 == "total" && $4 == "cpu" { told = ($5 + $7) * 1e6 }
    END { exit !(told <= used + 200 && told > used - 50000) }' log
  [ -z "$mark" ] || grep -q "notice: peak memory $mark bytes (memory.max_usage_in_bytes)" log
  until_true rmdir "$C/unified$group"
  for folder in "$C"/*"$group"; do [ ! -d "$folder" ] || rmdir "$folder"; done
}

delegated() {
  memory_on_v1 || skip "this kernel has no memory in v1"
  mkdir $C/memory/given
  trap 'until_true rmdir $C/memory/given' EXIT
  chown -R user $C/memory/given
  within_as_user $C/memory/given crunchstat -poll 50 -log log load touch 24 $SETTLED
  grep -q "notice: scope own: $C/memory/given/crunchstat-" log
  [ "$(largest mem rss)" -ge $((24 << 20)) ]
  [ "$(largest mem rss)" -le $((30 << 20)) ]
}

throttled() {
  mkdir $C/cpu/slow
  trap 'until_true rmdir $C/cpu/slow' EXIT
  echo 20000 >$C/cpu/slow/cpu.cfs_quota_us
  within $C/cpu/slow crunchstat -scope own -stats cpu,throttle -log log load burn 0.2
  [ "$(value cpu cpus)" = 0.20 ]
}

check 'groups of its own, where there are no shares of processors' groups_of_its_own
check 'with shares of processors, and a warning' with_shares
check 'without privilege' without_privilege
check 'memory' memory
check 'CPU time' cpu_time
check 'bytes per disk, counted after others' rule_after_the_first_bytes
check 'bytes per disk' block_io
check 'a memory limit that kills' memory_limit
check 'swap' swap
check 'a quota of processors' throttled
check 'a group delegated to a user' delegated
check 'totals as the files say' as_the_files_say

# shellcheck shell=dash
# Where no group of the job's counts CPU time or bytes, its processes do: cpu and cpuacct are
# mounted together, so that a group there would get a share of the processors of its own, there
# is no v2 side, and nothing in blkio has a rule.

# By the processes, or by the device: some kernels count without a rule.
written() {
  awk '$3 == "total" && $4 ~ /^blkio:/ { bytes += $5 } END { print bytes + 0 }' log
}

processes() {
  umount $C/unified
  crunchstat -poll 50 -log log sh -c \
    'load burn 0.5 >/dev/null; (setsid sh -c "load burn 0.5; sleep 0.5" >/dev/null & sleep 0.3); sleep 2
    dd if=/dev/zero of=/dev/vda bs=1M count=8 oflag=direct 2>/dev/null' || status=$?
  mount -t cgroup2 -o nosuid,nodev,noexec,nsdelegate cgroup2 $C/unified
  [ "$status" = 0 ]
  tail -n 20 log
  grep -q 'notice: scope own: .*/blkio/crunchstat-' log
  ! grep 'scope own: ' log | grep -q cpuacct || exit 1
  grep -q 'reading stats from /proc/PID/stat of the program and its descendants$' log
  [ "$(written)" = 8388608 ]
  # Both loads, an orphan's one of them, which lives until it has been looked at once more: nobody
  # adopts it in this scope. What the shell uses in an emulated machine comes on top.
  awk '$3 == "total" && $4 == "cpu" { used = $5 + $7 } END { exit !(used >= 0.95 && used < 2) }' log
}

status=0
check 'processes serve where v1 counts neither CPU time nor bytes' processes

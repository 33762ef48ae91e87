# shellcheck shell=dash
# That the machine is the one that the other checks take it for.

v2_alone() {
  grep -q ' /sys/fs/cgroup .* - cgroup2 ' /proc/self/mountinfo
  not grep -q ' - cgroup ' /proc/self/mountinfo
  [ "$(cat /proc/self/cgroup)" = 0::/ ]
  [ -z "$(cat $C/cgroup.subtree_control)" ]
}

has_controllers() {
  for controller in cpu memory io pids cpuset; do
    grep -qw $controller $C/cgroup.controllers
  done
}

crunchstat_runs() {
  crunchstat -version
  crunchstat -log log sh -c 'exit 3' || status=$?
  [ "$status" = 3 ]
  grep -q '^crunchstat: Running' log
}

check 'control groups are v2 alone' v2_alone
check 'it has the controllers' has_controllers
check 'it has a disk' test -b /dev/vda
check 'it has a network interface' test -d /sys/class/net/eth0
check 'pressure is on' test -f $C/memory.pressure
check 'there is an ordinary user' within_as_user $C sh -c '[ "$(id -u)" = 1000 ]'
check 'crunchstat runs there' crunchstat_runs

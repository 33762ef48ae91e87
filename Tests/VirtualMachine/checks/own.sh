# shellcheck shell=dash
# A group of the job's own: where it is, which controllers it has, and that all that was
# changed for it is as before.

# What is changed by making groups.
state() {
  set +x
  find $C -type d | sort
  for file in $(find $C -name cgroup.subtree_control | sort); do echo "$file: $(cat $file)"; done
}

# Runs the command, then compares. As a check's last command.
unchanged_by() {
  changes=0
  (state) >before
  "$@" || changes=$?
  (state) >after
  cmp before after
  return $changes
}

# What a job finds: in `place` its group, in `controllers` what that has; `self` is crunchstat's.
JOB='cut -d: -f3 /proc/self/cgroup >place; cut -d: -f3 /proc/$PPID/cgroup >self
  cat /sys/fs/cgroup/$(cat place)/cgroup.controllers >controllers'

# in_own_group BELOW: that the job was in a group of its own below that one.
in_own_group() {
  grep -Eqx "${1%/}/crunchstat-[0-9]+-[0-9]+" place
  grep -q "^crunchstat: notice: scope own: $C$(cat place)\$" log
}

has_only() { [ "$(cat controllers)" = "$*" ]; }

with_groups() {
  trap without_groups EXIT
  mkdir -p $C/d/work
  echo "+memory +io +pids" >$C/cgroup.subtree_control
}

without_groups() {
  kill -9 $(find $C/d -name cgroup.threads -exec cat {} +) 2>/dev/null || true
  until_true grep -q 'populated 0' $C/d/cgroup.events
  find $C/d -depth -type d -exec rmdir {} ';'
  echo '-memory -io -pids -cpu' >$C/cgroup.subtree_control
}

root_in_the_root_group() {
  crunchstat -scope $1 -log log sh -c "$JOB"
  in_own_group /
  [ "$(cat self)" = / ]
  has_only io memory pids
}

from_the_first_instruction() {
  for _ in $(seq 10); do
    crunchstat -log log cat /proc/self/cgroup >place
    grep -q '^0::/crunchstat-' place
  done
}

delegated() {
  with_groups
  delegate $C/d
  unchanged_by within_as_user $C/d crunchstat -scope $1 -log log sh -c "$JOB"
  in_own_group /d
  grep -Eqx '/d/crunchstat-[0-9]+-[0-9]+-self' self
  has_only io memory pids
}

root_alone_in_a_group_without_controllers() {
  with_groups
  echo "-memory -io -pids" >$C/cgroup.subtree_control
  unchanged_by within $C/d crunchstat -log log sh -c "$JOB"
  in_own_group /d
  has_only io memory pids
}

user_in_a_group_without_controllers() {
  with_groups
  echo "-memory -io -pids" >$C/cgroup.subtree_control
  delegate $C/d
  within_as_user $C/d crunchstat -log auto sh -c "$JOB"
  grep -q '^crunchstat: notice: scope [^o].*Permission denied' auto
  unchanged_by within_as_user $C/d crunchstat -scope own -log log sh -c "$JOB"
  in_own_group /d
  grep -q 'notice: .*no controller memory.*does not count memory use.*: ' log
}

a_controller_is_missing() {
  with_groups
  echo "-io" >$C/cgroup.subtree_control
  delegate $C/d
  unchanged_by within_as_user $C/d crunchstat -log log sh -c "$JOB"
  in_own_group /d
  has_only memory pids
  [ "$(grep -c 'no controller io, so it does not count bytes per disk: ' log)" = 1 ]
}

# Others are in the group, but the user may use the one above.
above_delegated() {
  with_groups
  delegate $C/d
  delegate $C/d/work
  unchanged_by within_as_user $C/d/work sh -c "crunchstat -scope $1 -log log sh -c '$JOB'; :"
  in_own_group /d
  [ "$(cat self)" = /d/work ]
  has_only io memory pids
}

above_with_a_limit() {
  with_groups
  delegate $C/d
  delegate $C/d/work
  echo +memory >$C/d/cgroup.subtree_control
  echo 400M >$C/d/work/memory.max
  unchanged_by within_as_user $C/d/work sh -c "crunchstat -log log sh -c '$JOB'; :"
  [ "$(cat place)" = /d/work ]
  grep -q 'notice: scope [^o].*other processes are in /sys/fs/cgroup/d/work' log
  echo -memory >$C/d/cgroup.subtree_control
}

# Root may change anything, but auto does not take the job out of the group that it is in.
root_among_others() {
  with_groups
  within $C/d sh -c "crunchstat -log log sh -c '$JOB'; :"
  [ "$(cat place)" = /d ]
  unchanged_by within $C/d sh -c "crunchstat -scope own -log log sh -c '$JOB'; :"
  in_own_group /
  grep -q "warning: other processes are in $C/d, so it can't hand controllers on; its limits" log
}

nothing_allowed() {
  with_groups
  (state) >before
  within_as_user $C/d crunchstat -log log sh -c "$JOB; exit 3" || status=$?
  [ $status = 3 ]
  [ "$(cat place)" = /d ]
  [ "$(grep -c 'notice: scope ' log)" = 1 ]
  grep -q 'notice: scope [^o].*Permission denied' log
  status=0
  within_as_user $C/d crunchstat -scope own -log own touch ran || status=$?
  [ $status = 125 ]
  grep -q '^crunchstat: error: .*Permission denied' own
  [ ! -e ran ]
  (state) >after
  cmp before after
}

# shares_of_processors SCOPE
shares_of_processors() {
  with_groups
  echo +cpu >$C/cgroup.subtree_control
  unchanged_by crunchstat -scope $1 -log log sh -c "$JOB"
  case $1 in
  auto) [ "$(cat place)" = / ] && grep -q 'notice: scope [^o].*share of the processors' log ;;
  own) in_own_group / && grep -q 'warning: .*share of the processors' log ;;
  esac
}

read_only() {
  with_groups
  unshare -m sh -c "mount -o remount,bind,ro $C; crunchstat -log auto sh -c '$JOB'
    crunchstat -scope own -log own true; echo \$? >status"
  [ "$(cat place)" = / ]
  grep -q 'notice: scope [^o].*Read-only file system' auto
  grep -q 'error: .*Read-only file system' own
  [ "$(cat status)" = 125 ]
}

threaded() {
  with_groups
  echo threaded >$C/d/cgroup.type
  status=0
  unchanged_by within $C crunchstat -scope own -log log sh -c 'exit 3' || status=$?
  [ $status = 3 ]
  cmp before after
  # A threaded group's processes are accounted above, where crunchstat can't stay aside.
  (state) >before
  (echo 0 >$C/d/cgroup.procs && exec crunchstat -log log sh -c "$JOB; exit 4") || status=$?
  [ $status = 4 ]
  (state) >after
  cmp before after
  grep -q 'notice: scope [^o]' log
}

# ends EXPECTED-STATUS WORDS...: as the only process of a delegated group
ends() {
  expected=$1
  shift
  with_groups
  delegate $C/d
  (state) >before
  within_as_user $C/d crunchstat -log log "$@" || status=$?
  [ $status = $expected ]
  (state) >after
  cmp before after
}

on_a_signal() {
  with_groups
  delegate $C/d
  (state) >before
  within_as_user $C/d crunchstat -poll 20 -log log sleep 60 &
  until_true grep -q ' -- interval' log
  kill -$1 $(pidof crunchstat)
  status=0
  wait $! || status=$?
  [ $status = $2 ]
  (state) >after
  cmp before after
}

no_room_for_the_group() {
  with_groups
  delegate $C/d
  # One below is crunchstat's own, one says what was handed on, none is left for the job.
  echo 3 >$C/d/cgroup.max.descendants
  status=0
  (state) >before
  within_as_user $C/d crunchstat -scope own -log own touch ran || status=$?
  [ $status = 125 ]
  [ ! -e ran ]
  within_as_user $C/d crunchstat -log log sh -c "$JOB"
  [ "$(cat place)" = /d ]
  [ "$(cat self)" = /d ]
  (state) >after
  cmp before after
}

left_behind() {
  with_groups
  delegate $C/d
  within_as_user $C/d crunchstat -log log sh -c "$JOB; sleep 60 >/dev/null 2>&1 & echo \$! >left"
  grep -q 'notice: the job left processes behind in .*/d/crunchstat-' log
  [ -z "$(cat $C/d/cgroup.subtree_control)" ]
  [ "$(find $C/d -name 'crunchstat-*')" = "$C$(cat place)" ]
  kill $(cat left)
  until_true rmdir $C$(cat place)
}

killed() {
  with_groups
  delegate $C/d
  (state) >before
  within_as_user $C/d crunchstat -poll 20 -log log sh -c 'echo $$ >job; exec sleep 60' &
  until_true grep -q ' -- interval' log
  kill -9 $(pidof crunchstat)
  wait $! || true
  kill $(cat job)
  until_true grep -q 'populated 0' $C/d/cgroup.events
  (state) >killed
  not cmp before killed
  # Nothing can enter the group itself, which hands controllers on, until it has been tidied.
  delegate $C/d/work
  within_as_user $C/d/work crunchstat -log log true
  (state) >after
  cmp before after
}

# The second one uses what the first has changed, and stays longer.
one_after_the_other() {
  (state) >before
  mkfifo go1 go2
  crunchstat -poll 20 -log log1 cat go1 &
  first=$!
  until_true grep -q ' -- interval' log1
  crunchstat -poll 20 -log log2 sh -c "$JOB; cat go2" &
  second=$!
  until_true test -s controllers
  echo >go1
  wait $first
  has_only io memory pids
  [ "$(cat $C$(cat place)/cgroup.controllers)" = 'io memory pids' ]
  echo >go2
  wait $second
  (state) >after
  cmp before after
}

many_at_once() {
  (state) >before
  for number in $(seq 12); do
    crunchstat -scope own -log log$number sh -c 'grep -q memory /sys/fs/cgroup/$(cut -d: -f3 /proc/self/cgroup)/cgroup.controllers' &
    processes="${processes:-} $!"
  done
  for process in $processes; do wait $process; done
  (state) >after
  cmp before after
}

one_in_another() {
  unchanged_by crunchstat -scope own -log outer crunchstat -scope own -log log sh -c "$JOB"
  grep -Eqx '/crunchstat-[0-9]+-[0-9]+/crunchstat-[0-9]+-[0-9]+' place
  has_only io memory pids
}

# The inner job must not leave the group in which the outer crunchstat counts it.
one_in_another_among_others() {
  unchanged_by crunchstat -log outer sh -c "crunchstat -log log sh -c '$JOB'; :"
  grep -Eqx '/crunchstat-[0-9]+-[0-9]+' place
  grep -q 'notice: scope [^o]' log
  unchanged_by crunchstat -log outer sh -c "crunchstat -scope own -log log sh -c '$JOB'; :"
  grep -Eqx '/crunchstat-[0-9]+-[0-9]+/crunchstat-[0-9]+-[0-9]+' place
  grep -q "no controller memory.*other processes are in $C/crunchstat-" log
}

check 'root in the root group, auto' unchanged_by root_in_the_root_group auto
check 'root in the root group, own' unchanged_by root_in_the_root_group own
check 'the program is in it from the first instruction' unchanged_by from_the_first_instruction
check 'a user alone in a delegated group, auto' delegated auto
check 'a user alone in a delegated group, own' delegated own
check 'root alone in a group without controllers' root_alone_in_a_group_without_controllers
check 'a user in a group without controllers' user_in_a_group_without_controllers
check 'what is not counted for want of a controller is said' a_controller_is_missing
check 'a user among others, the group above delegated, auto' above_delegated auto
check 'a user among others, the group above delegated, own' above_delegated own
check 'no way out of a group with a limit' above_with_a_limit
check 'root among others' root_among_others
check 'where nothing is allowed' nothing_allowed
check 'where groups get shares of processors, auto' shares_of_processors auto
check 'where groups get shares of processors, own' shares_of_processors own
check 'a tree that is read-only' read_only
check 'a threaded group' threaded
check 'the program fails' ends 3 sh -c 'exit 3'
check 'the program does not exist' ends 127 /none/such
check 'the program is killed' ends 137 sh -c 'kill -9 $$'
check 'SIGTERM' on_a_signal TERM 143
check 'SIGHUP' on_a_signal HUP 129
check 'no room for the group' no_room_for_the_group
check 'processes are left behind' left_behind
check 'crunchstat is killed, the next one puts back' killed
check 'one crunchstat beside another' one_after_the_other
check 'many at once' many_at_once
check 'one crunchstat in another' one_in_another
check 'one crunchstat in another, among others' one_in_another_among_others

# shellcheck shell=dash
# What is measured changes or goes in mid-run: controllers, groups, processes. Nothing of others
# is shown for the job's, and no notice repeats itself.

# What is there again may be read again.
told_once() {
  grep '^crunchstat: notice: ' log | grep -v 'reading stats from' | sort | uniq -d >repeated
  [ ! -s repeated ]
}

# Waits for more samples of a statistic: more NAME
more() {
  before=$(grep -c "^crunchstat: $1 " log)
  until_true test_count "$1" $((before + 4))
}

test_count() { [ "$(grep -c "^crunchstat: $1 " log)" -ge "$2" ]; }

# A job in a group of its own, which ends when there is a file "stop".
job_starts() {
  crunchstat -poll 20 -stats all -log log sh -c \
    'cut -d: -f3 /proc/self/cgroup >place; while [ ! -e stop ]; do usleep 20000; done; exit 3' &
  until_true grep -q ' -- interval' log
  # On a slow machine later than that.
  until_true test -s place
  place=$C$(cat place)
}

job_ends() {
  touch stop
  status=0
  wait $! || status=$?
  [ $status = 3 ]
  told_once
  not grep -E '^crunchstat: (warning|error)' log
}

# Lines of memory that came after a line of the log: mem_after PATTERN
mem_after() { sed -n "/$1/,\$p" log | grep -c '^crunchstat: mem ' || true; }

a_controller_is_switched_off() {
  job_starts
  more mem
  echo -memory >$C/cgroup.subtree_control
  more cpu
  usleep 1200000
  more cpu
  grep -q "notice: lost $place/memory.stat" log
  [ "$(mem_after "lost .*memory.stat")" = 0 ]
  not grep -q 'covers more' log
  echo +memory >$C/cgroup.subtree_control
  # Looked for after a pause of at most a second.
  usleep 1200000
  [ "$(mem_after "lost .*memory.stat")" -gt 0 ]
  job_ends
}

touched() { [ "$(largest mem rss)" -ge $((32 << 20)) ]; }

# In a group that crunchstat did not make the one above serves, which is told, and the peak
# stays the group's own.
a_controller_is_switched_off_above() {
  mkdir -p $C/e/f $C/e/others
  trap 'rmdir $C/e/others; rmdir $C/e/f $C/e; echo "-memory -pids" >$C/cgroup.subtree_control' EXIT
  echo '+memory +pids' >$C/cgroup.subtree_control
  echo '+memory +pids' >$C/e/cgroup.subtree_control
  within $C/e/others load touch 64 7 >/dev/null &
  (echo 0 >$C/e/f/cgroup.procs
    exec crunchstat -scope inherit -poll 20 -log log load touch 32 6 >/dev/null) &
  until_true touched
  echo -memory >$C/e/cgroup.subtree_control
  until_true grep -q "reading stats from $C/e/memory.stat (an ancestor: covers more" log
  wait
  told_once
  peak=$(awk '/notice: peak memory/ { print $5 }' log)
  [ "$peak" -ge $((32 << 20)) ]
  [ "$peak" -le $((34 << 20)) ]
}

# Moves what is in the job's group out of it, and removes it.
emptied() {
  while read -r process; do echo $process >$C/cgroup.procs || true; done <$place/cgroup.procs
  rmdir $place
}

moved_out_and_removed() {
  job_starts
  until_true emptied
  usleep 2200000
  grep -q "notice: lost $place/memory.stat" log
  grep -q "notice: the program has left $place (it is in / now)" log
  last=$(grep -c '^crunchstat: mem ' log)
  usleep 300000
  [ "$(grep -c '^crunchstat: mem ' log)" = "$last" ]
  not grep -q 'covers more than the job)' log
  job_ends
  [ -z "$(cat $C/cgroup.subtree_control)" ]
}

# CPU time that a job uses elsewhere is not the group's; what is missing is told.
gone_elsewhere() {
  crunchstat -poll 20 -log log \
    sh -c '(echo 0 >/sys/fs/cgroup/cgroup.procs; load burn 0.5 >used; :)'
  told=$(sed -n 's/.*notice: a part of the job was in other control groups.*: at least \([0-9.]*\) s of CPU$/\1/p' log)
  # On a busy host the machine's time runs on between two looks at it: load tells what it took,
  # and, not being the shell's last command, what none but it took.
  within_range "$told" "$(cat used)" "$(awk '{ print $1 + 0.5 }' used)"
  crunchstat -poll 20 -log log2 sh -c 'load burn 0.5 >/dev/null'
  not grep -q 'a part of the job' log2
}

a_watched_process_moves() {
  mkdir -p $C/e $C/f
  trap 'kill $sleeper || true; sleep 1; rmdir $C/e $C/f; echo "-memory" >$C/cgroup.subtree_control' EXIT
  echo '+memory' >$C/cgroup.subtree_control
  within $C/e sleep 60 &
  until_true grep -q . $C/e/cgroup.procs
  sleeper=$(cat $C/e/cgroup.procs)
  crunchstat -pid $sleeper -stats mem,cpu -poll 20 -log log &
  watcher=$!
  until_true grep -q ' -- interval' log
  echo $sleeper >$C/f/cgroup.procs
  rmdir $C/e
  until_true grep -q "reading stats from $C/f/memory.stat" log
  grep -q "process $sleeper has gone there" log
  not grep -q '(an ancestor' log
  kill $sleeper
  wait $watcher
  told_once
  mkdir $C/e
}

# Everything in the group is killed at once, as container engines do it.
the_group_is_killed() {
  job_starts
  [ -e $place/cgroup.kill ] || skip 'no cgroup.kill in this kernel'
  echo 1 >$place/cgroup.kill
  status=0
  wait $! || status=$?
  [ $status = 137 ]
  told_once
  [ ! -e $place ]
}

frozen() {
  job_starts
  echo 1 >$place/cgroup.freeze
  more cpu
  echo 0 >$place/cgroup.freeze
  job_ends
}

check 'a controller is switched off and on again' a_controller_is_switched_off
check 'a controller is switched off above' a_controller_is_switched_off_above
check 'the job is moved out, and its group removed' moved_out_and_removed
check 'a part of the job goes to another group' gone_elsewhere
check 'a watched process goes to another group' a_watched_process_moves
check 'all of the group is killed' the_group_is_killed
check 'the group is frozen for a while' frozen

# shellcheck shell=dash
# A kernel without the memory controller: what can't be counted is said, what can be is right.

it_has_none() { not grep -qw memory $C/cgroup.controllers; }

in_its_own() {
  crunchstat -scope own -stats all -poll 20 -log log load burn 0.5 >used
  grep -q 'notice: scope own: /sys/fs/cgroup/crunchstat-' log
  grep -q 'no controller memory.*does not count memory use' log
  [ "$(grep -c 'did not find mem: ' log)" = 1 ]
  not grep -q '^crunchstat: mem ' log
  right_cpu_time
  said_once
}

# A group that does not count memory is not the job's own by itself.
by_itself() {
  crunchstat -poll 20 -log log sh -c 'load burn 0.5 >used; load touch 32 0.3'
  grep -q 'notice: scope tree: .* has no memory controller' log
  within_range "$(largest mem rss)" $((32 << 20)) $((40 << 20))
  right_cpu_time
  said_once
}

processes() {
  crunchstat -scope tree -poll 20 -log log sh -c 'load burn 0.5 >used; load touch 32 0.3; exit 3' || status=$?
  [ "$status" = 3 ]
  within_range "$(largest mem rss)" $((32 << 20)) $((40 << 20))
  right_cpu_time
  said_once
}

inheriting() {
  mkdir $C/d
  trap 'rmdir $C/d' EXIT
  within $C/d crunchstat -scope inherit -stats all -poll 20 -log log load burn 0.5 >used
  [ "$(grep -c 'did not find mem: ' log)" = 1 ]
  not grep -q '^crunchstat: mem ' log
  right_cpu_time
  said_once
}

right_cpu_time() {
  awk -v used="$(cat used)" '/notice: total cpu/ { sum = $5 + $7 }
    END { exit !(sum >= used - 0.05 && sum < used + 2) }' log
}

said_once() {
  grep '^crunchstat: notice: ' log | sort | uniq -d >repeated
  [ ! -s repeated ]
  not grep -E '^crunchstat: (warning|error)' log
}

status=0
check 'there is no memory controller' it_has_none
check 'a group of its own, which counts no memory, where asked for' in_its_own
check 'the processes, by itself' by_itself
check 'processes count their own' processes
check 'the group that it is in' inheriting

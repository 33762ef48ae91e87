#!/bin/bash
# Fails where a poll makes more system calls than it does now, for each layout of control groups
# that this host has or, to root, can be made to show: a hybrid without its v2 side is a v1 host.
# usage: system-calls-gate.sh CRUNCHSTAT
set -eu
binary=${1:?usage: system-calls-gate.sh CRUNCHSTAT}
here=$(dirname "$0")
script=$here/system-calls.sh
# On v1 the processes are asked for children whenever one begins anywhere on the machine, so that
# what others do is in that mean. On v2 Linux 6.12 tells the most memory of each poll, by two more.
v1=(8 8.10 9 inf) hybrid=(6 6.10 7 7.09) v2=(7 7.10 8 8.25)
if [ "$(printf '%s\n' 6.12 "$(uname -r)" | sort -V | head -n 1)" = 6.12 ]; then v2=(9 9.10 10 10.25); fi
has() { grep -q " - $1 " /proc/self/mountinfo; }

check() {
  echo "$1:"
  "${@:3}" "$script" "$binary" "$2" "${bounds[@]}" || { echo 'FAILED: more than the bound'; exit 1; }
}
for job in 'sleep 3' "$here/Demo/disk-then-sleep.sh 3"; do
  if has cgroup && has cgroup2; then
    bounds=("${hybrid[@]}")
    check hybrid "$job" env
    [ "$(id -u)" = 0 ] || { echo 'v1: left out, since only root can show it'; continue; }
    bounds=("${v1[@]}")
    # shellcheck disable=SC2016
    check v1 "$job" unshare -m sh -c \
      'umount $(sed -n "s/^\([^ ]* \)\{4\}\([^ ]*\) .* - cgroup2 .*/\2/p" /proc/self/mountinfo); exec "$@"' sh
  elif has cgroup2; then
    bounds=("${v2[@]}")
    check v2 "$job" env
  else
    bounds=("${v1[@]}")
    check v1 "$job" env
  fi
done

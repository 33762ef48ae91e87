# shellcheck shell=dash
# What the checks in checks/*.sh stand on. Each of those files is one topic, run by one shell,
# as root, in the root group; crunchstat, load (Tests/CrunchstatTests/load.c),
# cgroup-namespace and busybox are in PATH; "user" is an ordinary user; /dev/vda is an empty disk. What a topic makes (groups,
# mounts), it removes.
#
#   check WHAT COMMAND [WORDS...]   passes when the command, mostly a function, succeeds: each
#                                   of its commands has to. It runs in a folder of its own;
#                                   when it fails its trace and its files are shown.
#   skip WHY                        in a check: it can't be done here.

C=/sys/fs/cgroup

# How long memory is held, in seconds, that memory.stat is to show all of: the kernel adds up what
# its processors have counted when that is much, and every two seconds or somewhat later.
SETTLED=4

check() {
  what=$1
  shift
  echo "begin $TOPIC: $what" >&3
  rm -rf "/tmp/check.$$" "/tmp/trace.$$"
  mkdir -m 777 "/tmp/check.$$"
  # Not in a condition, where set -e would mean nothing.
  (
    set -eux
    cd "/tmp/check.$$"
    "$@"
  ) >"/tmp/trace.$$" 2>&1 3>&-
  case $? in
  0) echo "ok $TOPIC: $what" >&3 ;;
  77) echo "skipped $TOPIC: $what: $(tail -n 1 "/tmp/trace.$$")" >&3 ;;
  *)
    echo "not ok $TOPIC: $what" >&3
    {
      tail -n 40 "/tmp/trace.$$"
      for file in "/tmp/check.$$"/*; do
        [ -f "$file" ] || continue
        echo "--- $file, its first lines and its last"
        head -n 40 "$file"
        tail -n +41 "$file" | tail -n 40
      done
    } | sed 's/^/  | /' >&3
    ;;
  esac
}

skip() {
  set +x
  echo "$*" >&2
  exit 77
}

# Succeeds when a command fails. ("! command" is nothing that set -e looks at.)
not() {
  if "$@"; then return 1; fi
}

# The value of a key at the last sample: value STATISTIC KEY
value() {
  awk -v name="$1" -v key="$2" '$2 == name {
    for (i = 3; i < NF && $i != "--"; i += 2) if ($(i + 1) == key) value = $i
  } END { print value }' log
}

# The largest value that was logged.
largest() {
  awk -v name="$1" -v key="$2" '$2 == name {
    for (i = 3; i < NF && $i != "--"; i += 2)
      if ($(i + 1) == key && $i + 0 > most + 0) most = $i
  } END { print most + 0 }' log
}

# Whether a number is in a range: within_range VALUE LEAST MOST, of numbers with decimals too
within_range() { awk -v v="$1" -v a="$2" -v b="$3" 'BEGIN { exit !(v + 0 >= a && v + 0 <= b) }'; }

# Runs a command as the only process of a group: within GROUP COMMAND...
within() {
  group=$1
  shift
  sh -c 'echo 0 >"$0/cgroup.procs" && exec "$@"' "$group" "$@"
}

# The same as the ordinary user, without any process in between.
within_as_user() {
  group=$1
  shift
  within "$group" su -s /bin/sh -c 'exec "$0" "$@"' -- user "$@"
}

# Hands a group over to the ordinary user, as systemd delegates one.
delegate() {
  chown user "$1" "$1/cgroup.procs" "$1/cgroup.threads" "$1/cgroup.subtree_control"
}

# Waits, at most ten seconds, until a command succeeds.
until_true() {
  for _ in $(seq 200); do
    if "$@"; then return 0; fi
    usleep 50000
  done
  return 1
}

. "$1"

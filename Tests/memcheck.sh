#!/bin/bash
# memcheck.sh CRUNCHSTAT: runs a build that is not fully static under valgrind's memory checker,
# which sees what the address sanitizer does not: bytes that nobody has written. All of the C shim
# takes part: signals, waiting, the program's start and its failures, processes, files, sinks.
set -eu -o pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# Debug information that valgrind may be too old for.
strip -g -o "$folder/crunchstat" "$1"
# A crash is valgrind's to tell.
export SWIFT_BACKTRACE=enable=no

# check STATUS [ARGUMENT...]: leaves with the status, and nothing is wrong with its memory. Leaks
# are the address sanitizer's; here the runtime's tables, made once, would be told as such.
check() {
  local wanted=$1 status=0
  shift
  valgrind -q --error-exitcode=99 --leak-check=no "$folder/crunchstat" "$@" \
    >"$folder/out" 2>"$folder/err" || status=$?
  if [ "$status" = "$wanted" ] && ! grep '^==' "$folder/err" >&2; then return; fi
  cat "$folder/err" >&2
  echo "status $status, not $wanted: $*" >&2
  exit 1
}

check 3 -poll 10 -stats all sh -c 'echo line >&2; sleep 0.2; exit 3'
# shellcheck disable=SC2016
check 143 -poll 10 -timestamps -drain 0 sh -c 'kill -TERM $$'
# shellcheck disable=SC2016
check 0 -poll 10 sh -c 'trap "" USR1 34; kill -USR1 $PPID; kill -34 $PPID; sleep 0.2'
check 0 -poll 10 -scope tree -die-with-me -signal-on-dead-ppid 15 sh -c 'sleep 0.2 & sleep 0.1'
check 0 -poll 10 -log "$folder/log" -dump "$folder/dump" -kill-leftovers sleep 0.1
check 127 /no/such/program
check 126 "$folder"
check 125 -poll 0 true
check 0 -help

mkdir "$folder/tree"
printf 'cache 1\nrss 5\n' >"$folder/tree/memory.stat"
printf '8:0 rbytes=1 wbytes=2\n' >"$folder/tree/io.stat"
check 0 -cgroup-root "$folder/tree" -poll 10 sleep 0.1
sleep 5 &
check 0 -poll 10 -pid $!

#!/bin/bash
# Shows that the gates on allocations, instructions, system calls and resident memory fail on a
# regression: one is planted for each, and it has to be found.
# usage: gates-fail.sh CRUNCHSTAT BENCHMARKS SCAN_BOUND BOUND RESIDENT_BOUND
set -eu
usage='usage: gates-fail.sh CRUNCHSTAT BENCHMARKS SCAN_BOUND BOUND RESIDENT_BOUND'
export CRUNCHSTAT=${1:?$usage}
benchmarks=${2:?$usage} scan=${3:?$usage} all=${4:?$usage} resident=${5:?$usage}
here=$(dirname "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
CRUNCHSTAT=$(realpath "$CRUNCHSTAT")

# What the gate is to say tells that it has counted, and not failed for another reason.
found() {
  local status=0
  "${@:3}" >"$folder/said" 2>&1 || status=$?
  if [ "$status" != 1 ] || ! grep -q -- "$2" "$folder/said"; then
    echo "NOT FOUND: $1 (status $status)"
    cat "$folder/said"
    exit 1
  fi
  echo "found: $1: $(grep -m 1 -- "$2" "$folder/said")"
}

planted() {
  echo "#!/bin/sh" >"$folder/planted"
  cat >>"$folder/planted"
  chmod +x "$folder/planted"
}

found 'a poll that allocates' '^FAILED: a steady poll allocates' \
  env CRUNCHSTAT_PLANTED=1 "$benchmarks" --allocations
found 'a poll with some hundred instructions more' '^instructions of a poll: [0-9]' \
  env CRUNCHSTAT_PLANTED=1 "$here/instructions.sh" "$benchmarks" "$scan" "$all"
# A file more; the bound is what a poll has here without it. (Not blkio, which has now one call,
# now another one for each process.)
planted <<'END'
exec "$CRUNCHSTAT" -stats mem,cpu,net "$@"
END
calls=$("$here/system-calls.sh" "$folder/planted" 'sleep 3')
most=$(sed -n 's/^system calls of a poll: \([0-9]*\), .*/\1/p' <<<"$calls")
planted <<'END'
exec "$CRUNCHSTAT" -stats mem,cpu,net,oom "$@"
END
found "a poll that reads a file more than those of $most calls" '^system calls of a poll: [0-9]' \
  "$here/system-calls.sh" "$folder/planted" 'sleep 3' "$most" inf "$most" inf
# The kernel keeps the environment in pages of the process, 100 KB a variable.
planted <<'END'
word=$(head -c 100000 /dev/zero | tr '\0' x)
exec env PLANTED1="$word" PLANTED2="$word" PLANTED3="$word" PLANTED4="$word" PLANTED5="$word" \
  PLANTED6="$word" PLANTED7="$word" PLANTED8="$word" PLANTED9="$word" "$CRUNCHSTAT" "$@"
END
found '0.9 MB more' '^resident: [1-9]' "$here/resident.sh" "$folder/planted" "$resident"

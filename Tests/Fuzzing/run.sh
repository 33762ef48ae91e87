#!/bin/bash
# run.sh FUZZER SECONDS [TARGET...]: fuzzes each target for so many seconds, as many at a time as
# there are processors, and says how many inputs were tried and how much of the code they reach.
#
# It begins with what is kept in Corpus; what it finds stays in .build-fuzz/corpus/TARGET, inputs
# for which something does not hold in .build-fuzz/found/TARGET.
set -eu -o pipefail

fuzzer=$1
export fuzzer
export seconds=$2
shift 2
targets=${*:-$("$fuzzer")}

cd "$(dirname "$0")/../.."
# A crash is libFuzzer's to tell; Swift's own backtracer would wait for ever.
export SWIFT_BACKTRACE=enable=no
# Freed blocks are kept for a while, to find their use; here they are small.
export ASAN_OPTIONS=quarantine_size_mb=16
# What a target that crashes leaves behind goes with this.
TMPDIR=$(mktemp -d)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT

fuzz() {
  local target=$1 log=$TMPDIR/$1.log found=.build-fuzz/found/$1
  mkdir -p ".build-fuzz/corpus/$target" "$found"
  local seeds=Tests/Fuzzing/Corpus/$target
  [ -d "$seeds" ] || seeds=
  # shellcheck disable=SC2086
  if CRUNCHSTAT_FUZZ=$target "$fuzzer" -max_total_time="$seconds" -timeout=30 \
    -print_final_stats=1 -artifact_prefix="$found/" ".build-fuzz/corpus/$target" $seeds \
    >"$log" 2>&1; then
    awk -v target="$target" '
      /DONE/ { for (i = 1; i < NF; i++) if ($i == "cov:") reached = $(i + 1) }
      /number_of_executed_units/ { runs = $2 }
      END { printf "%-20s %9d runs, %5d edges reached\n", target, runs, reached }' "$log"
    return
  fi
  grep -a -E 'Fatal error|ERROR|SUMMARY|Test unit written' "$log" || tail -n 20 "$log"
  echo "$target: FAILED; again: CRUNCHSTAT_FUZZ=$target $fuzzer FILE" \
    "(the file goes into Tests/Fuzzing/Corpus/$target with the mend)"
  return 1
}
export -f fuzz

# shellcheck disable=SC2016,SC2086
printf '%s\n' $targets | xargs -P "$(nproc)" -I '{}' bash -c 'fuzz "$1"' fuzz '{}'

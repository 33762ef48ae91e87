#!/bin/bash
# merge.sh FUZZER [TARGET...]: makes Corpus anew out of itself and of what fuzzing has found: of
# the few inputs that reach all of the code that these reach together the eight largest, which
# reach the most, so that it stays small. Those that once were read wrongly,
# found-WHAT, stay whatever they reach.
set -eu -o pipefail

fuzzer=$1
shift
targets=${*:-$("$fuzzer")}

cd "$(dirname "$0")/../.."
export SWIFT_BACKTRACE=enable=no
TMPDIR=$(mktemp -d)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT

for target in $targets; do
  kept=Tests/Fuzzing/Corpus/$target
  merged=$TMPDIR/merged
  mkdir -p "$kept" "$merged" ".build-fuzz/corpus/$target"
  CRUNCHSTAT_FUZZ=$target "$fuzzer" -set_cover_merge=1 -use_counters=0 "$merged" \
    "$kept" ".build-fuzz/corpus/$target" >"$TMPDIR/log" 2>&1 || {
    cat "$TMPDIR/log"
    exit 1
  }
  find "$kept" -type f ! -name 'found-*' -delete
  # shellcheck disable=SC2012
  ls -S "$merged" | head -n 8 | while read -r input; do mv "$merged/$input" "$kept"; done
  rm -r "$merged"
  echo "$target: $(find "$kept" -type f | wc -l) inputs"
done

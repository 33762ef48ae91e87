#!/bin/bash
# Fails where a poll does not ask for what it will look at: for its code when the time has come, and
# for the objects of each of the four default statistics; or where the linker has not put the code
# of a poll between the two functions that tell where it is (`cstat_prefetch_code`): after a change
# of names the order has to be made anew (`make link-order`).
# usage: prefetch-gate.sh CRUNCHSTAT
set -eu
binary=${1:?usage: prefetch-gate.sh CRUNCHSTAT}
names=$(nm --defined-only "$binary" | sed -nE 's/^([0-9a-f]{16}) [tT] ([^ ]*)$/\1 \2/p')
address() {
  local found
  found=$(grep -E " $1" <<<"$names" | LC_ALL=C sort | head -n 1)
  [ -n "$found" ] || { echo "a function that is to be in order is not there: $1" >&2; exit 1; }
  echo $((16#${found%% *}))
}
first=$(address 'cstat_prefetch_code$')
end=$(address 'cstat_polls_code_ends$')
inside=0
functions=(
  'cstat_wait$' 'syscall$' '[$]s8JobStats7SamplerC4poll_6isLast'
  '[$]s8JobStats15MemoryStatisticC6sampleyyAA4PollCF' '[$]s8JobStats12CPUStatisticC6sampleyyAA4PollCF'
  '[$]s8JobStats16BlockIOStatisticC6sampleyyAA4PollCF' '[$]s8JobStats8StatFileC4read'
  '[$]s8JobStats11ProcessTreeC4look' '[$]s8JobStats13ProcessRecordV9readBytes' '[$]s8JobStats16NetworkStatisticC6sampleyyAA4PollCF'
  '[$]s8JobStats8LineSinkC5write' 'cstat_pread$' 'cstat_write$'
)
for name in "${functions[@]}"; do
  place=$(address "$name")
  if [ "$place" -gt "$first" ] && [ "$place" -lt "$end" ]; then
    inside=$((inside + 1))
  else
    echo "not where it would be asked for: $name" >&2
  fi
done
echo "code of a poll: $((end - first)) bytes, $inside of ${#functions[@]} functions in it (bounds 1 to 65536, all)"
[ "$inside" = "${#functions[@]}" ] && [ $((end - first)) -le 65536 ] || exit 1

# How often each function is called in a run of some fifty polls.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# valgrind can't read the debug information of this compiler.
strip -g -o "$folder/crunchstat" "$binary"
valgrind -q --tool=callgrind --demangle=no --callgrind-out-file="$folder/out" \
  "$folder/crunchstat" -poll 20 -log /dev/null sleep 1
calls() {
  awk -v wanted="$1" '
    match($0, /^c?fn=\([0-9]+\)/) {
      id = substr($0, index($0, "("), RLENGTH - index($0, "(") + 1)
      if ($2 != "") name[id] = $2
      if (/^cfn=/) called = id
    }
    /^calls=/ && index(name[called], wanted) == 1 && name[called] !~ (wanted "[a-z_]") {
      sum += substr($1, 7)
    }
    END { print sum + 0 }' "$folder/out"
}
# shellcheck disable=SC2016
polls=$(calls '$s8JobStats7SamplerC4poll_6isLast')
code=$(calls cstat_prefetch_code)
data=$(calls cstat_prefetch)
echo "in $polls polls its code is asked for $code times, lists of objects $data times"
# From the 17th on, but the last; a poll may come without a wait.
[ "$polls" -gt 30 ] && [ "$code" -ge $((polls - 5)) ] && [ "$data" -ge $((4 * (polls - 18))) ]

#!/bin/bash
# Fails where the linker has not put the code of a poll between the two functions that tell where to
# ask for it (`cstat_prefetch_code`): after a change of names the order has to be made anew
# (`make link-order`).
# usage: order-gate.sh CRUNCHSTAT
set -eu
binary=${1:?usage: order-gate.sh CRUNCHSTAT}
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
  'ppoll$' 'cstat_wait$' '[$]s8JobStats7SamplerC4poll_6isLast'
  '[$]s8JobStats15MemoryStatisticC6sampleyyAA4PollCF' '[$]s8JobStats12CPUStatisticC6sampleyyAA4PollCF'
  '[$]s8JobStats16BlockIOStatisticC6sampleyyAA4PollCF' '[$]s8JobStats8StatFileC4read'
  '[$]s8JobStats11ProcessTreeC4look' '[$]s8JobStats9ProcessIO' '[$]s8JobStats16NetworkStatisticC6sampleyyAA4PollCF'
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
[ "$inside" = "${#functions[@]}" ] && [ $((end - first)) -le 65536 ]

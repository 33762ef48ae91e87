#!/bin/bash
# Lists the functions that crunchstat runs, and the variables and constants that it looks at, in
# an order for the linker: with them side by side a run touches half as many pages of the
# executable.
# usage: link-order.sh CRUNCHSTAT >Sources/crunchstat/link-order.txt
set -euo pipefail
binary=${1:?usage: link-order.sh CRUNCHSTAT}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# valgrind can't read the debug information of this compiler.
strip -g -o "$folder/crunchstat" "$binary"
trace() {
  valgrind -q --tool=callgrind --demangle=no --callgrind-out-file="$folder/$1.out" \
    "$folder/crunchstat" "${@:2}" >/dev/null 2>&1 || true
}
trace few -poll 2 -log /dev/null sleep 0.4
trace many -poll 2 -log /dev/null sleep 1.6
trace inherit -scope inherit -log "$folder/log" true
trace relay -timestamps sh -c 'echo line >&2; exit 1'
trace missing "$folder/missing"

# "INSTRUCTIONS FUNCTION" of a trace, by function.
functions() {
  callgrind_annotate --threshold=100 "$folder/$1.out" 2>/dev/null |
    sed -nE 's/^ *([0-9,]+) \([^)]*\) +[^:]*:([A-Za-z_$][A-Za-z0-9_.$]*)( .*)?$/\1 \2/p' |
    tr -d , | LC_ALL=C sort -k 2
}
for name in few many inherit relay missing; do functions "$name" >"$folder/$name"; done

# "ADDRESS NAME" of each function, variable and constant, by address.
nm --defined-only "$folder/crunchstat" |
  sed -nE 's/^([0-9a-f]{16}) [tTwWibBdDrRvV] ([^ ]*)$/\1 \2/p' |
  LC_ALL=C sort >"$folder/symbols"

# The addresses of a run's instructions and of what they look at, one after the other.
# As a descriptor, since the program's start would truncate a named file.
addresses() {
  valgrind --tool=lackey --trace-mem=yes --log-fd=9 "$folder/crunchstat" "$@" \
    9>"$folder/addresses.out" >/dev/null 2>&1 || true
  sed -nE 's/^(I| [LSM]) +([0-9a-f]+),.*/\2/p' "$folder/addresses.out"
}

# What addresses are in, each once, in the order of their first. With arguments only what comes from
# one call of the first function to the next: of the last 99 such stretches, if there are as many, the
# shortest in which functions are called whose names match each of the others, and none that matches
# the second: it does all that has to be done, and little that is done now and then.
in_order() {
  awk -v wait_name="${1:-}" -v unwanted_name="${2:-}" -v wanted_names="${*:3}" '
    BEGIN { wanted_count = split(wanted_names, pattern, " ") }
    FNR == NR {
      if ($1 != start[count]) start[++count] = $1
      if ($2 == wait_name) wait = $1
      for (i in pattern) if ($2 ~ pattern[i]) wanted[$1] = i
      if (unwanted_name != "" && $2 ~ unwanted_name) unwanted = $1
      name[$1] = name[$1] $2 "\n"
      next
    }
    {
      address = sprintf("%16s", $1)
      gsub(/ /, "0", address)
      if (wait != "" && address == wait) {
        if (stretches && found_count == wanted_count && !spoilt) whole[stretch]
        size[stretch = ++stretches % 99] = 0
        delete whole[stretch]
        split("", found)
        found_count = spoilt = 0
      }
      if (unwanted != "" && address == unwanted) spoilt = 1
      if (address in wanted && !found[wanted[address]]++) found_count++
      if (wait != "" && !stretches) next
      all[stretch, ++size[stretch]] = address
    }
    END {
      if (wait != "") {
        stretch = ""
        for (one in whole) if (stretch == "" || size[one] < size[stretch]) stretch = one
        if (stretch == "") {
          print "link-order.sh: no poll does all that one has to do" >"/dev/stderr"
          exit 1
        }
      }
      for (i = 1; i <= size[stretch]; i++) {
        address = all[stretch, i]
        # On the heap or the stack.
        if (address > start[count]) continue
        low = 1
        high = count
        while (low < high) {
          middle = int((low + high + 1) / 2)
          if (start[middle] <= address) low = middle; else high = middle - 1
        }
        if (!seen[low]++) printf "%s", name[start[low]]
      }
    }' "$folder/symbols" -
}

{
  # What runs in every poll comes first, in that order: the processor's caches are cold
  # then, and fetch what comes next, and it is asked for from the first name to the last
  # (`cstat_prefetch_code`). Polls are so far apart because under valgrind they take so long that
  # crunchstat leaves looks at processes out otherwise, and that what is done once a second is not
  # done in all of them: where it is, this fails, and goes better a minute later. Then what runs in
  # many; and what runs at the start and at the end, in that order, so that what the program waits
  # for is in few pages.
  echo cstat_prefetch_code
  addresses -poll 400 -log /dev/null sleep 24 | in_order cstat_wait '^[$]s8JobStats13ProcessCensusC8addGroup' \
    '^[$]s8JobStats13ProcessRecordV9readBytes' '^cstat_prefetch$'
  echo cstat_polls_code_ends
  LC_ALL=C join -1 2 -2 2 "$folder/few" "$folder/many" |
    awk '$3 > 2 * $2 { print $3 - $2, $1 }' | sort -k 1,1nr -k 2 | cut -d ' ' -f 2
  # The C library's look at the kernel's vDSO, which there is none of under valgrind.
  printf '%s\n' _dl_new_object _dl_setup_hash _dl_lookup_symbol_x __strcmp_avx2
  addresses -scope inherit true | in_order
  addresses true | in_order
  cut -d ' ' -f 2 "$folder"/{few,many,inherit,relay,missing} | LC_ALL=C sort -u
} | awk '!seen[$0]++'

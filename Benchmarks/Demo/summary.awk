# Draws the log of a run at a glance. Input: crunchstat's log.

BEGIN {
  split("▁ ▂ ▃ ▄ ▅ ▆ ▇ █", bars, " ")
  width = 60
}

# crunchstat: cpu T user T sys N cpus -- interval S seconds T user T sys
$2 == "cpu" && $9 == "--" { cpu[polls] = ($13 + $15) / $11 }
$2 == "mem" {
  polls++
  for (i = 3; i < NF; i += 2) if ($(i + 1) == "rss") memory[polls] = $i
}
$2 ~ /^blkio:/ && $7 == "--" { disk[polls] += $11 / $9 }
/notice: peak memory/ { peak = $5; source = $7 }
/notice: total cpu/ { user = $5; kernel = $7 }
/notice: total blkio:/ { written += $5; counted = 1 }
/notice: cost:/ { sub(/.*cost: /, ""); cost = $0 }

# One row of bars: the highest value in each column's share of the polls.
function row(name, values, what,    column, i, high, top, line) {
  for (i = 1; i <= polls; i++) if (values[i] > top) top = values[i]
  for (column = 0; column < width; column++) {
    high = 0
    for (i = int(column * polls / width) + 1; i <= int((column + 1) * polls / width); i++)
      if (values[i] > high) high = values[i]
    line = line bars[top > 0 ? 1 + int(7 * high / top) : 1]
  }
  printf "  %-7s %s  %s\n", name, line, what
}

END {
  printf "\n"
  row("CPU", cpu, sprintf("%.2f s user, %.2f s system", user, kernel))
  row("memory", memory, sprintf("peak %.1f MiB %s", peak / 1048576, source))
  row("disk", disk, counted ? sprintf("%.1f MiB written", written / 1048576) \
                            : "not counted: the kernel names no disk for this group")
  printf "\n  crunchstat's own cost: %s\n", cost
}

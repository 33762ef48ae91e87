# Prints the lines of one poll from the middle of a log.

$2 == "mem" { polls++ }
$2 ~ /^(mem|cpu|blkio:.*|net:.*)$/ { lines[polls] = lines[polls] $0 "\n" }
END { printf "%s", lines[int((polls + 1) / 2)] }

# shellcheck shell=dash
# The clock is set while crunchstat runs: the times of log lines follow it, deadlines and
# intervals do not.

# The dates of the cpu lines, each once, in their order.
dates() { awk '$3 == "cpu" { print substr($1, 1, 10) }' log | uniq; }

back_and_forth() {
  date -u -s '2031-05-20 12:00:00'
  crunchstat -timestamps -poll 50 -stats cpu -log log sh -c 'while [ ! -e stop ]; do usleep 20000; done' &
  usleep 500000
  date -u -s '2031-05-28 12:00:00'
  usleep 500000
  date -u -s '2031-05-13 12:00:00'
  usleep 500000
  touch stop
  wait $!
  [ "$(dates | tr '\n' ' ')" = '2031-05-20 2031-05-28 2031-05-13 ' ]
  # No interval tells of the days, and made and missed polls fill the time.
  awk '{ for (i = 1; i < NF; i++) if ($i == "interval" && $(i + 1) > 1) exit 1 }' log
  set -- $(sed -n 's/.*notice: cost: \([0-9]*\) polls made, \([0-9]*\) missed.*/\1 \2/p' log)
  [ $(($1 + $2)) -ge 28 ]
  [ $(($1 + $2)) -le 100 ]
}

# That of -drain, which the program's child would else hold up by weeks.
a_deadline_stays() {
  date -u -s '2031-05-20 12:00:00'
  crunchstat -scope tree -drain 1s sh -c 'sleep 60 & exit 3' 2>log &
  usleep 300000
  date -u -s '2031-05-01 12:00:00'
  status=0
  wait $! || status=$?
  killall sleep
  [ $status = 3 ]
  grep -q 'still holds its stderr' log
}

check 'set forth by days, and back by more' back_and_forth
check 'a deadline does not follow it' a_deadline_stays

# shellcheck shell=dash
# That net: tells what a job sends and receives in a network namespace that it has entered.

# The job waits for its end of a pair of interfaces, and sends 175 times 60,000 bytes, all of
# which come back.
echo '
  echo $$ >pid
  until ip link set veth1 up; do sleep 0.05; done 2>/dev/null
  ip addr add 192.0.2.2/30 dev veth1
  until ping -c 1 -W 1 -q 192.0.2.1; do :; done
  ping -c 175 -i 0.01 -s 60000 -q 192.0.2.1
' >/tmp/sender

own_namespace() {
  crunchstat -poll 50 -log log unshare -n sh /tmp/sender >out &
  until [ -s pid ]; do sleep 0.05; done
  # veth0 and veth1.
  ip link add type veth
  ip link set veth1 netns "$(cat pid)"
  ip addr add 192.0.2.1/30 dev veth0
  ip link set veth0 up
  wait $!
  grep -q '175 packets received' out
  for direction in tx rx; do
    [ "$(value net:veth1 $direction)" -ge $((10 << 20)) ]
    [ "$(value net:veth1 $direction)" -le $((12 << 20)) ]
  done
  grep -q 'notice: total net:veth1 ' log
  # The other end, which is in another namespace, is none of the job's.
  not grep -q 'net:veth0' log
}

shared_namespace() {
  crunchstat -poll 50 -log log sh -c 'ping -c 2 -i 0.1 -q 127.0.0.1; sleep 0.2' >out
  grep -q '^crunchstat: net:eth0 ' log
  not grep -q 'net:lo' log
  grep -q 'notice: net: covers the whole network namespace, which the job shares' log
}

check "a job in a network namespace of its own" own_namespace
check "a job in crunchstat's network namespace" shared_namespace
rm /tmp/sender

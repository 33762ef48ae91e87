"""Polls at 1 ms while all that is watched comes and goes: nothing grows, and no poll is lost without being counted.

CRUNCHSTAT_SOAK_SECONDS says for how long: `make soak` takes long enough for a million polls.
"""
import collections
import datetime
import os
import pathlib
import random
import statistics
import subprocess
import threading
import time

import pytest

from support import COST, command

SECONDS = int(os.environ.get("CRUNCHSTAT_SOAK_SECONDS", 5))

CHANGES = """
end=$(($(date +%s) + $1))
while [ "$(date +%s)" -lt "$end" ]; do
  ip link add soak0 type veth peer name soak1
  for i in 1 2 3 4 5 6 7 8; do /bin/true & done
  (sleep 0.05 &)
  wait
  ip link del soak0
done
"""


class Reader(threading.Thread):
    """Takes a log as it is written, and keeps its first sample and its last lines."""

    def __init__(self, stream):
        super().__init__()
        self.stream, self.first, self.last, self.lines = stream, None, None, collections.deque(maxlen=100)
        self.names = set()
        self.start()

    def run(self):
        for line in self.stream:
            time_of_day, _, name, *_ = line.decode().split(" ", 3)
            self.lines.append(line.decode())
            if not name.endswith(":") and name not in ("Running", "caught"):
                self.first, self.last = self.first or time_of_day, time_of_day
                self.names.add(name)

    def polls(self):
        """Made, missed, and how many periods of 1 ms lie between the first sample and the last."""
        [cost] = [found for line in self.lines if (found := COST.search(line))]
        first, last = (datetime.datetime.fromisoformat(time[:26]) for time in (self.first, self.last))
        return int(cost[1]), int(cost[2]), (last - first) / datetime.timedelta(milliseconds=1)


def usage(pid):
    """How many descriptors are open, and how many KiB of its own a process has; None when it has ended."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    memory = [line.split()[1] for line in status.splitlines() if line.startswith("RssAnon:")]
    return (len(os.listdir(f"/proc/{pid}/fd")), int(memory[0])) if memory else None


def soak(process, change):
    """Looks on, making changes, until the program ends."""
    reader = Reader(process.stderr)
    seen, end = [], time.monotonic() + SECONDS
    while (now := usage(process.pid)) and (time.monotonic() < end or not process.stdin):
        seen.append(now)
        change()
    if process.stdin:
        process.stdin.close()
    assert process.wait(60) == 0
    reader.join()
    made, missed, periods = reader.polls()
    # One more for the first, and one for the last, which has no deadline.
    assert abs(made + missed - periods - 1.5) <= 2, (made, missed, periods)
    assert made > periods / 20
    # What there will ever be has been there once.
    seen = seen[len(seen) // 4:]
    early, late = seen[:len(seen) // 2], seen[len(seen) // 2:]
    # What leaks would raise both the fewest and the median; chance, how much of what comes and goes was there when
    # it was looked at, moves the one or the other.
    open_ones = [[descriptors for descriptors, _ in half] for half in (early, late)]
    growth = [abs(measure(open_ones[1]) - measure(open_ones[0])) for measure in (min, statistics.median)]
    assert min(growth) <= 4, growth
    memory = [statistics.median(memory for _, memory in half) for half in (early, late)]
    assert abs(memory[1] - memory[0]) <= 128, memory
    return reader.names


@pytest.fixture(autouse=True)
def bounded():
    """The other tests' bound would end a long run."""


@pytest.mark.parametrize("scope", ["own", "tree"])
def test_processes_and_interfaces_that_come_and_go(crunchstat, own, scope):
    process = crunchstat.popen(
        ["-scope", scope, "-poll", "1", "-stats", "all", "-timestamps", "sh", "-c", CHANGES, "sh", str(SECONDS)],
        command=["unshare", "-n", *command()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE)
    names = soak(process, lambda: time.sleep(0.1))
    assert {"mem", "cpu", "net:soak0", "net:soak1"} <= names


def test_devices_and_files_that_come_and_go(crunchstat, tree):
    chance = random.Random(7)

    def change():
        devices = chance.sample(["8:0", "8:16", "252:0", "259:1", "259:2", "7:0"], chance.randint(0, 6))
        tree.blkio({name: (chance.randint(0, 10**12), chance.randint(0, 10**12)) for name in devices})
        interfaces = chance.sample(["eth0", "eth1", "ib0", "tun1", "wg0"], chance.randint(0, 5))
        tree.net({name: (chance.randint(0, 10**15), chance.randint(0, 99)) for name in interfaces})
        tree.usage(chance.randint(0, 10**12), 3, 4)
        memory = tree.root / "cgroup/memory/memory.stat"
        if chance.random() < 0.1:
            memory.unlink(missing_ok=True)
        else:
            tree.memory(chance.randint(0, 10**10))
        time.sleep(0.005)

    change()
    process = crunchstat.popen([*tree.flags, "-poll", "1", "-timestamps", "cat"], stdin=subprocess.PIPE,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    names = soak(process, change)
    assert {"mem", "cpu", "blkio:8:0", "blkio:259:2", "net:eth0", "net:wg0"} <= names

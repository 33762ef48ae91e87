"""Deadlines are absolute, late polls are skipped and counted, the first and the last sample are always taken."""
import calendar
import re
import shutil
import signal
import statistics
import subprocess
import time

import pytest

from support import command, times_between

PERIOD = 0.01


@pytest.fixture
def cpu_tree(tree):
    tree.usage(4000, 3, 1)
    return tree


def test_polls_made_and_missed_fill_the_time(crunchstat, cpu_tree):
    log = crunchstat.run(*cpu_tree.flags, "-poll", "10", "sleep", "2").log
    made, missed, _, _, _ = log.cost()
    samples = log.of("cpu")
    span = sum(times_between(samples))
    assert span > 1.9
    assert made + missed == pytest.approx(span / PERIOD + 1, abs=2)
    assert abs(made - len(samples)) <= 1  # the last sample is no poll of the clock's


@pytest.mark.parametrize("look, period, begin, end", [(":/", 40, 2, 4.5), ("/ns/net", 10, 0.2, 1)])
def test_nobody_is_woken_up_for_a_look_at_the_job_alone(crunchstat, own, tmp_path, look, period, begin, end):
    """At its groups or at its network namespace: it is made with a poll, once they are not many at first."""
    if not shutil.which("strace"):
        pytest.skip("why: strace is not installed")
    if len(command()) > 1:
        pytest.skip("why: crunchstat runs under another tracer already")
    trace = tmp_path / "trace"
    calls = "trace=ppoll,pread64,write,newfstatat"
    watched = ["strace", "-qq", "-ttt", "-e", calls, "-o", trace, *command()]
    crunchstat.run("-poll", str(period), "-log", tmp_path / "log", "sleep", str(end + 0.5), command=watched)
    lines = [line.split(" ", 1) for line in trace.read_text().splitlines()]
    start = float(lines[0][0])
    steady = [call for stamp, call in lines if start + begin < float(stamp) < start + end]
    looks, waits, writes = (sum(word in call for call in steady) for word in (look, "ppoll(", "write("))
    # Somebody else's timer may end a wait some microseconds early, which is followed by a short one.
    waits -= sum(bool(re.search(r"ppoll\(.*tv_sec=0, tv_nsec=\d{1,5}}", call)) for call in steady)
    assert looks >= 2 and writes > 30
    assert abs(waits - writes) <= 1


def phase(line):
    """How far into a period a line's time lies."""
    stamp = line.partition(" ")[0]
    whole = calendar.timegm(time.strptime(stamp[:19], "%Y-%m-%dT%H:%M:%S"))
    nanoseconds = whole * 10**9 + int(stamp[20:29])
    return nanoseconds % 10**7


def test_deadlines_do_not_drift(crunchstat, cpu_tree):
    done = crunchstat.run(*cpu_tree.flags, "-timestamps", "-poll", "10", "sleep", "3")
    phases = [phase(line) for line in done.err.decode().splitlines() if " crunchstat: cpu " in line][1:-1]
    assert len(phases) > 50
    # phases go round: measured from the median of the first ones, none is half a period away
    start = statistics.median(phases[:20])
    ends = [(value - start + 5 * 10**6) % 10**7 - 5 * 10**6 for value in phases[-20:]]
    assert abs(statistics.median(ends)) < 2.5 * 10**6


def test_first_poll_at_once_and_last_sample_at_the_end(crunchstat, cpu_tree):
    log = crunchstat.run(*cpu_tree.flags, "-poll", "1m", "sleep", "0.5").log
    first, last = log.of("cpu")
    assert first.interval is None
    assert 0.3 < last.interval < 30


def test_no_interval_is_shorter_than_a_millisecond(crunchstat, cpu_tree):
    for _ in range(20):
        for sample in crunchstat.run(*cpu_tree.flags, "-poll", "1m", "true").log.of("cpu"):
            assert sample.interval is None or sample.interval >= 0.001


def test_a_stop_is_counted_and_never_made_up_for(crunchstat, cpu_tree):
    job = crunchstat.start(*cpu_tree.flags, "-poll", "20", "cat", stdin=subprocess.PIPE)
    job.more("cpu", 5)
    job.process.send_signal(signal.SIGSTOP)
    time.sleep(0.5)
    job.process.send_signal(signal.SIGCONT)
    job.more("cpu", 15)
    assert job.finish() == 0
    missed = job.log.cost()[1]
    assert missed >= 20
    times = times_between(job.log.of("cpu"))
    longest = times.index(max(times))
    assert times[longest] >= 0.4
    assert sum(times[longest + 1:longest + 11]) > 0.1, "polls came in a burst"


def test_the_cost_notice(crunchstat, cpu_tree):
    made, missed, lateness, seconds, share = crunchstat.run(*cpu_tree.flags, "-poll", "10", "sleep", "0.5").log.cost()
    assert made + missed >= 45
    assert 0 < seconds < 1 and 0 < share < 100

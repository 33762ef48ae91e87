"""crunchstat is stopped for a while, by SIGSTOP: what happens meanwhile is neither lost nor made up."""
import os
import signal
import subprocess
import time

import pytest

from support import Log, times_between, until


def state(pid):
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0]


def stop(job):
    job.process.send_signal(signal.SIGSTOP)
    # a tracer sees it stopped in a way of its own
    until(lambda: state(job.pid) in "Tt")


def go_on(job):
    job.process.send_signal(signal.SIGCONT)


@pytest.fixture
def cpu_tree(tree):
    tree.usage(4000, 3, 1)
    return tree


def test_thousands_of_polls_are_missed_and_none_made_up(crunchstat, cpu_tree):
    """A day at -poll 30s, scaled down."""
    job = crunchstat.start(*cpu_tree.flags, "-poll", "1", "-timestamps", "cat", stdin=subprocess.PIPE)
    until(lambda: job.err.count(b"crunchstat: cpu") > 5)
    stop(job)
    time.sleep(3)
    before = job.err.count(b"crunchstat: cpu")
    go_on(job)
    until(lambda: job.err.count(b"crunchstat: cpu") > before + 50)
    assert job.finish() == 0
    log = Log(b"\n".join(line.partition(b" ")[2] for line in job.err.split(b"\n")))
    made, missed, lateness, _, _ = log.cost()
    assert 2900 <= missed < 60_000 and lateness < 100
    times = times_between(log.of("cpu"))
    longest = times.index(max(times))
    assert 2.9 <= times[longest]
    # made and missed together are the deadlines that there were
    assert made + missed == pytest.approx(sum(times) / 0.001 + 1, abs=2)
    assert sum(times[longest + 1:longest + 41]) > 0.03, "polls came in a burst"
    assert abs(made - len(log.of("cpu"))) <= 1


def test_the_program_ends_meanwhile(crunchstat, own, load):
    job = crunchstat.start("-poll", "20", "sh", "-c", 'read line; "$0" burn 0.3; exit 7', load, stdin=subprocess.PIPE)
    job.more("cpu", 3)
    stop(job)
    job.process.stdin.close()
    # it has ended when there is nobody left in its group
    group = next(group for group in own.of(job.pid) if group.is_relative_to(own.paths["memory"]))
    until(lambda: not (group / "cgroup.procs").read_text())
    go_on(job)
    assert job.wait() == 7
    [total] = [text.split() for text in job.log.notices if text.startswith("total cpu ")]
    assert 0.28 <= float(total[2]) + float(total[4]) < 0.6
    assert own.of(job.pid) == [] and job.log.warnings == job.log.errors == []


def test_what_the_program_writes_meanwhile(crunchstat, tmp_path):
    """It waits when the pipe is full, and all of it comes out, in its order."""
    lines = "".join(f"{number} {'x' * 90}\n" for number in range(20_000))
    (tmp_path / "text").write_text(lines)
    job = crunchstat.start("-poll", "10", "sh", "-c", 'read line; cat "$0" >&2; exit 5', tmp_path / "text",
                           stdin=subprocess.PIPE)
    job.more("cpu")
    stop(job)
    job.process.stdin.close()
    time.sleep(0.3)
    go_on(job)
    assert job.wait() == 5
    assert "\n".join(job.log.program) + "\n" == lines


def test_signals_that_come_meanwhile(crunchstat, listener):
    """Each of the real-time ones, and one of those that merge."""
    job = crunchstat.start("-poll", "10", listener, stdout=subprocess.PIPE)
    assert job.process.stdout.readline() == b"ready\n"
    stop(job)
    for number in [40, 41, 40, 41, signal.SIGUSR1, signal.SIGUSR1]:
        os.kill(job.pid, number)
    go_on(job)
    until(lambda: b"SIGCONT" in job.err)
    os.kill(job.pid, signal.SIGRTMAX)
    said = job.process.stdout.read().split()
    assert job.wait() == 9
    assert sorted(word for word in said if word != b"18") == [b"10", b"40", b"40", b"41", b"41", b"64"]


def test_a_hundred_times(crunchstat, own, load):
    """At any time of a run and of its end."""
    job = crunchstat.start("-poll", "1", "sh", "-c", '"$0" burn 0.4 >/dev/null; echo end >&2; exit 9', load)
    for number in range(100):
        job.process.send_signal(signal.SIGSTOP)
        time.sleep(0.002)
        go_on(job)
        time.sleep(0.003 * (number % 3))
    assert job.wait() == 9
    log = job.log
    assert log.program == ["end"] and log.warnings == log.errors == []
    [total] = [text.split() for text in log.notices if text.startswith("total cpu ")]
    assert 0.38 <= float(total[2]) + float(total[4]) < 0.8


def test_a_time_to_wait_that_has_passed_meanwhile(crunchstat, tree):
    """-drain, for one: it is over when crunchstat goes on, and no later."""
    job = crunchstat.start("-drain", "1s", "sh", "-c", "sleep 60 & exit 3")
    until(lambda: b"crunchstat: notice: cost: " in job.err)
    stop(job)
    time.sleep(1.2)
    go_on(job)
    assert job.wait(10) == 3
    assert any("still holds its stderr" in text for text in job.log.notices)

"""-cgroup-root without a program: a group is watched until a signal comes or it goes."""
import shutil
import signal
import time

import pytest


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_success(crunchstat, tree, number):
    tree.memory(5)
    tree.usage(4000, 3, 1)
    job = crunchstat.start(*tree.flags, "-poll", "20")
    job.more("cpu", 5)
    job.process.send_signal(number)
    assert job.wait(30) == 0
    assert job.log.of("mem")[0].values == {"rss": 5}
    assert job.log.cost()[0] >= 5
    assert not any(line.startswith("crunchstat: Running") for line in job.log.own)


def test_it_ends_when_the_group_goes(crunchstat, tree):
    tree.memory(5, "cgroup/memory/jobs/memory.stat")
    tree.write("cgroup/cpuacct/jobs/cpuacct.stat", "user 1\nsystem 1\n")
    job = crunchstat.start(*tree.flags, "-cgroup-parent", "jobs", "-poll", "20")
    job.more("mem")
    for controller in ("memory", "cpuacct"):
        shutil.rmtree(tree.root / "cgroup" / controller / "jobs")
    assert job.wait(30) == 0
    assert job.log.errors == []


def test_it_waits_for_a_group_that_is_not_there_yet(crunchstat, tree):
    job = crunchstat.start(*tree.flags, "-cgroup-parent", "jobs", "-poll", "20")
    time.sleep(0.5)
    assert job.process.poll() is None
    tree.memory(5, "cgroup/memory/jobs/memory.stat")
    job.more("mem")
    job.process.send_signal(signal.SIGTERM)
    assert job.wait(30) == 0


def test_a_signal_while_the_id_is_awaited(crunchstat, tree):
    job = crunchstat.start(*tree.flags, "-cgroup-cid", tree.root / "cid", "-wait", "300")
    time.sleep(0.3)
    job.process.send_signal(signal.SIGTERM)
    assert job.wait(30) == 0

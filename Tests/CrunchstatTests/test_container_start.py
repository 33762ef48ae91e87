"""The network of a group that is watched from outside: the host's is not told while a container starts."""
import pathlib
import shutil
import subprocess
import time

import pytest

from support import enter, until

SHARED = "net: covers the whole network namespace, which the job shares with crunchstat"


@pytest.fixture
def watch(crunchstat, place):
    """Runs a shell's script in a group that is watched every 10 ms, until the script or the watch ends."""
    if not shutil.which("unshare"):
        pytest.skip("why: there is no unshare")
    if not hosts_interfaces():
        pytest.skip("why: the host has no interface but lo")

    def run(script, seconds, number=0):
        group = place(f"start-{number}", "memory")
        job = crunchstat.start("-poll", "10", "-stats", "net,mem", "-cgroup-root", group.parent,
                               "-cgroup-parent", group.name, "cat", stdin=subprocess.PIPE)
        job.more("mem", 3)
        begin = time.monotonic()
        process = crunchstat.popen(["-c", f"{script} sleep 60"], command=["sh"],
                                   preexec_fn=lambda: enter(0, [group]))
        job.first = first_line(job, begin, seconds)
        assert job.finish() == 0
        process.kill()
        process.wait()
        return job
    return run


def hosts_interfaces():
    names = {line.split(":")[0].strip() for line in pathlib.Path("/proc/self/net/dev").read_text().splitlines()[2:]}
    return names - {"lo"}


def interfaces(job):
    return {sample.name for sample in job.log.samples if sample.name.startswith("net:")}


def first_line(job, begin, seconds):
    """How long after `begin` the first line came; nil where none came for so many seconds."""
    while (passed := time.monotonic() - begin) < seconds:
        if interfaces(job):
            return passed
        time.sleep(0.01)
    return None


@pytest.mark.parametrize("moment", [0.003, 0.3, 0.8])
def test_a_container_that_gets_its_namespaces_a_moment_later(watch, moment):
    """Its own network namespace has lo alone, which is not logged."""
    job = watch(f"sleep {moment}; exec unshare -mn", moment + 0.5)
    assert interfaces(job) == set()
    assert len([text for text in job.log.notices if text.startswith("reading stats from /proc/")]) == 1
    assert SHARED not in job.log.notices


def test_a_container_in_the_hosts_network_namespace(watch):
    """It has a mount namespace of its own by then, so that it has all that it will have."""
    def soon(number):
        job = watch("exec unshare -m", 5, number)
        assert interfaces(job) == {f"net:{name}" for name in hosts_interfaces()}
        assert job.log.notices.count(SHARED) == 1
        return job.first < 0.9
    # Once is enough: on a busy machine its start alone may take a second.
    assert any(soon(number) for number in range(5))


def test_a_group_without_namespaces(watch):
    """That it gets none is known after a second."""
    job = watch("exec", 5)
    assert interfaces(job) == {f"net:{name}" for name in hosts_interfaces()}
    assert job.log.notices.count(SHARED) == 1
    assert 1 <= job.first


def test_a_group_that_was_watched_for_less_than_a_second(watch):
    """The last sample tells what there is."""
    job = watch("exec", 0.3)
    assert job.first is None
    until(lambda: interfaces(job))
    assert len(job.log.of(min(interfaces(job)))) == 1
    assert job.log.notices.count(SHARED) == 1

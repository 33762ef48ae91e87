"""-pid: the control groups of a process that runs already, until it ends."""
import os
import pathlib
import signal
import subprocess
import threading
import time

import pytest

from support import command, until

TREE = pathlib.Path(__file__).resolve().parents[1] / "JobStatsTests/Fixtures/trees/v1-hybrid-host"
# Where the kernel has no pidfd the process is asked once in a while.
WITHOUT_PIDFD = "strace -D -f -qq -o /dev/null -e inject=pidfd_open:error=ENOSYS".split()


@pytest.fixture(params=["pidfd", "without pidfd"])
def prefix(request):
    return {"command": (WITHOUT_PIDFD if request.param == "without pidfd" else []) + command()}


@pytest.fixture
def sleeper():
    process = subprocess.Popen(["sleep", "60"])
    yield process
    process.kill()
    process.wait()


def test_it_is_watched_until_it_ends(crunchstat, sleeper, prefix):
    job = crunchstat.start("-pid", str(sleeper.pid), "-poll", "20", **prefix)
    job.more("cpu", 3)
    assert job.process.poll() is None
    sleeper.kill()  # and not reaped: it ends when it has ended
    assert job.wait(30) == 0
    assert f"process {sleeper.pid} has ended" in job.log.notices
    assert job.log.errors == job.log.warnings == []
    assert job.log.cost()[0] >= 3


def test_a_later_process_of_the_same_id_is_another(crunchstat, prefix):
    """The id is given to a new process at once, in a process id namespace where that can be asked for."""
    if os.geteuid() != 0:
        pytest.skip("why: a process id namespace takes root")
    inner = " ".join(prefix["command"])
    script = f"""
sleep 60 & first=$!
{inner} -pid $first -poll 20 >&2 & watcher=$!
sleep 0.7
kill $first; wait $first
echo $((first - 1)) >/proc/sys/kernel/ns_last_pid || exit 99
sleep 3 & second=$!
[ $first = $second ] || exit 98
wait $watcher; status=$?
kill $second || exit 97  # it has been there all the time
exit $status
"""
    done = crunchstat.run("unshare", "--pid", "--fork", "--mount-proc", "sh", "-c", script, command=[])
    if done.status == 99:
        pytest.skip("why: the next process id can't be chosen")
    assert done.status == 0, done.err
    assert any(notice.endswith("has ended") for notice in done.log.notices)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_watch_and_not_the_process(crunchstat, sleeper, number):
    job = crunchstat.start("-pid", str(sleeper.pid), "-poll", "20")
    job.more("cpu")
    job.process.send_signal(number)
    assert job.wait(30) == 0
    assert sleeper.poll() is None


def test_its_groups_are_read(crunchstat, own, load):
    """Those of another crunchstat's program: exactly this job."""
    outer = crunchstat.start("-poll", "5s", load, "touch", "64", "60")
    until(lambda: own.of(outer.pid))
    memory = next(group for group in own.of(outer.pid) if group.is_relative_to(own.paths["memory"]))
    until(lambda: (memory / "cgroup.procs").read_text())
    process = (memory / "cgroup.procs").read_text().split()[0]
    job = crunchstat.start("-pid", process, "-poll", "20")
    until(lambda: any(sample.values["rss"] >= 64 << 20 for sample in job.log.of("mem")))
    assert f"reading stats from {memory}/memory.stat" in job.log.notices
    [scope] = [notice for notice in job.log.notices if notice.startswith("scope inherit: ")]
    assert str(memory) in scope and f"those of process {process}" in scope
    assert str(memory) not in scope.partition("others are in")[2].split()
    os.kill(int(process), signal.SIGKILL)
    assert job.wait(30) == 0 and outer.wait(30) == 137


def test_its_network_namespace_is_read(crunchstat, wire):
    process = crunchstat.popen(["sleep", "60"], command=wire[0])
    until(lambda: pathlib.Path(f"/proc/{process.pid}/comm").read_text() == "sleep\n")
    job = crunchstat.start("-pid", str(process.pid), "-poll", "20")
    job.more("net:tube0")
    assert not job.log.of("net:eth0")
    assert not any(notice.startswith("net: covers") for notice in job.log.notices)
    process.kill()
    assert job.wait(30) == 0


def ended():
    process = subprocess.Popen(["true"])
    process.wait()
    return str(process.pid)


@pytest.mark.parametrize("words, named", [
    (lambda: ["-pid", ended()], ["no such process"]),
    (lambda: ["-pid", "2147483647"], ["2147483647", "no such process"]),
    (lambda: ["-pid", str(os.getpid()), "true"], ["exclude each other"]),
    (lambda: ["-pid", str(os.getpid()), "-scope", "own"], ["-scope own"]),
    (lambda: ["-pid", str(os.getpid()), "-cgroup-root", "/"], ["-cgroup-root"]),
    (lambda: ["-pid", "7", "-root", "/tmp"], ["no such process"]),
    *[(lambda text=text: ["-pid", text], [f'"{text}"', "process id"])
      for text in ("0", "-1", "", "x", "1x", " 1", "+1", "99999999999")],
], ids=["ended", "none", "program", "own", "tree", "recorded", "0", "-1", "empty", "x", "1x", "blank", "+1", "large"])
def test_one_line_says_why_it_can_not_be_watched(crunchstat, words, named):
    done = crunchstat.run(*words())
    assert (done.status, done.out) == (125, b"")
    lines = done.err.decode().splitlines()
    assert len(lines) == 1 and lines[0].startswith("crunchstat: error: flag -pid: ")
    for text in named:
        assert text in lines[0]


def test_another_users_process_is_an_error(crunchstat, nobody, prefix):
    nobody["command"] = prefix["command"][:-1] + nobody["command"][-1:]
    done = crunchstat.run("-pid", "1", **nobody)
    assert done.status == 125
    assert len(done.log.errors) == 1 and "another user" in done.log.errors[0]


def test_a_thread_is_an_error(crunchstat, prefix):
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    try:
        done = crunchstat.run("-pid", str(thread.native_id), "-poll", "20", timeout=30, **prefix)
    finally:
        end.set()
        thread.join()
    assert done.status == 125
    assert len(done.log.errors) == 1 and "thread" in done.log.errors[0]


def test_a_process_of_a_recorded_tree(crunchstat):
    """Nothing is watched for its end, though no such process runs; a signal ends it."""
    process = (TREE / "JOB_PID").read_text().strip()
    job = crunchstat.start("-root", TREE, "-pid", process, "-poll", "20")
    job.more("mem", 3)
    time.sleep(0.3)
    assert job.process.poll() is None
    job.process.send_signal(signal.SIGTERM)
    assert job.wait(30) == 0
    values = {sample.name: sample.values for sample in job.log.samples}
    assert values["mem"] == {"cache": 33558528, "swap": 0, "pgmajfault": 0, "rss": 68210688}
    assert values["blkio:254:0"] == {"write": 67117056, "read": 33554432}
    assert values["net:eth0"] == {"tx": 332644, "rx": 422218573}
    assert not any("whole network namespace" in notice for notice in job.log.notices)

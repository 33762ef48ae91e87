"""-scope tree: the program and its descendants from /proc, without privilege, on real processes."""
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys

import pytest

from support import MIB, check_differences, command, intervals, until

TREE = ["-scope", "tree"]

# The processes serve for bytes only where no group counts any, as some kernels do once a rule was ever set.
WITHOUT_BLKIO = ["unshare", "-m", "sh", "-ec", 'umount -l /sys/fs/cgroup/blkio || :; exec "$@"', "sh"]


def cpu(log):
    """CPU seconds of the job, user and system together, at the last sample."""
    values = log.of("cpu")[-1].values
    return values["user"] + values["sys"]


def told(done):
    """CPU seconds that the job's processes have told of, each of its own: what a tracer adds to it is in both."""
    return sum(map(float, done.out.split()))


def never_backwards(log, too_close=0):
    """too_close: how many lines may lack an interval, of polls that came less than 50 us after one that was late."""
    for name in {sample.name for sample in log.samples} - {"mem"}:
        samples = log.of(name)
        bare = [sample for sample in samples[1:-1] if not sample.differences]
        assert len(samples) > 1 and len(bare) <= too_close, bare
        check_differences(samples)


def peak(log):
    [notice] = [notice for notice in log.notices if notice.startswith("peak memory ")]
    return int(notice.split()[2])


def test_the_choice_is_logged(crunchstat, nobody):
    done = crunchstat.run(*TREE, "sh", "-c", "exit 3", **nobody)
    assert done.status == 3 and done.log.errors == []
    [scope] = [notice for notice in done.log.notices if notice.startswith("scope ")]
    assert scope.startswith("scope tree: the program and its descendants")
    assert any("share count for each" in notice for notice in done.log.notices)
    assert {"mem", "cpu", "blkio:tree"} <= {sample.name for sample in done.log.samples}


def test_without_privilege_auto_takes_it_and_says_why(crunchstat, own, nobody):
    done = crunchstat.run("true", **nobody)
    [scope] = [notice for notice in done.log.notices if notice.startswith("scope ")]
    assert scope.startswith("scope tree: ") and "ermission denied" in scope and "others are in" in scope


def test_no_group_is_made(crunchstat, own):
    done = crunchstat.run(*TREE, "cat", "/proc/self/cgroup")
    assert done.out == pathlib.Path("/proc/self/cgroup").read_bytes()


def test_burnt_cpu_time(crunchstat, load):
    done = crunchstat.run(*TREE, "-poll", "20", load, "burn", "0.5")
    assert cpu(done.log) == pytest.approx(float(done.out), rel=0.02)
    never_backwards(done.log)


def test_bursts_shorter_than_a_tick_are_seen_while_it_runs(crunchstat, load):
    """The exact clock of the process, not its ticks."""
    done = crunchstat.run(*TREE, "-poll", "10", load, "bursts", "500", "100")
    samples = done.log.of("cpu")
    growing = [sample for sample in samples[1:] if sum(sample.differences.values()) > 0]
    assert len(growing) > len(samples) / 2
    assert cpu(done.log) == pytest.approx(float(done.out), rel=0.05)


def control(crunchstat, own, *program):
    """What a tree says of a job, and what a control group around crunchstat and the job says of the same run."""
    inner = [*command(), *TREE, "-poll", "20", "-log", os.fspath(crunchstat.folder / "inner"), *program]
    outer = crunchstat.run("-scope", "own", "-poll", "10s", *inner)
    assert outer.status == 0, outer.err
    done = type(outer)(0, 0, b"", (crunchstat.folder / "inner").read_bytes())
    return done.log, cpu(outer.log) - done.log.cost()[3]


def test_a_thousand_short_children(crunchstat, own, load):
    log, expected = control(crunchstat, own, "sh", "-c", 'for i in $(seq 1000); do "$0" burn 0.001; done', load)
    assert 1 < cpu(log) == pytest.approx(expected, rel=0.03)
    never_backwards(log)


def test_a_thousand_short_orphans(crunchstat, own, load):
    """Each is started by a process that ends at once: nobody of the job's waits for it."""
    script = 'for i in $(seq 1000); do (setsid "$0" burn 0.001 >/dev/null &); done; sleep 0.2'
    log, expected = control(crunchstat, own, "sh", "-c", script, load)
    assert 1 < cpu(log) == pytest.approx(expected, rel=0.03)
    never_backwards(log)


# An orphan tells its parent and ends; then the state of each child of crunchstat's is told.
ORPHAN = """
sh -c 'setsid sh -c "sleep 0.3; cut -d\\  -f4 /proc/\\$\\$/stat >$0.part; mv $0.part $0" &' "$0"
while ! [ -s "$0" ]; do sleep 0.05; done
sleep 0.5
for child in $(cat /proc/$PPID/task/$PPID/children); do cut -d' ' -f3 /proc/$child/stat; done
"""


def test_orphans_are_adopted_and_reaped(crunchstat, tmp_path):
    """In this scope alone, since they see it."""
    for scope, adopts in ("tree", True), ("inherit", False):
        file = tmp_path / scope
        done = crunchstat.run("-scope", scope, "-poll", "20", "sh", "-c", ORPHAN, file)
        assert done.status == 0, done.err
        assert (int(file.read_text()) == done.pid) is adopts
        assert b"Z" not in done.out


@pytest.mark.parametrize("flags", [[], TREE])
def test_orphans_of_process_1_are_reaped(crunchstat, own, flags):
    """As tini does it: without a reaper a container fills up with them."""
    if len(command()) > 1:
        pytest.skip("why: the tracer would be process 1")
    script = "(sleep 0.1 & sleep 0.1 &); sleep 0.6; cat /proc/[0-9]*/stat"
    done = crunchstat.run("-fp", "--mount-proc", *command(), *flags, "sh", "-c", script, command=["unshare"])
    assert done.status == 0 and b"(sh) " in done.out
    assert b" Z " not in done.out


def test_new_processes_are_seen_though_loadavg_is_not_the_kernels(crunchstat, own, load, tmp_path):
    """Containers may have another file there, which says that nothing has begun."""
    fake = tmp_path / "loadavg"
    fake.write_text("0.00 0.00 0.00 1/100 12345\n")
    start = ["unshare", "-m", "sh", "-ec", 'mount --bind "$0" /proc/loadavg; exec "$@"', fake, *command()]
    # Nothing else comes or goes, which would be a reason to look.
    script = "import subprocess, sys, time; time.sleep(0.3); subprocess.run([sys.argv[1], 'touch', '32', '0.4'])"
    log = crunchstat.run(*TREE, "-poll", "20", sys.executable, "-c", script, load, command=start).log
    assert max(sample.values["rss"] for sample in log.of("mem")) >= 32 * MIB


def test_a_double_fork_is_followed(crunchstat, load):
    script = '(setsid "$0" touch 32 1 >/dev/null & setsid "$0" burn 0.3 >/dev/null &); sleep 1.5'
    log = crunchstat.run(*TREE, "-poll", "20", "sh", "-c", script, load).log
    assert cpu(log) == pytest.approx(0.3, abs=0.08)
    assert peak(log) >= 32 * MIB
    never_backwards(log)


def test_memory_of_two_processes(crunchstat, load):
    script = '"$0" touch 32 0.6 >/dev/null & "$0" touch 48 0.6 >/dev/null; wait'
    log = crunchstat.run(*TREE, "-poll", "20", "sh", "-c", script, load).log
    assert 80 * MIB <= max(sample.values["rss"] for sample in log.of("mem")) <= 96 * MIB
    assert 80 * MIB <= peak(log) <= 96 * MIB


def test_exec_goes_on_where_it_was(crunchstat, load):
    done = crunchstat.run(*TREE, "-poll", "20", "sh", "-c", '"$0" burn 0.1; exec "$0" burn 0.2', load)
    assert 0.3 <= cpu(done.log) == pytest.approx(told(done), rel=0.1)
    never_backwards(done.log)


THREADS = """
import hashlib, resource, subprocess, sys, threading, time
def hashes():
    end = time.thread_time() + 0.2
    while time.thread_time() < end: hashlib.sha256(bytes(1 << 20))
def child():
    subprocess.run([sys.argv[1], "touch", "32", "0.5"], stdout=subprocess.DEVNULL)
    subprocess.run([sys.argv[1], "burn", "0.2"], stdout=subprocess.DEVNULL)
threads = [threading.Thread(target=body) for body in (hashes, hashes, child)]
for thread in threads: thread.start()
for thread in threads: thread.join()
children = resource.getrusage(resource.RUSAGE_CHILDREN)
print(time.process_time() + children.ru_utime + children.ru_stime)
"""


def test_threads_and_their_children(crunchstat, load):
    """Each thread has a list of children of its own."""
    done = crunchstat.run(*TREE, "-poll", "20", sys.executable, "-c", THREADS, load)
    assert cpu(done.log) == pytest.approx(float(done.out), rel=0.1)
    assert peak(done.log) >= 32 * MIB
    never_backwards(done.log)


ZOMBIE = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.argv[1], "burn", "0.2"])
time.sleep(0.8)
print(time.process_time())
"""


def test_a_child_that_nobody_reaps_counts(crunchstat, load):
    done = crunchstat.run(*TREE, "-poll", "20", sys.executable, "-c", ZOMBIE, load)
    assert 0.2 <= cpu(done.log) == pytest.approx(told(done), abs=0.06)
    never_backwards(done.log)


IGNORED = """
import signal, subprocess, sys, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for _ in range(3):
    subprocess.run([sys.argv[1], "burn", "0.2"])
time.sleep(0.1)
print(time.process_time())
"""


def test_children_of_a_parent_that_ignores_sigchld(crunchstat, load):
    """The kernel adds their times to nobody's: what was seen last is kept."""
    done = crunchstat.run(*TREE, "-poll", "10", sys.executable, "-c", IGNORED, load)
    assert -0.08 <= cpu(done.log) - told(done) <= 0.06
    never_backwards(done.log)


def test_children_that_crunchstat_had_before_are_not_the_jobs(crunchstat, load):
    script = f'"$0" burn 0.3 >/dev/null & exec {" ".join(command())} -scope tree -poll 20 sleep 0.8'
    log = crunchstat.run("-c", script, load, command=["sh"]).log
    assert cpu(log) < 0.05
    assert log.warnings == log.errors == []


def test_processes_that_end_between_two_looks(crunchstat):
    """A thousand of them, at a thousand looks a second."""
    script = "for i in $(seq 300); do /bin/true & /bin/true; (/bin/true &) & done; wait"
    log = crunchstat.run(*TREE, "-poll", "1", "sh", "-c", script).log
    assert log.warnings == log.errors == []
    never_backwards(log, too_close=5)


def test_a_crowd(crunchstat):
    """More processes than are held open, started and ended at once."""
    script = "for i in $(seq 400); do sleep 1.5 & done; wait"
    done = crunchstat.run(*TREE, "-poll", "100", "sh", "-c", script)
    assert done.status == 0 and done.log.warnings == done.log.errors == []
    assert max(sample.values["rss"] for sample in done.log.of("mem")) > 400 * 200_000
    never_backwards(done.log)


@pytest.mark.parametrize("flags, share", [([], "1 %"), (TREE, "5 %")])
def test_a_large_crowd_is_not_looked_at_at_every_poll(crunchstat, own, flags, share):
    """It says so once; the lines that there are tell of all the time since the one before."""
    script = "for i in $(seq 1000); do sleep 4 & done; wait"
    log = crunchstat.run(*flags, "-poll", "10", "sh", "-c", script, command=[*WITHOUT_BLKIO, *command()]).log
    told = [notice for notice in log.notices if "a look at the job's processes" in notice]
    assert len(told) == 1 and f"about {share} of a core" in told[0], log.notices
    samples = log.of("blkio:tree")
    assert 1 < len(samples) < log.cost()[0] / 2
    assert max(intervals(samples)) > 0.015
    check_differences(samples)


SLEEPERS = """
import os, sys, threading, time
def sleep():
    while not os.path.exists(sys.argv[1]): time.sleep(0.1)
for _ in range(20): threading.Thread(target=sleep).start()
"""


def test_no_children_are_asked_for_where_a_group_lists_them(crunchstat, own, tmp_path):
    """However many threads the job has, and however often somebody forks."""
    if not shutil.which("strace"):
        pytest.skip("why: strace is not installed")
    if len(command()) > 1:
        pytest.skip("why: crunchstat runs under another tracer already")
    trace, stop = tmp_path / "trace", tmp_path / "stop"
    job = crunchstat.start("-qq", "-e", "trace=open,openat,openat2", "-o", trace, *command(), "-poll", "10",
                           sys.executable, "-c", SLEEPERS, stop, command=[*WITHOUT_BLKIO, "strace"])

    def has_looked():
        subprocess.run(["true"])
        # Whether there are others is looked at once a second.
        return len(job.log.of("blkio:tree")) > 300

    until(has_looked)
    # A dying program is in no list until it is reaped: whether it has left its group is asked then.
    opened = trace.read_text().splitlines()
    stop.touch()
    assert job.wait() == 0 and any(notice.startswith("scope own") for notice in job.log.notices)
    # crunchstat's own, before there is a program
    assert sum("/children" in line for line in opened) <= 1


# Three that nobody waits for, one after the other, none of which lives for a second.
SHORT_WRITERS = """
import os, signal, sys, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
group = sys.argv[1]
if group:
    for line in open("/proc/self/cgroup"):
        if "/crunchstat-" in line:
            number, names, place = line.strip().split(":", 2)
            point = "/sys/fs/cgroup/" + (names or "unified")
            if group == "below":
                place = point + place + "/below"
                os.mkdir(place)
            else:
                place = point + place[:place.index("/crunchstat-")]
            open(place + "/cgroup.procs", "w").write("0")
time.sleep(0.3)
for number in range(3):
    if os.fork() == 0:
        file = os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT)
        os.write(file, bytes(4 << 20))
        os.fsync(file)
        time.sleep(0.15)
        os._exit(0)
    time.sleep(0.3)
"""


@pytest.mark.parametrize("group", ["", "below", "elsewhere"])
def test_short_processes_are_seen_wherever_the_job_goes(crunchstat, own, tmp_path, group):
    """A list of its own group that stays the same says nothing of those that are not in it."""
    log = crunchstat.run("-poll", "10", "-stats", "blkio", sys.executable, "-c", SHORT_WRITERS, group,
                         tmp_path / "file", command=[*WITHOUT_BLKIO, *command()]).log
    assert log.of("blkio:tree")[-1].values["write"] >= 3 * 4 * MIB, log.own


@pytest.mark.parametrize("limit", [40, 256])
def test_few_descriptors(crunchstat, load, limit):
    """What can't be opened is neither gone nor new."""
    script = f'ulimit -n {limit}; exec {" ".join(command())} -scope tree -poll 20 sh -c ' \
             '\'for i in $(seq 100); do "$0" burn 0.01 >/dev/null & done; wait; sleep 0.1\' "$0"'
    before = reaped_time()
    log = crunchstat.run("-c", script, load, command=["sh"]).log
    _, _, _, own, _ = log.cost()
    used = reaped_time() - before - own
    assert used > 1
    assert cpu(log) == pytest.approx(used, abs=0.05)
    never_backwards(log)


def reaped_time():
    """CPU seconds that all children have used that have been waited for, and theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def device_counts(folder):
    device = os.stat(folder).st_dev
    return pathlib.Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}").exists()


WRITER = 'for i in 1 2; do dd if=/dev/zero of="$0" bs=1M count=16 oflag=direct conv=fsync 2>/dev/null; sleep 0.1; done'


def written(log, name):
    """All that the lines of one name say was written, with their differences and the total checked."""
    samples = log.of(name)
    check_differences(samples)
    [total] = [notice.split() for notice in log.notices if notice.startswith(f"total {name} ")]
    assert int(total[2]) == samples[-1].values["write"]
    return samples[-1].values["write"]


def test_written_bytes_of_ended_children(crunchstat, tmp_path):
    if not device_counts(tmp_path):
        pytest.skip(f"why: {tmp_path} is on no block device")
    done = crunchstat.run(*TREE, "-poll", "20", "sh", "-c", WRITER, tmp_path / "data")
    assert 32 * MIB <= written(done.log, "blkio:tree") < 40 * MIB


A_THREAD_WRITES = """
import os, sys, threading
thread = threading.Thread(target=lambda: open(sys.argv[1], "wb").write(bytes(8 << 20)))
thread.start()
thread.join()
os.execv(sys.argv[2], sys.argv[2:])
"""

A_CHILD_WRITES = """
import os, subprocess, sys
script = "sleep 0.3; dd if=/dev/zero of=$0 bs=1M count=8 2>/dev/null"
subprocess.Popen(["sh", "-c", script, sys.argv[1]])
os.execv(sys.argv[2], sys.argv[2:])
"""


@pytest.mark.parametrize("before", [A_THREAD_WRITES, A_CHILD_WRITES], ids=["thread", "child"])
def test_bytes_of_what_it_had_before_exec_are_not_the_jobs(crunchstat, tmp_path, before):
    """As where a container's runtime becomes crunchstat: the kernel counts threads that have ended as its own, like a
    child that was waited for; and a child goes on being one."""
    if not device_counts(tmp_path):
        pytest.skip(f"why: {tmp_path} is on no block device")
    data = tmp_path / "data"
    words = [sys.executable, "-c", before, data, *command()]
    words[4] = shutil.which(words[4])
    done = crunchstat.run(*TREE, "-poll", "20", "sh", "-c", "sleep 1; true", command=words)
    assert data.stat().st_size == 8 * MIB
    assert done.status == 0 and written(done.log, "blkio:tree") < MIB


def test_written_bytes_where_a_group_may_count_none(crunchstat, own, tmp_path):
    """v1 counts only under a rule, which somebody may have set for the disk."""
    if not device_counts(tmp_path):
        pytest.skip(f"why: {tmp_path} is on no block device")
    done = crunchstat.run("-poll", "20", "sh", "-c", WRITER, tmp_path / "data")
    names = {sample.name for sample in done.log.samples if sample.name.startswith("blkio:")}
    assert 32 * MIB <= sum(written(done.log, name) for name in names) < 40 * MIB


LATE = 'sleep 1.3; for i in 1 2 3 4 5 6 7 8; do dd if=/dev/zero of="$0" bs=4M count=1 oflag=direct 2>/dev/null; ' \
       'sleep 0.15; done'


def test_no_byte_is_told_by_the_group_and_by_its_processes(crunchstat, own, tmp_path):
    """They begin while the group's file rests, because it has named no device so far."""
    if not device_counts(tmp_path):
        pytest.skip(f"why: {tmp_path} is on no block device")
    done = crunchstat.run("-poll", "10", "-stats", "blkio", "sh", "-c", LATE, tmp_path / "data")
    names = {sample.name for sample in done.log.samples}
    assert 32 * MIB <= sum(written(done.log, name) for name in names) < 36 * MIB


def test_a_process_that_runs_already(crunchstat, load):
    """With its children, and orphans that were seen before they became orphans; init reaps them."""
    script = 'read line; (setsid "$0" burn 0.3 >/dev/null & sleep 0.2); "$0" burn 0.2 >/dev/null; read line'
    process = crunchstat.popen(["-c", script, load], command=["sh"], stdin=subprocess.PIPE)
    job = crunchstat.start(*TREE, "-pid", str(process.pid), "-poll", "20")
    job.more("cpu")
    process.stdin.write(b"\n")
    process.stdin.flush()
    until(lambda: cpu(job.log) > 0.45)
    job.more("cpu", 10)
    process.stdin.close()
    assert job.wait(30) == 0
    assert cpu(job.log) == pytest.approx(0.5, rel=0.1)
    never_backwards(job.log)
    assert f"scope tree: process {process.pid} and its descendants, from /proc" in job.log.notices


@pytest.mark.parametrize("words, named", [
    (["-cgroup-root", "/", "true"], "-cgroup-root"), (["-root", "/tmp", "true"], "-root"),
])
def test_where_it_can_not_be_had(crunchstat, words, named):
    done = crunchstat.run(*TREE, *words)
    assert done.status == 125
    assert re.fullmatch(rf"crunchstat: error: flag -scope: .*{named}.*\n", done.err.decode())

"""-dump and -root: what one records the other replays."""
import os
import subprocess

import pytest

from support import command


def first_values(log):
    """What each statistic's first line says, but for its interval part. The bytes of processes serve until the
    group's file names a device, if it ever does, which it does in a replay from the start; and a program in a replay
    has none of the recorded ones."""
    values = {}
    for sample in told(log):
        values.setdefault(sample.name, sample.values)
    return values


def told(log):
    return [sample for sample in log.samples if sample.name != "blkio:tree"]


def check(recorded, replayed):
    """Values of a replay never move, so each of its lines is the recorded run's first."""
    assert first_values(recorded)
    assert first_values(replayed) == first_values(recorded)
    assert all(sample.values == first_values(recorded)[sample.name] for sample in told(replayed))
    assert not any(value for sample in replayed.samples for value in sample.differences.values())


LOAD = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; dd if=/dev/zero of=file bs=1M count=4 oflag=direct; sleep 0.3"


def record(crunchstat, tmp_path, *flags, program=("sh", "-c", LOAD), **options):
    done = crunchstat.run("-dump", tmp_path / "dump", "-poll", "50", *flags, *program, cwd=tmp_path, **options)
    assert done.status == 0 and not done.log.warnings, done.err
    return done


@pytest.mark.parametrize("how", ["program", "pid"])
def test_a_job_in_a_group_of_its_own(crunchstat, own, tmp_path, how):
    recorded = record(crunchstat, tmp_path, "-scope", "own").log
    if how == "program":
        replayed = crunchstat.run("-root", tmp_path / "dump", "-poll", "20", "sleep", "0.2").log
    else:
        job = crunchstat.start("-root", tmp_path / "dump", "-poll", "20", "-pid",
                               (tmp_path / "dump/JOB_PID").read_text().strip())
        job.more("cpu", 5)
        job.process.terminate()
        assert job.wait() == 0
        replayed = job.log
    check(recorded, replayed)
    assert {"mem", "cpu"} <= set(first_values(replayed))
    shared = [text for text in recorded.notices if text.startswith("net:")]
    assert [text for text in replayed.notices if text.startswith("net:")] == shared


def test_the_groups_that_crunchstat_is_in(crunchstat, tmp_path):
    recorded = record(crunchstat, tmp_path, "-scope", "inherit").log
    replayed = crunchstat.run("-root", tmp_path / "dump", "-scope", "inherit", "-poll", "20", "sleep", "0.2").log
    check(recorded, replayed)


def test_processes_counted_one_by_one(crunchstat, tmp_path):
    with subprocess.Popen(["sh", "-c", "sleep 60 & wait"], start_new_session=True) as process:
        try:
            job = crunchstat.start("-dump", tmp_path / "dump", "-poll", "20", "-scope", "tree",
                                   "-pid", str(process.pid))
            job.more("cpu", 5)
            job.process.terminate()
            assert job.wait() == 0
        finally:
            os.killpg(process.pid, 9)
    again = crunchstat.start("-root", tmp_path / "dump", "-poll", "20", "-scope", "tree", "-pid", str(process.pid))
    again.more("cpu", 5)
    again.process.terminate()
    assert again.wait() == 0
    kinds = [{sample.name for sample in log.samples} for log in (job.log, again.log)]
    assert kinds[0] == kinds[1]
    for name in "mem", "cpu":
        recorded, replayed = [log.of(name)[0].values for log in (job.log, again.log)]
        assert recorded == replayed


def test_every_statistic(crunchstat, own, tmp_path):
    recorded = record(crunchstat, tmp_path, "-scope", "own", "-stats", "all").log
    replayed = crunchstat.run("-root", tmp_path / "dump", "-poll", "20", "-stats", "all", "sleep", "0.2").log
    check(recorded, replayed)
    assert {"mem", "cpu", "oom", "procs", "usage", "statfs"} <= set(first_values(replayed))


def test_a_tree_that_is_a_recorded_one(crunchstat, tree, tmp_path):
    tree.memory(7, "cgroup/memory/jobs/memory.stat")
    tree.usage(500, 300, 200)
    tree.blkio({"8:0": (3, 4)}, folder="cgroup/blkio/jobs")
    tree.write("cgroup/cpuacct/jobs/cpuacct.stat", "user 100\nsystem 50\n")
    tree.write("cgroup/cpuacct/jobs/cgroup.procs", "4242\n")
    tree.net({"eth0": (5, 6)})
    flags = ["-cgroup-root", "/other/../cgroup", "-cgroup-parent", "jobs"]
    (tree.root / "other").mkdir()
    recorded = record(crunchstat, tmp_path, "-root", tree.root, *flags, program=("true",)).log
    assert set(first_values(recorded)) == {"mem", "cpu", "blkio:8:0", "net:eth0"}
    check(recorded, crunchstat.run("-root", tmp_path / "dump", *flags, "true").log)
    assert (tmp_path / "dump/cgroup/memory/jobs/memory.stat").read_text() == "rss 7\n"


def test_each_file_is_copied_once_as_it_was_first(crunchstat, tree, tmp_path):
    tree.memory(7)
    tree.blkio({})
    job = crunchstat.start(*tree.flags, "-dump", tmp_path / "dump", "-poll", "20", "cat", stdin=subprocess.PIPE)
    job.more("mem")
    tree.memory(8)
    # A file that had nothing to say is copied when it has.
    tree.blkio({"8:0": (3, 4)})
    job.more("blkio:8:0")
    tree.blkio({"8:0": (5, 6)})
    job.more("mem", 4)
    assert job.finish() == 0
    check(job.log, crunchstat.run("-root", tmp_path / "dump", "-cgroup-root", "/cgroup", "true").log)


def test_a_file_that_serves_after_others_were_read(crunchstat, tree, tmp_path):
    """The processes are asked for bytes where a file counts none, and have none to tell."""
    tree.blkio({"8:0": (0, 0)}, folder="cgroup/blkio/jobs")
    tree.write("cgroup/cpuacct/jobs/cgroup.procs", "4242\n")
    tree.write("proc/4242/stat", "4242 (job) S 1 " + "0 " * 48 + "\n")
    done = record(crunchstat, tmp_path, *tree.flags, "-cgroup-parent", "jobs", "-stats", "blkio", program=("true",))
    assert first_values(done.log) == {"blkio:8:0": {"write": 0, "read": 0}}
    file = "cgroup/blkio/jobs/blkio.throttle.io_service_bytes"
    assert (tmp_path / "dump" / file).read_text() == (tree.root / file).read_text()


@pytest.mark.parametrize("case", ["full", "file", "nowhere", "empty", "locked"])
def test_a_folder_that_can_t_be_used(crunchstat, tmp_path, case, request):
    folder, options = tmp_path / "dump", {}
    if case == "full":
        (folder / "something").mkdir(parents=True)
    elif case == "file":
        folder.touch()
    elif case == "nowhere":
        folder = tmp_path / "none/dump"
    elif case == "empty":
        folder = ""
    else:
        options = request.getfixturevalue("nobody")
        folder.mkdir()
        folder.chmod(0o500)
        folder = "/proc/self/fd" if not os.access(tmp_path, os.X_OK) else folder
    done = crunchstat.run("-dump", folder, "echo", "ran", **options)
    assert (done.status, done.out) == (125, b"")
    [error] = done.err.decode().splitlines()
    assert error.startswith("crunchstat: error: flag -dump: ") and str(folder) in error


def test_an_empty_folder_that_is_there(crunchstat, tmp_path):
    (tmp_path / "dump").mkdir()
    record(crunchstat, tmp_path, program=("true",))
    assert (tmp_path / "dump/proc/self/mountinfo").read_text()


def test_a_disk_that_fills_up(crunchstat, tree, tmp_path):
    """One warning; the job does not notice, nor do its statistics, and no half of a file is kept."""
    tree.write("cgroup/memory/memory.stat", "rss 7\n" + "filler 1\n" * 3000)
    tree.write("cgroup/cpuacct/cpuacct.stat", "user 100\nsystem 50\n")
    limit = "ulimit -f 8; exec \"$@\""  # 4 KiB; the shell of dash counts blocks of 512 bytes
    words = ["-dump", str(tmp_path / "dump"), *map(str, tree.flags), "-poll", "20"]
    done = crunchstat.run(*words, "sh", "-c", "sleep 0.2; echo ran", command=["sh", "-c", limit, "sh", *command()])
    assert (done.status, done.out) == (0, b"ran\n")
    [warning] = done.log.warnings
    assert warning.startswith("flag -dump: cannot write ") and "memory.stat" in warning
    assert len(done.log.of("mem")) > 2 and len(done.log.of("cpu")) > 2
    assert not (tmp_path / "dump/cgroup/memory/memory.stat").exists()

"""Loads of known size in real v1 and hybrid groups, as root, and the numbers that crunchstat logs for them."""
import os
import pathlib
import sys

import pytest

from support import MIB, command


def cpu(log):
    """CPU seconds of the job, user and system together, at the last sample."""
    values = log.of("cpu")[-1].values
    return values["user"] + values["sys"]


def test_touched_memory(crunchstat, own, load):
    log = crunchstat.run("-poll", "50", load, "touch", "64", "1").log
    assert 64 * MIB <= max(sample.values["rss"] for sample in log.of("mem")) <= 72 * MIB
    peak = [notice.split() for notice in log.notices if notice.startswith("peak memory ")]
    assert len(peak) == 1 and int(peak[0][2]) >= 64 * MIB


@pytest.mark.user_time
def test_burnt_cpu_time(crunchstat, own, load):
    done = crunchstat.run("-poll", "100", load, "burn", "0.5")
    last = done.log.of("cpu")[-1]
    assert last.values["user"] == pytest.approx(0.5, rel=0.1)
    totals = [notice.split() for notice in done.log.notices if notice.startswith("total cpu ")]
    assert len(totals) == 1 and float(totals[0][2]) == pytest.approx(0.5, rel=0.1)


def test_bursts_shorter_than_a_tick(crunchstat, own, load):
    done = crunchstat.run("-poll", "10", load, "bursts", "1000", "100")
    assert cpu(done.log) == pytest.approx(float(done.out), rel=0.03)


def test_a_program_shorter_than_a_period(crunchstat, own, load):
    log = crunchstat.run("-poll", "1000", load, "burn", "0.05").log
    assert 0.05 <= cpu(log) < 0.07


def test_the_shortest_program_has_every_line(crunchstat, own):
    """However soon it ends, and whatever it leaves in the group, its network numbers are those of its namespace."""
    names = {line.split(":")[0].strip() for line in pathlib.Path("/proc/self/net/dev").read_text().splitlines()[2:]}
    expected = {"mem", "cpu"} | {f"net:{name}" for name in names - {"lo"}}
    for program in ["true"], ["sh", "-c", "sleep 0.05 >/dev/null 2>&1 & exit 0"]:
        for _ in range(15):
            log = crunchstat.run(*program).log
            assert expected <= {sample.name for sample in log.samples}, log.notices


def test_a_sleeping_program_uses_no_cpu(crunchstat, own):
    log = crunchstat.run("sleep", "1").log
    assert 0 <= cpu(log) < 0.05
    assert len(log.of("cpu")) >= 2


def test_two_jobs_at_once_are_told_apart(crunchstat, own, load):
    busy = crunchstat.start("-poll", "100", load, "burn", "0.5")
    idle = crunchstat.run("-poll", "100", "sleep", "0.3")
    assert busy.wait() == 0
    assert cpu(idle.log) < 0.05
    assert cpu(busy.log) == pytest.approx(0.5, rel=0.1)


def test_a_jobs_children_count(crunchstat, own, load):
    log = crunchstat.run("-poll", "50", "sh", "-c", '"$0" burn 0.1 & "$0" burn 0.1; wait', load).log
    assert cpu(log) == pytest.approx(0.2, rel=0.15)


def disk(folder):
    """major:minor of the disk, not the partition, that a folder is on."""
    device = os.stat(folder).st_dev
    place = pathlib.Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}").resolve()
    if not place.is_dir():
        pytest.skip(f"why: {folder} is on no block device")
    return (place.parent / "dev" if (place / "partition").exists() else place / "dev").read_text().strip()


# v1 counts a group's bytes only under a throttling rule: the job sets one on its own group, too wide to slow it.
WRITER = """
group="$1$(sed -n 's/^[0-9]*:blkio:.*\\(\\/crunchstat-[^/]*\\)$/\\1/p' /proc/self/cgroup)"
echo "$2 1000000000000" >"$group/blkio.throttle.write_bps_device" || exit 99
exec dd if=/dev/zero of="$3" bs=1M count=32 oflag=direct conv=fsync
"""


@pytest.fixture
def counted(own, tmp_path):
    """The disk that the test's folder is on. The kernel begins to count when the first rule is set; were that the
    job's, what it has used before would be told of its processes."""
    device = disk(tmp_path)
    group = own.paths["blkio"] / f"ruled-by-a-test-{os.getpid()}"
    group.mkdir()
    try:
        (group / "blkio.throttle.write_bps_device").write_text(f"{device} 1000000000000")
        yield device
    finally:
        group.rmdir()


def test_written_bytes(crunchstat, own, tmp_path, counted):
    device = counted
    done = crunchstat.run("-poll", "20", "sh", "-c", WRITER, "sh", own.paths["blkio"], device, tmp_path / "data")
    assert done.status == 0, done.err
    samples = done.log.of(f"blkio:{device}")
    assert 32 * MIB <= samples[-1].values["write"] < 40 * MIB
    totals = [notice.split() for notice in done.log.notices if notice.startswith(f"total blkio:{device} ")]
    assert len(totals) == 1 and int(totals[0][2]) >= 32 * MIB


SENDER = """
import socket, sys, time
with socket.create_connection(("10.231.7.2", 7000), timeout=20) as link:
    link.sendall(bytes(10 << 20))
time.sleep(float(sys.argv[1]))
"""
RECEIVER = """
import socket
with socket.create_server(("10.231.7.2", 7000)) as server:
    print("ready", flush=True)
    link, _ = server.accept()
    while link.recv(1 << 16): pass
"""


@pytest.fixture
def sender(crunchstat, wire):
    """The way into the sender's namespace, once a receiver in the other one is ready."""
    receiver = crunchstat.popen([sys.executable, "-c", RECEIVER], command=wire[1], stdout=-1)
    assert receiver.stdout.readline() == b"ready\n"
    return wire[0]


def test_sent_bytes(crunchstat, own, sender):
    """crunchstat is in the namespace already; the job is shorter than a period."""
    done = crunchstat.run("-poll", "10s", sys.executable, "-c", SENDER, "0", command=[*sender, *command()])
    assert done.status == 0, done.err
    assert done.log.of("net:tube0")[-1].differences["tx"] >= 10 * MIB
    assert not done.log.of("net:lo")
    assert sum("namespace" in notice for notice in done.log.notices) == 1
    totals = [notice.split() for notice in done.log.notices if notice.startswith("total net:tube0 ")]
    assert len(totals) == 1 and int(totals[0][2]) >= 10 * MIB


def test_sent_bytes_of_a_job_that_goes_into_a_namespace(crunchstat, own, sender):
    done = crunchstat.run("-poll", "50", *sender, sys.executable, "-c", SENDER, "3")
    assert done.status == 0, done.err
    assert done.log.of("net:tube0")[-1].values["tx"] >= 10 * MIB

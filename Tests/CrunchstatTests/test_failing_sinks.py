"""Log lines and stderr that can't be written: the program is not disturbed, its status stays its own."""
import fcntl
import os
import pathlib
import resource
import select
import shutil
import subprocess
import time

import pytest

from support import Log, until

SCRIPT = "for i in 1 2 3 4 5; do echo line $i >&2; sleep 0.03; done; exit 7"


def test_dev_full(crunchstat):
    for flags in ([], ["-log", "/dev/full"]):
        with open("/dev/full", "w") as full:
            assert crunchstat.start("-poll", "10", *flags, "sh", "-c", SCRIPT, stderr=full).wait() == 7


def test_stderr_that_is_closed(crunchstat):
    """The program finds it closed, as without us; its descriptors are no others than those it would have."""
    process = crunchstat.popen(["-poll", "10", "sh", "-c", "ls /proc/self/fd; exit 7"], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, preexec_fn=lambda: os.close(2))
    assert process.stdout.read() == b"0\n1\n2\n" and process.wait(30) == 7  # 2 is the folder that ls reads


def test_stdout_is_let_go_of_before_a_full_stderr_is_waited_for(crunchstat):
    """Who started crunchstat may read stdout to its end before stderr, though the program has ended at once (which
    it has, by crunchstat's first look, in one run of five)."""
    for _ in range(12):
        end, stderr = os.pipe()
        fcntl.fcntl(stderr, fcntl.F_SETPIPE_SZ, 4096)
        os.write(stderr, bytes(4096))
        process = crunchstat.popen(["-scope", "inherit", "true"], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=stderr)
        os.close(stderr)
        assert select.select([process.stdout], [], [], 20)[0] and process.stdout.read() == b""
        assert process.poll() is None
        with open(end, "rb") as pipe:
            assert Log(pipe.read()[4096:]).of("cpu")
        assert process.wait(30) == 0


def test_a_limit_on_the_size_of_files(crunchstat, tmp_path):
    """RLIMIT_FSIZE: EFBIG and SIGXFSZ, which the program never hears of."""
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    with open(tmp_path / "err", "wb") as err:
        job = crunchstat.popen(["-poll", "5", "sh", "-c", SCRIPT], stdin=subprocess.DEVNULL, stderr=err,
                               preexec_fn=limit)
        assert job.wait(30) == 7
    text = (tmp_path / "err").read_bytes()
    assert len(text) == 1000 and b"SIGXFSZ" not in text


@pytest.fixture
def disk(tmp_path):
    """A disk of 64 KiB."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("why: mounting a small disk takes root and mount")
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "crunchstat-test", folder], capture_output=True)
    if done.returncode != 0:
        pytest.skip(f"why: {done.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def fill(disk):
    with open(disk / "filler", "wb", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(4096))
        except OSError:
            pass


@pytest.mark.parametrize("way", ["stderr", "-log"])
def test_a_disk_that_fills_up(crunchstat, disk, way):
    """Log lines wait while they can; what is dropped is told once there is room; no line is torn."""
    file = disk / "log"
    flags = ["-log", file] if way == "-log" else []
    file.touch()
    with open(disk / "err", "ab") as err:
        job = crunchstat.start("-poll", "5", *flags, "sh", "-c",
                               "echo before >&2; while [ ! -e stop ]; do sleep 0.02; echo x >&2; done; exit 7",
                               stderr=err, cwd=crunchstat.folder)
    if way == "stderr":
        file = pathlib.Path(disk / "err")
    until(lambda: b"crunchstat: cpu" in file.read_bytes())
    fill(disk)
    size = until(lambda: os.statvfs(disk).f_bavail == 0 and file.stat().st_size)
    until(lambda: file.stat().st_size % 4096 == 0)  # its last page is full too
    time.sleep(0.3)  # some lines of the program's come to nothing
    os.unlink(disk / "filler")
    until(lambda: file.stat().st_size > size + 2000)
    (crunchstat.folder / "stop").touch()
    assert job.wait() == 7
    log = Log(file.read_bytes())
    assert len(log.of("cpu")) > 2 and log.cost()
    if way == "stderr":
        assert any("No space left on device" in text and "bytes of the program's stderr" in text
                   for text in log.notices)
        assert set(log.program) <= {"before", "x", ""}
    else:
        assert log.program == []

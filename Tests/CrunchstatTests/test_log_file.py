"""-log FILE: log lines go there, and the program has crunchstat's own stderr."""
import os
import sys

import pytest

from support import Log


def test_log_lines_go_to_the_file_after_what_it_held(crunchstat, tmp_path):
    file = tmp_path / "log"
    file.write_text("before\n")
    done = crunchstat.run("-log", file, "-poll", "20", "sh", "-c", "echo mine >&2; sleep 0.1; exit 6")
    assert (done.status, done.err) == (6, b"mine\n")
    log = Log(file.read_bytes())
    assert log.program == ["before"]
    assert log.own[0].startswith("crunchstat: Running [sh ") and log.cost()


def test_the_program_inherits_stderr_itself(crunchstat):
    job = crunchstat.start("-log", "/dev/null", "sh", "-c", "readlink /proc/self/fd/2 >&2")
    assert job.wait() == 0
    assert job.err.decode() == f"{job.errors}\n"


def test_timestamps_in_the_file(crunchstat, tmp_path):
    crunchstat.run("-log", tmp_path / "log", "-timestamps", "true")
    for line in (tmp_path / "log").read_text().splitlines():
        assert line[:2] == "20" and line[29:].startswith("Z crunchstat: ")


def test_the_file_is_not_held_open_by_what_the_program_leaves_behind(crunchstat, tmp_path):
    """With stderr inherited there is nothing to pass on, so nothing to wait for."""
    job = crunchstat.start("-log", tmp_path / "log", "-drain", "60", "sh", "-c", "sleep 60 & exit 3")
    assert job.wait(30) == 3


@pytest.mark.parametrize("file", ["none/log", "."])
def test_a_file_that_can_not_be_opened(crunchstat, tmp_path, file):
    done = crunchstat.run("-log", file, "touch", "ran", cwd=tmp_path)
    assert (done.status, done.out) == (125, b"")
    assert len(done.log.errors) == 1 and file in done.log.errors[0]
    assert not (tmp_path / "ran").exists()


def test_the_log_is_no_descriptor_of_the_program(crunchstat, tmp_path):
    open_ones = "import os; print([n for n in range(64) if os.path.exists(f'/proc/self/fd/{n}')])"
    done = crunchstat.run("-log", tmp_path / "log", sys.executable, "-c", open_ones)
    assert done.out == b"[0, 1, 2]\n"


def test_a_full_disk_never_stops_the_program(crunchstat):
    if not os.path.exists("/dev/full"):
        pytest.skip("why: no /dev/full")
    assert crunchstat.run("-log", "/dev/full", "-poll", "10", "sh", "-c", "sleep 0.1; exit 5").status == 5

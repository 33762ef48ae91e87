"""The exit status is the program's; where no program ran it says why."""
import os

import pytest

# These tests are not about groups: without them, hundreds of runs make none.
INHERIT = ["-scope", "inherit"]


def script(path, text="echo ran", mode=0o755):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


def refused(done, status):
    """No program ran: one error line says so, and it is the only one."""
    assert (done.status, done.out) == (status, b"")
    assert len(done.log.errors) == 1
    return True


def test_every_exit_status(crunchstat):
    statuses = [crunchstat.run(*INHERIT, "sh", "-c", f"exit {number}").status for number in range(256)]
    assert statuses == list(range(256))


@pytest.mark.parametrize("status", [0, 1, 125, 255])
def test_exit_status_from_a_group_of_its_own(crunchstat, status):
    assert crunchstat.run("sh", "-c", f"exit {status}").status == status


@pytest.mark.parametrize("number", [1, 2, 3, 6, 9, 11, 13, 14, 15, 34, 64])
def test_death_by_a_signal(crunchstat, number):
    done = crunchstat.run("sh", "-c", f"ulimit -c 0; kill -{number} $$")
    assert done.status == 128 + number


@pytest.mark.parametrize("program", ["crunchstat-no-such-program", "./none", "/none/such", ""])
def test_a_program_that_does_not_exist(crunchstat, tmp_path, program):
    assert refused(crunchstat.run(program, cwd=tmp_path, env={"PATH": "/usr/bin:/bin"}), 127)


def test_the_error_names_the_program(crunchstat):
    assert "/none/such" in crunchstat.run("/none/such").log.errors[0]


def test_a_file_without_leave_to_execute(crunchstat, tmp_path):
    assert refused(crunchstat.run(script(tmp_path / "plain", mode=0o644)), 126)


def test_a_directory(crunchstat, tmp_path):
    assert refused(crunchstat.run(tmp_path), 126)


def test_a_script_without_an_interpreter_line(crunchstat, tmp_path):
    done = crunchstat.run(script(tmp_path / "plain", 'echo "$1"; exit 7'), "a b")
    assert (done.status, done.out) == (7, b"a b\n")


def test_a_script_without_an_interpreter_line_in_path(crunchstat, tmp_path):
    script(tmp_path / "a/tool", "exit 7")
    assert crunchstat.run("tool", env={"PATH": f"{tmp_path}/a:/usr/bin:/bin"}).status == 7


def test_path_goes_on_after_what_can_not_be_executed(crunchstat, tmp_path):
    script(tmp_path / "a/tool", mode=0o644)
    (tmp_path / "b/tool").mkdir(parents=True)
    script(tmp_path / "c/tool", "#!/bin/sh\necho third")
    done = crunchstat.run("tool", env={"PATH": f"{tmp_path}/none:{tmp_path}/a:{tmp_path}/b:{tmp_path}/c"})
    assert (done.status, done.out) == (0, b"third\n")


def test_path_takes_the_first(crunchstat, tmp_path):
    script(tmp_path / "a/tool", "#!/bin/sh\necho first")
    script(tmp_path / "b/tool", "#!/bin/sh\necho second")
    assert crunchstat.run("tool", env={"PATH": f"{tmp_path}/a:{tmp_path}/b"}).out == b"first\n"


def test_path_with_only_what_can_not_be_executed(crunchstat, tmp_path):
    script(tmp_path / "a/tool", mode=0o644)
    assert refused(crunchstat.run("tool", env={"PATH": f"{tmp_path}/a:{tmp_path}/none"}), 126)


@pytest.mark.parametrize("path", ["", ":/none", "/none:", "/none::/nowhere"])
def test_an_empty_element_of_path_is_the_working_directory(crunchstat, tmp_path, path):
    script(tmp_path / "tool", "#!/bin/sh\necho here")
    assert crunchstat.run("tool", cwd=tmp_path, env={"PATH": path}).out == b"here\n"


def test_the_working_directory_is_searched_only_when_path_says_so(crunchstat, tmp_path):
    script(tmp_path / "tool", "#!/bin/sh\necho here")
    assert refused(crunchstat.run("tool", cwd=tmp_path, env={"PATH": "/usr/bin:/bin"}), 127)


def test_a_name_with_a_slash_is_not_searched(crunchstat, tmp_path):
    script(tmp_path / "a/b/tool", "#!/bin/sh\necho found")
    assert refused(crunchstat.run("b/tool", cwd=tmp_path, env={"PATH": f"{tmp_path}/a"}), 127)


def test_without_path_the_system_folders_are_searched(crunchstat):
    assert crunchstat.run("sh", "-c", "exit 3", env={}).status == 3


def test_the_program_sees_the_name_it_was_called_by(crunchstat):
    assert crunchstat.run("cat", "/proc/self/cmdline").out == b"cat\0/proc/self/cmdline\0"


@pytest.mark.parametrize("root", ["/none/such", "/proc", os.devnull])
def test_statistics_that_can_not_be_read_do_not_matter(crunchstat, root):
    done = crunchstat.run("-cgroup-root", root, "-poll", "10", "sh", "-c", "sleep 0.1; exit 9")
    assert done.status == 9
    assert done.log.samples == []

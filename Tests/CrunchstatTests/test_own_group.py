"""A control group for the job alone: who is in it, and what becomes of it. On real v1 and hybrid hosts, as root."""
import os
import pathlib
import signal
import subprocess

import pytest

from support import Groups, command, enter, gone, until


def places(text):
    """{controllers: path} from the contents of a /proc/PID/cgroup."""
    return {line.split(":", 2)[1]: line.split(":", 2)[2] for line in text.splitlines()}


def counting(groups):
    """The hierarchies that count something and don't carry cpu, as /proc/PID/cgroup calls them."""
    names = [name for name in ("memory", "blkio", "pids", "cpuacct") if name in groups.paths]
    if groups.shared("cpuacct", "cpu"):
        names.remove("cpuacct")
    return set(names + [""] * ("unified" in groups.paths))


def test_the_program_is_in_it_from_the_first_instruction(crunchstat, own):
    ours = places(pathlib.Path("/proc/self/cgroup").read_text())
    for _ in range(10):  # a program that is moved late would now and then read its old place
        done = crunchstat.run("cat", "/proc/self/cgroup")
        assert done.status == 0
        for names, place in places(done.out.decode()).items():
            if set(names.split(",")) & counting(own):
                assert place.startswith(f"{ours[names].rstrip('/')}/crunchstat-{done.pid}-"), names
            else:
                assert place == ours[names]


def test_crunchstat_stays_out_of_it(crunchstat, own):
    job = crunchstat.start("-poll", "20", "cat", stdin=subprocess.PIPE)
    job.more("mem")
    assert pathlib.Path(f"/proc/{job.pid}/cgroup").read_text() == pathlib.Path("/proc/self/cgroup").read_text()
    for group in own.of(job.pid):
        assert str(job.pid) not in (group / "cgroup.procs").read_text().split()
    assert job.finish() == 0


def test_the_choice_is_logged(crunchstat, own):
    job = crunchstat.start("cat", stdin=subprocess.PIPE)
    job.more("mem", 1)
    made = own.of(job.pid)
    assert len(made) >= len(counting(own))
    assert job.finish() == 0
    chosen = [notice for notice in job.log.notices if notice.startswith("scope own: ")]
    assert len(chosen) == 1
    assert sorted(map(pathlib.Path, chosen[0].removeprefix("scope own: ").split(", "))) == made


@pytest.mark.parametrize("scope", ["auto", "own"])
@pytest.mark.parametrize("program, status", [
    (["true"], 0), (["sh", "-c", "exit 3"], 3), (["sh", "-c", "kill -9 $$"], 137), (["/none/such"], 127), (["/"], 126),
    (["sh", "-c", "sleep 0.2 >/dev/null 2>&1 & wait"], 0),
], ids=lambda value: value[-1] if isinstance(value, list) else "")
def test_it_is_gone_afterwards(crunchstat, own, scope, program, status):
    done = crunchstat.run("-scope", scope, *program)
    assert done.status == status
    assert own.of(done.pid) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_is_gone_after_a_signal(crunchstat, own, number):
    job = crunchstat.start("sleep", "60")
    job.more("mem", 1)
    assert own.of(job.pid)
    job.process.send_signal(number)
    assert job.wait() == 128 + number
    assert own.of(job.pid) == []


def test_an_empty_one_of_a_dead_crunchstat_is_removed_by_the_next(place, crunchstat):
    outer = place("next", "memory")  # below which no other crunchstat of this machine looks
    enter(os.getpid(), [outer])
    crunchstat.groups = Groups()
    job = crunchstat.start("sleep", "60")
    job.more("mem", 1)
    job.process.kill()
    job.wait()
    alive = crunchstat.run("true")  # while the program lives its group is not empty
    [group] = outer.glob(f"crunchstat-{job.pid}-*")
    assert alive.status == 0 and group in crunchstat.groups.of(job.pid)
    os.killpg(job.pid, signal.SIGKILL)
    until(lambda: gone(job.pid))
    until(lambda: not (group / "cgroup.procs").read_text())
    assert crunchstat.run("true").status == 0
    assert crunchstat.groups.of(job.pid) == []


def test_that_of_a_living_crunchstat_is_left_alone(crunchstat, own):
    job = crunchstat.start("-poll", "20", "cat", stdin=subprocess.PIPE)
    job.more("mem")
    before = own.of(job.pid)
    assert crunchstat.run("true").status == 0
    assert own.of(job.pid) == before
    job.more("mem")
    assert job.finish() == 0


def test_it_stays_with_what_the_program_left_behind(crunchstat, own):
    job = crunchstat.start("sh", "-c", "sleep 60 >/dev/null 2>&1 & echo $!; exit 3", stdout=subprocess.PIPE)
    left = job.process.stdout.read().strip().decode()
    assert job.wait() == 3
    groups = own.of(job.pid)
    assert groups and all(left in (group / "cgroup.procs").read_text().split() for group in groups)
    assert any(str(groups[0]) in notice for notice in job.log.notices if not notice.startswith(("scope", "reading")))


def test_one_crunchstat_in_another(crunchstat, own):
    done = crunchstat.run("-scope", "own", *command(), "-scope", "own", "sh", "-c",
                          "cat /proc/self/cgroup; exit 5")
    assert done.status == 5
    for names, place in places(done.out.decode()).items():
        if set(names.split(",")) & counting(own):
            assert place.count("/crunchstat-") == 2
    assert own.of(done.pid) == []


def test_scope_inherit_makes_none(crunchstat, own):
    done = crunchstat.run("-scope", "inherit", "cat", "/proc/self/cgroup")
    assert done.out == pathlib.Path("/proc/self/cgroup").read_bytes()
    assert sum(notice.startswith("scope inherit: ") for notice in done.log.notices) == 1


def test_without_privilege_own_is_an_error(crunchstat, own, nobody):
    done = crunchstat.run("-scope", "own", "echo", "ran", **nobody)
    assert (done.status, done.out) == (125, b"")
    assert len(done.log.errors) == 1 and "ermission denied" in done.log.errors[0]


def test_a_group_that_can_be_made_in_part_only(crunchstat, own, nobody):
    """One hierarchy is open to the user, the others are not: the half that was made is removed again."""
    folder = own.paths["memory"] / f"crunchstat-test-{os.getpid()}"
    folder.mkdir()
    try:
        (folder / "cgroup.procs").chmod(0o666)
        folder.chmod(0o777)

        def enter():
            (folder / "cgroup.procs").write_text("0")

        # the user is changed after entering, by a program that does nothing else
        words = nobody.pop("command")
        options = {"command": ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *words], "cwd": "/"}
        done = crunchstat.run("-scope", "own", "true", preexec_fn=enter, **options)
        assert done.status == 125
        assert [path for path in folder.iterdir() if path.is_dir()] == []
    finally:
        until(lambda: Groups.removed(folder))


def test_groups_of_others_stay_whatever_they_are_called(crunchstat, own):
    kept = own.paths["memory"] / f"crunchstat-keep-{os.getpid()}"
    kept.mkdir()
    try:
        assert crunchstat.run("true").status == 0
        assert kept.is_dir()
    finally:
        kept.rmdir()


def test_many_at_once(crunchstat, own):
    """Each looks for groups left behind while others are making theirs: none may be taken for such a one."""
    for _ in range(4):
        jobs = [crunchstat.start("-scope", "own", "true") for _ in range(24)]
        assert [job.wait() for job in jobs] == [0] * 24, [job.log.errors for job in jobs]
    assert not any(own.of(job.pid) for job in jobs)


def test_a_crunchstat_killed_inside_another_leaves_nothing(crunchstat, own, tmp_path):
    inner = " ".join(command())
    program = f"{inner} sh -c 'echo $$ >{tmp_path}/pid; exec sleep 30' & "
    wait = f"while ! [ -s {tmp_path}/pid ]; do sleep 0.05; done; "
    job = crunchstat.start("sh", "-c", f"{program}{wait}kill -9 $! $(cat {tmp_path}/pid); sleep 0.2")
    assert job.wait() == 0
    assert not own.of(job.pid)
    assert not [text for text in job.log.notices if "behind" in text]


def test_groups_that_the_program_made_are_called_so(crunchstat, own):
    make = "mkdir /sys/fs/cgroup/memory$(awk -F: '$2 == \"memory\" {print $3}' /proc/self/cgroup)/inner"
    done = crunchstat.run("sh", "-c", make)
    assert [text for text in done.log.notices if "left control groups behind" in text]


def test_shared_groups_are_named_under_inherit(crunchstat, own):
    """The tests' own processes are in each of them; a group of crunchstat's own has only the program in it."""
    done = crunchstat.run("-scope", "inherit", "sh", "-c", "sleep 0.1 & wait")
    [text] = [text for text in done.log.notices if text.startswith("scope inherit: ")]
    assert "others are in" in text and str(own.paths["memory"]) in text.partition("others are in")[2]
    inner = " ".join(command())
    alone = f"exec {inner} -scope inherit sh -c 'sleep 0.1 & wait'"
    done = crunchstat.run("sh", "-c", alone)
    text = [text for text in done.log.notices or done.log.program if "scope inherit" in text][0]
    named = text.partition("others are in")[2]
    assert not any(f"/crunchstat-{done.pid}-" in word for word in named.split()), text
    # crunchstat itself is there in any case
    assert "so the numbers cover more than the job" in text

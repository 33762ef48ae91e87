"""Containers in trees of either version, below whatever name their engine gave to their group."""
import shutil

import pytest

from support import command, until

ID = "3f1c" * 16
STAT = "anon 5000\nfile 6000\npgmajfault 7\n"
CONTAINER = ("-cgroup-cid", "cid", "-poll", "20")

PLACES = [
    ("docker", f"docker/{ID}"),
    ("docker", f"system.slice/docker-{ID}.scope"),
    ("", f"system.slice/docker-{ID}.scope"),
    ("", f"machine.slice/libpod-{ID}.scope"),
    ("", f"docker/{ID}"),
    ("machine.slice", f"machine.slice/libpod-{ID}.scope"),
    ("jobs", f"jobs/libpod-{ID}"),
    ("jobs", f"jobs/docker-{ID}.scope"),
    ("a-b.slice", f"a.slice/a-b.slice/crio-{ID}.scope"),
]


def files(tree, group, root="cgroup"):
    tree.write(f"{root}/{group}/memory.stat", STAT)
    tree.write(f"{root}/{group}/memory.swap.current", "8000\n")


def flags(parent):
    return [*CONTAINER, *(["-cgroup-parent", parent] if parent else [])]


def taken(log):
    return [notice.split()[-1] for notice in log.notices if notice.startswith("the container's control group is ")]


@pytest.mark.parametrize("parent, group", PLACES)
@pytest.mark.parametrize("layout", ["v2", "v1"])
def test_the_group_is_found_by_the_id(crunchstat, tree, parent, group, layout):
    tree.write("cid", ID)
    tree.write("cgroup/memory.stat", "anon 666\n")
    if layout == "v2":
        files(tree, group)
        expected = {"cache": 6000, "swap": 8000, "pgmajfault": 7, "rss": 5000}
    else:
        tree.memory(5, f"cgroup/memory/{group}/memory.stat")
        expected = {"rss": 5}
    log = crunchstat.run(*tree.flags, *flags(parent), "sleep", "0.1", cwd=tree.root).log
    assert taken(log) == [group]
    assert len(log.of("mem")) >= 2
    assert all(sample.values == expected for sample in log.of("mem"))


@pytest.mark.parametrize("parent, group", PLACES)
def test_a_group_that_comes_late_under_another_name(crunchstat, tree, parent, group):
    tree.write("cid", ID)
    tree.write("cgroup/memory.stat", "anon 666\n")
    job = crunchstat.start(*tree.flags, *flags(parent), "sh", "-c", "read word", cwd=tree.root, stdin=-1)
    until(lambda: any("did not find mem" in notice for notice in job.log.notices))
    assert not job.log.samples
    files(tree, group)
    until(lambda: len(job.log.of("mem")) >= 2)
    job.finish()
    assert taken(job.log) == [group]
    assert {sample.values["rss"] for sample in job.log.of("mem")} == {5000}
    made, _, _, _, _ = job.log.cost()
    assert made >= 2


def test_no_other_container_is_taken_for_it(crunchstat, tree):
    tree.write("cid", ID)
    for group in (f"docker/{ID[:-1]}", f"docker/{ID}0", f"system.slice/docker-{ID}0.scope", "docker"):
        files(tree, group)
    log = crunchstat.run(*tree.flags, *flags("docker"), "sleep", "0.1", cwd=tree.root).log
    assert not log.samples and not taken(log)


def test_a_watch_without_a_program_ends_with_the_group(crunchstat, tree):
    tree.write("cid", ID)
    group = f"system.slice/docker-{ID}.scope"
    job = crunchstat.start(*tree.flags, *flags(""), cwd=tree.root)
    until(lambda: any("did not find mem" in notice for notice in job.log.notices))
    files(tree, group)
    until(lambda: job.log.of("mem"))
    shutil.rmtree(tree.root / "cgroup" / group)
    assert job.wait(30) == 0
    assert any("gone" in notice for notice in job.log.notices)


@pytest.mark.parametrize("place", [CONTAINER, ("-cgroup-parent", "jobs", "-poll", "20")])
def test_a_group_that_goes_between_few_looks(crunchstat, tree, place):
    """Seen when it was found, and gone when it is looked for again: the tracer holds crunchstat up in between."""
    if not shutil.which("strace"):
        pytest.skip("why: strace is not installed")
    if len(command()) > 1:
        pytest.skip("why: crunchstat runs under another tracer already")
    tree.write("cid", ID)
    group = f"docker/{ID}" if place is CONTAINER else "jobs"
    files(tree, group)
    job = crunchstat.start("-o", "/dev/null", "-e", "inject=ppoll:delay_enter=500ms", *command(), *tree.flags, *place,
                           cwd=tree.root, command=[shutil.which("strace"), "-qq"])
    until(lambda: job.log.of("mem"))
    shutil.rmtree(tree.root / "cgroup" / group)
    assert job.wait(30) == 0
    assert any("gone" in notice for notice in job.log.notices)

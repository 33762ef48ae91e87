"""-cgroup-root and its companions: which files are read, and when a container's are not there."""
import shutil
import subprocess

import pytest

from support import command, until

CONTAINER = ["-cgroup-parent", "jobs", "-cgroup-cid", "cid"]
HOST = ["memory/memory.stat", "memory.stat"]


def run(crunchstat, tree, *flags, program=("true",)):
    return crunchstat.run(*tree.flags, *flags, *program, cwd=tree.root)


def start(crunchstat, tree, *flags):
    """A run at 20 ms that the test ends by closing its stdin."""
    return crunchstat.start(*tree.flags, *flags, "-poll", "20", "cat", cwd=tree.root, stdin=subprocess.PIPE)


def missed(log, name="mem"):
    return [notice for notice in log.notices if notice.startswith("did not find ") and name in notice]


@pytest.mark.parametrize("flags, candidates", [
    ([], HOST),
    (["-cgroup-parent", "jobs"], ["memory/jobs/memory.stat", "jobs/memory.stat"]),
    (["-cgroup-cid", "cid"], ["memory/c1/memory.stat", "c1/memory.stat"]),
    (CONTAINER, ["memory/jobs/c1/memory.stat", "jobs/c1/memory.stat"]),
], ids=["root", "parent", "cid", "both"])
def test_order_of_candidates(crunchstat, tree, flags, candidates):
    tree.write("cid", "c1")
    for number, path in enumerate(dict.fromkeys(candidates + HOST)):
        tree.memory(number, f"cgroup/{path}")
    for number, path in enumerate(candidates):
        log = run(crunchstat, tree, *flags).log
        assert {sample.values["rss"] for sample in log.of("mem")} == {number}
        assert [notice for notice in log.notices if notice.startswith("reading stats from ") and path in notice]
        (tree.root / "cgroup" / path).unlink()
    log = run(crunchstat, tree, *flags).log
    assert log.of("mem") == []
    assert len(missed(log)) == 1


def test_each_file_has_its_own_place(crunchstat, tree):
    tree.write("cid", "c1")
    tree.memory(7, "cgroup/memory/jobs/c1/memory.stat")
    tree.write("cgroup/jobs/c1/cpuacct.stat", "user 100\nsystem 50\n")
    tree.blkio({"8:0": (3, 4)}, folder="cgroup/blkio/jobs/c1")
    tree.write("cgroup/jobs/c1/cpuset.cpus", "0-2\n")
    log = run(crunchstat, tree, *CONTAINER).log
    assert log.of("mem")[0].values == {"rss": 7}
    assert log.of("cpu")[0].values["cpus"] == 3
    assert log.of("blkio:8:0")[0].values == {"write": 3, "read": 4}


def test_the_real_root_is_the_default(crunchstat, tree):
    tree.memory(5)
    log = crunchstat.run("-cgroup-root", tree.root / "cgroup", "true").log
    assert log.of("mem")[0].values == {"rss": 5}


@pytest.mark.parametrize("flags, expected", [([], 1), (["-cgroup-parent", "jobs"], 0)])
def test_a_notice_says_that_numbers_are_the_hosts(crunchstat, tree, flags, expected):
    tree.memory(5)
    log = run(crunchstat, tree, *flags, program=("sleep", "0.1")).log
    assert sum("host" in notice for notice in log.notices) == expected


def test_nothing_of_the_host_is_shown_for_a_container(crunchstat, tree):
    tree.write("cid", "c1")
    for folder in ("cgroup", "cgroup/memory", "cgroup/cpuacct", "cgroup/memory/jobs", "cgroup/jobs"):
        tree.memory(666, f"{folder}/memory.stat")
        tree.write(f"{folder}/cpuacct.stat", "user 666\nsystem 666\n")
    tree.usage(666, 1, 1)
    tree.net({"eth0": (666, 666)})
    tree.blkio({"8:0": (666, 666)})
    log = run(crunchstat, tree, *CONTAINER, "-poll", "10", program=("sleep", "0.3")).log
    assert log.samples == []
    assert len(set(log.own)) == len(log.own), "something repeats at polling rate"


@pytest.mark.parametrize("text", ["c1", "c1\n", " \t\nc1 \r\n"])
def test_white_space_around_the_id(crunchstat, tree, text):
    tree.write("cid", text)
    tree.memory(5, "cgroup/memory/jobs/c1/memory.stat")
    assert run(crunchstat, tree, *CONTAINER).log.of("mem")[0].values == {"rss": 5}


@pytest.mark.parametrize("first", [None, "", "\n"], ids=["absent", "empty", "newline"])
def test_an_id_that_comes_late(crunchstat, tree, first):
    """The program that makes the container writes the file, so it has to run meanwhile."""
    if first is not None:
        tree.write("cid", first)
    tree.memory(5, "cgroup/memory/jobs/c1/memory.stat")
    tree.memory(666)
    job = crunchstat.start(*tree.flags, *CONTAINER, "-wait", "60", "-poll", "20",
                           "sh", "-c", "sleep 0.3; echo c1 >cid; read word", cwd=tree.root, stdin=subprocess.PIPE)
    until(lambda: len(job.log.of("mem")) > 2)
    assert job.finish() == 1  # the shell's read met the end of file
    assert {sample.values["rss"] for sample in job.log.samples} == {5}


@pytest.mark.parametrize("text", [None, "", " \n"], ids=["absent", "empty", "blank"])
def test_an_id_that_never_comes(crunchstat, tree, text):
    if text is not None:
        tree.write("cid", text)
    tree.memory(666)
    tree.memory(666, "cgroup/memory/jobs/memory.stat")
    done = run(crunchstat, tree, *CONTAINER, "-wait", "0.1", "-poll", "20",
               program=("sh", "-c", "sleep 0.5; exit 4"))
    assert done.status == 4
    assert done.log.samples == []
    assert sum("cid" in text for text in done.log.notices + done.log.warnings + done.log.errors) >= 1
    assert len(set(done.log.own)) == len(done.log.own)
    # one reason is enough
    assert len(done.log.warnings) == 1


def test_a_program_that_ends_while_the_id_is_awaited(crunchstat, tree):
    done = run(crunchstat, tree, *CONTAINER, "-wait", "300", program=("sh", "-c", "exit 4"))
    assert done.status == 4


def test_a_group_that_appears_late(crunchstat, tree):
    tree.write("cid", "c1")
    job = start(crunchstat, tree, *CONTAINER)
    until(lambda: len(missed(job.log)) == 1)
    tree.memory(5, "cgroup/memory/jobs/c1/memory.stat")
    job.more("mem")
    assert job.finish() == 0
    assert len(missed(job.log)) == 1


@pytest.mark.parametrize("way", ["file", "group"])
def test_a_file_that_goes_and_returns(crunchstat, tree, way):
    tree.write("cid", "c1")
    path = "cgroup/memory/jobs/c1/memory.stat"
    tree.memory(5, path)
    tree.memory(666)
    job = start(crunchstat, tree, *CONTAINER)
    job.more("mem")
    if way == "file":
        (tree.root / path).unlink()
    else:
        shutil.rmtree(tree.root / "cgroup/memory/jobs/c1")
    until(lambda: quiet(job))
    tree.memory(6, path)
    until(lambda: job.log.of("mem")[-1].values == {"rss": 6})
    assert job.finish() == 0
    assert {sample.values["rss"] for sample in job.log.samples} == {5, 6}
    assert len(set(job.log.notices)) >= len(job.log.notices) - 1  # its source may be named again


def quiet(job):
    """Whether no memory sample comes in the time of ten polls."""
    before = len(job.log.of("mem"))
    with pytest.raises(subprocess.TimeoutExpired):
        job.wait(0.2)
    return len(job.log.of("mem")) == before


def test_a_file_that_is_replaced(crunchstat, tree):
    tree.memory(5)
    job = start(crunchstat, tree)
    job.more("mem")
    tree.memory(6, "cgroup/memory/new")
    (tree.root / "cgroup/memory/new").rename(tree.root / "cgroup/memory/memory.stat")
    until(lambda: job.log.of("mem")[-1].values == {"rss": 6})
    assert job.finish() == 0


def test_few_looks_for_a_missing_file(crunchstat, tree):
    """A missing file is looked for with growing pauses, not at each of a thousand polls."""
    if not shutil.which("strace"):
        pytest.skip("why: strace is not installed")
    if len(command()) > 1:
        pytest.skip("why: crunchstat runs under another tracer already")
    trace = tree.root / "trace"
    done = crunchstat.run("-e", "trace=open,openat,openat2", "-o", trace, *command(),
                          *tree.flags, "-cgroup-parent", "jobs", "-poll", "2", "sleep", "2",
                          command=[shutil.which("strace"), "-qq"])
    assert done.status == 0
    looks = [line for line in trace.read_text().splitlines() if "memory.stat" in line]
    assert 2 <= len(looks) < 60


def test_an_id_that_comes_with_the_program_s_end(crunchstat, tree, tmp_path):
    tree.memory(5, "cgroup/memory/p/c/memory.stat")
    cid = tmp_path / "cid"
    done = crunchstat.run(*tree.flags, "-cgroup-parent", "p", "-cgroup-cid", cid,
                          "sh", "-c", f"sleep 0.3; echo c > {cid}")
    assert [sample.values["rss"] for sample in done.log.of("mem")][:1] == [5]


def test_a_program_that_ends_before_there_is_an_id(crunchstat, tree, tmp_path):
    done = crunchstat.run(*tree.flags, "-cgroup-cid", tmp_path / "never", "true")
    assert done.status == 0 and not done.log.samples
    assert any("no statistics" in text for text in done.log.warnings)


def test_a_relative_root_is_seen_from_the_working_directory(crunchstat, tree):
    tree.memory(5)
    done = crunchstat.run("-cgroup-root", "cgroup", "true", cwd=tree.root)
    assert [sample.values["rss"] for sample in done.log.of("mem")][:1] == [5]

"""Input that somebody made to do harm: ids and names that lead elsewhere, names that steer a terminal, huge files."""
import os
import re
import subprocess

import pytest

from support import MIB, until

CONTAINER = ["-cgroup-parent", "jobs", "-cgroup-cid", "cid"]
CONTROLS = [*range(0x20), *range(0x7F, 0xA0)]
HUGE = 1 << 30


def run(crunchstat, tree, *flags, program=("true",)):
    return crunchstat.run(*tree.flags, *flags, *program, cwd=tree.root)


# --- what leads out of the tree ------------------------------------------------------------------

@pytest.fixture(params=["root", "live"])
def flags(request, tree):
    """The tree below -root, and the same one named by its path on this machine."""
    return tree.flags if request.param == "root" else ["-cgroup-root", tree.root / "cgroup"]


@pytest.mark.parametrize("text", ["..", "../secret", "../../secret", "c1/../../secret", "c1/..", "/../secret"])
def test_an_id_that_climbs(crunchstat, tree, flags, text):
    tree.write("cid", text)
    for folder in ("cgroup", "cgroup/memory", "cgroup/memory/jobs", "secret", "cgroup/secret", "cgroup/memory/secret"):
        tree.memory(666, f"{folder}/memory.stat")
    tree.memory(5, "cgroup/memory/jobs/c1/memory.stat")
    done = crunchstat.run(*flags, *CONTAINER, "true", cwd=tree.root)
    assert done.status == 0 and done.log.samples == []
    assert [text for text in done.log.warnings if "holds no container id" in text]


@pytest.mark.parametrize("identity", ["c1", "c1/inner", "outer/c1"])
@pytest.mark.parametrize("way", ["up", "absolute", "beside"])
def test_an_id_that_is_a_link(crunchstat, tree, flags, identity, way):
    """The kernel's control groups have no links in them, but what is beside them may have."""
    secret = tree.root / "secret"
    beside = tree.root / "cgroup/memory/other"
    for folder in (secret, beside):
        for place in (folder, folder / "inner"):
            tree.memory(666, place.relative_to(tree.root) / "memory.stat")
    jobs = tree.root / "cgroup/memory/jobs"
    link = jobs / ("outer/c1" if identity == "outer/c1" else "c1")
    link.parent.mkdir(parents=True)
    link.symlink_to({"up": os.path.relpath(secret, link.parent), "beside": os.path.relpath(beside, link.parent),
                     "absolute": "/secret" if "-root" in flags else secret}[way])
    tree.write("cid", identity)
    done = crunchstat.run(*flags, *CONTAINER, "-poll", "10", "sleep", "0.1", cwd=tree.root)
    assert done.status == 0 and done.log.samples == []
    # where the kernel has no openat2 the last of these leads nowhere
    if way != "absolute" or "-root" not in flags:
        assert [text for text in done.log.warnings if "symbolic link" in text]


def test_links_that_the_user_names_are_followed(crunchstat, tree):
    """As /sys/fs/cgroup/cpu is one, and any folder on the command line may be."""
    tree.write("cid", "c1")
    tree.memory(5, "elsewhere/jobs/c1/memory.stat")
    (tree.root / "cgroup/memory").symlink_to("../elsewhere")
    (tree.root / "elsewhere/parent").symlink_to("jobs")
    for parent in ("jobs", "parent"):
        log = run(crunchstat, tree, "-cgroup-parent", parent, "-cgroup-cid", "cid").log
        assert log.of("mem")[0].values == {"rss": 5}


@pytest.mark.parametrize("file", ["memory.stat", "c1"])
def test_links_in_a_recorded_tree_stay_in_it(crunchstat, tree, tmp_path, file):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "memory.stat").write_text("rss 666\n")
    jobs = tree.root / "cgroup/memory/jobs"
    jobs.mkdir(parents=True)
    (jobs / file).symlink_to(outside / file if file == "memory.stat" else outside)
    parent = "jobs" if file == "memory.stat" else "jobs/c1"
    done = run(crunchstat, tree, "-cgroup-parent", parent)
    assert done.status == 0 and done.log.samples == []


# --- control characters --------------------------------------------------------------------------

NAME = bytes(set(CONTROLS) - {0, 10}) + "\u009b31m\u2028 x".encode()


def check_log(data):
    """No control character, as a byte or as a character; one word for each name."""
    for line in data.splitlines(keepends=True):
        text = line.removesuffix(b"\n").decode(errors="replace")
        assert not re.search("[\x00-\x1f\x7f-\x9f]", text), text
        raw = line.removesuffix(b"\n")
        assert not any(byte < 0x20 or byte == 0x7F for byte in raw), raw


def test_names_of_interfaces_and_devices(crunchstat, tree):
    tree.net({"eth0": (1, 2)})
    name = NAME.replace(b":", b"")
    path = tree.root / "proc/4242/net/dev"
    path.write_bytes(path.read_bytes().replace(b"  eth0", name))
    device = re.sub(rb"[ \t]", b"", NAME)
    (tree.root / "cgroup/blkio").mkdir()
    (tree.root / "cgroup/blkio/blkio.throttle.io_service_bytes").write_bytes(
        device + b" Read 1\n" + device + b" Write 2\n")
    done = run(crunchstat, tree)
    check_log(done.err)
    names = {sample.name.split(":")[0] for sample in done.log.samples}
    assert names == {"net", "blkio"}
    for kind in ("net", "blkio"):
        assert [text for text in done.log.notices if text.startswith(f"total {kind}:")]


def test_a_name_is_one_word(crunchstat, tree):
    tree.net({"a b": (1, 2), "c ": (3, 4)})
    samples = {sample.name: sample.values for sample in run(crunchstat, tree).log.samples}
    assert samples == {r"net:a\x20b": {"tx": 1, "rx": 2}, r"net:c\x20": {"tx": 3, "rx": 4}}


@pytest.mark.parametrize("arguments", [
    ["-x" + "\x1b[31m\n\x9b", "true"], ["-poll", "\x1b\n", "true"], ["-stats", "mem,\x1b\n", "true"],
    ["-scope", "\x1b\n", "true"], ["-pid", "\x1b\n"], ["-wait", "\x1b\n", "true"], ["-debug=\x1b\n", "true"],
    ["-signal-on-dead-ppid", "\x1b\n", "true"], ["-cgroup-parent", "\x1b\n", "true"], ["-root", "/\x1b\n/x", "true"],
    ["-log", "/\x1b\n/x", "true"], ["-dump", "/\x1b\n/x", "true"], ["---\x1b\n", "true"],
    ["true", "\x1b[31m\n\x07"], ["/no\x1b\n", "x"], ["-cgroup-root", "/\x1b\n", "-debug", "true"],
], ids=repr)
def test_arguments(crunchstat, arguments):
    done = crunchstat.run(*arguments)
    check_log(done.err)
    assert done.err and done.log.program == [], "a line that begins otherwise"


def test_names_of_folders_and_files(crunchstat, tree, tmp_path):
    folder = "\x1b[2J\n\x07"
    tree.memory(5, f"cgroup/memory/{folder}/memory.stat")
    tree.write("c\x1b\nid", "c\x1bid")
    for flags in (["-cgroup-parent", folder], ["-cgroup-parent", "p", "-cgroup-cid", "c\x1b\nid"],
                  ["-cgroup-cid", "no\x1b\ncid", "-wait", "0"]):
        done = run(crunchstat, tree, "-debug", *flags, program=("sleep", "0.05"))
        check_log(done.err)
        assert done.status == 0 and done.log.program == []


# --- huge files ----------------------------------------------------------------------------------

def huge(path):
    """A file of 1 GiB that takes no room: NULs, in one line that never ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        file.truncate(HUGE)


def peak(crunchstat, tree, *flags):
    """A run, and the most memory that crunchstat had, in bytes: its program tells, whose parent it is."""
    done = run(crunchstat, tree, *flags, "-poll", "10",
               program=("sh", "-c", "sleep 0.5; grep VmHWM /proc/$PPID/status"))
    assert done.status == 0
    return done, int(done.out.split()[1]) * 1024


@pytest.mark.parametrize("path", [
    "cgroup/memory/memory.stat", "cgroup/cpuacct/cpuacct.usage_user", "cgroup/cpuacct/cpuacct.stat",
    "cgroup/cpuset/cpuset.cpus", "cgroup/blkio/blkio.throttle.io_service_bytes", "cgroup/io.stat",
    "cgroup/cpuacct/cgroup.procs", "proc/4242/net/dev",
])
def test_a_huge_file_is_refused_and_named_once(crunchstat, tree, path):
    tree.net({"eth0": (1, 2)})
    tree.usage(4000, 3, 1)
    huge(tree.root / path)
    if "cpuacct.stat" in path:
        (tree.root / "cgroup/cpuacct/cpuacct.usage").unlink()
    done, memory = peak(crunchstat, tree)
    assert done.log.warnings == [f"/{path} is not read: it has more than 8 MiB"]
    assert done.log.cost()[0] >= 10 and len(done.err) < 64 << 10
    (tree.root / path).unlink()
    assert memory - peak(crunchstat, tree)[1] < 2 * MIB


def test_a_huge_file_with_the_id(crunchstat, tree):
    huge(tree.root / "cid")
    done = run(crunchstat, tree, *CONTAINER)
    assert done.status == 0 and done.log.samples == []
    assert [text for text in done.log.warnings if text == "flag -cgroup-cid: cannot read cid: File too large"]


def test_huge_tables_of_mounts_and_groups(crunchstat, tree):
    tree.write("proc/4242/cgroup", "0::/\n")
    huge(tree.root / "proc/self/mountinfo")
    job = crunchstat.start("-root", tree.root, "-pid", "4242", "-poll", "20")
    warning = "/proc/self/mountinfo is not read: it has more than 8 MiB"
    until(lambda: warning in job.log.warnings and job.log.notices)
    job.process.terminate()
    assert job.wait() == 0 and job.log.warnings == [warning]
    huge(tree.root / "proc/4242/cgroup")
    done = crunchstat.run("-root", tree.root, "-pid", "4242")
    assert done.status == 125
    assert done.log.warnings == ["/proc/4242/cgroup is not read: it has more than 8 MiB"]
    assert done.log.errors == ['flag -pid: "4242" can\'t be watched: File too large']


def test_a_list_of_a_million_processes(crunchstat, tree):
    """Just below the bound of a file's length; none of them is there."""
    tree.write("cgroup/memory/jobs/cgroup.procs", "".join(f"{process}\n" for process in range(1, 1_000_000)))
    tree.write("cgroup/blkio/jobs/blkio.throttle.io_service_bytes", "Total 0\n")
    done = run(crunchstat, tree, "-cgroup-parent", "jobs", "-poll", "100", program=("sleep", "1"))
    assert done.status == 0
    expected = "/cgroup/memory/jobs/cgroup.procs lists more than 65536 processes: others are not looked at"
    assert done.log.warnings == [expected]


def test_a_huge_file_that_takes_the_place_of_a_good_one(crunchstat, tree):
    tree.memory(5)
    path = tree.root / "cgroup/memory/memory.stat"
    job = crunchstat.start(*tree.flags, "-poll", "20", "cat", stdin=subprocess.PIPE)
    job.more("mem")
    huge(tree.root / "new")
    (tree.root / "new").rename(path)
    warning = f"/{path.relative_to(tree.root)} is not read: it has more than 8 MiB"
    until(lambda: warning in job.log.warnings)
    tree.memory(6, "good")
    (tree.root / "good").rename(path)
    until(lambda: job.log.of("mem")[-1].values == {"rss": 6})
    assert job.finish() == 0
    assert job.log.warnings == [warning]

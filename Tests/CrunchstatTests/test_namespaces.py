"""Control group namespaces, bind mounts and mount points with odd names, on real v1 hierarchies, as root."""
import os
import shutil

import pytest

from support import Groups, command, until

POINT = "/sys/fs/cgroup"


@pytest.fixture
def work(own):
    """A memory group, two levels below the tests' own, to start crunchstat in."""
    if not shutil.which("unshare"):
        pytest.skip("why: no unshare")
    outer = own.paths["memory"] / f"test-crunchstat-{os.getpid()}"
    group = outer / "work"
    group.mkdir(parents=True)
    yield group
    for folder in (group, outer):
        until(lambda: Groups.removed(folder))


def run(crunchstat, group, script, *, flags="-m", words=()):
    """Runs crunchstat in the group, after a script in namespaces of its own; "$1" and so on are words."""
    shell = ["unshare", *flags.split(), "sh", "-ec", f'{script}\nshift {len(words)}\nexec "$@"', "sh", *map(str, words)]

    def enter():
        (group / "cgroup.procs").write_text("0")

    return crunchstat.run("cat", "/proc/self/cgroup", command=shell + command(), preexec_fn=enter)


def memory_source(log):
    """The file that the mem line is read from."""
    prefix = "reading stats from "
    found = [text.removeprefix(prefix) for text in log.notices if text.startswith(prefix) and "/memory.stat" in text]
    return found[0] if len(found) == 1 else found


@pytest.mark.parametrize("name", ["plain", "a b", "tab\there", "back\\slash", "\\040"])
def test_a_bind_mount_of_a_group_above(crunchstat, work, tmp_path, name):
    point = tmp_path / name
    point.mkdir()
    script = f'mount --bind "$1" "$2"; umount -l {POINT}'
    done = run(crunchstat, work, script, words=[work.parent, point])
    assert done.status == 0
    shown = str(point / "work").replace("\t", "\\x09")
    assert memory_source(done.log) == f"{shown}/crunchstat-{done.pid}-0/memory.stat"
    assert done.log.of("mem")
    assert not list(work.glob("crunchstat-*"))


def test_a_namespace_with_a_mount_of_its_own(crunchstat, work, tmp_path):
    script = 'mount -t cgroup -o memory none "$1"'
    done = run(crunchstat, work, script, flags="-m -C", words=[tmp_path])
    assert done.status == 0
    assert f":memory:/crunchstat-{done.pid}-0\n" in done.out.decode()
    assert memory_source(done.log) == f"{tmp_path}/crunchstat-{done.pid}-0/memory.stat"


def test_a_namespace_with_the_hosts_mounts_alone(crunchstat, work):
    """The mount of memory shows more than the namespace has: nothing of it is taken for the job's."""
    done = run(crunchstat, work, "", flags="-m -C")
    assert done.status == 0
    assert ":memory:/\n" in done.out.decode()
    assert not [text for text in done.log.notices if f"{POINT}/memory" in text]

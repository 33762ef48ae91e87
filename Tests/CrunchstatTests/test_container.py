"""A real container, made by runc, watched from outside while it starts, runs and ends."""
import json
import os
import pathlib
import shutil
import subprocess

import pytest

from support import MIB, enter, until

PARENT = f"crunchstat-test-{os.getpid()}"


@pytest.fixture
def bundle(own, load, tmp_path):
    """A folder for `runc run`, whose container runs the load generator; its groups are below one of the test's."""
    if not shutil.which("runc"):
        pytest.skip("why: runc is not installed")
    system = pathlib.Path("/sys/fs/cgroup")
    if not (system / "memory").is_dir():
        pytest.skip("why: no v1 hierarchies in /sys/fs/cgroup")
    root = tmp_path / "rootfs"
    root.mkdir()
    subprocess.run(["cc", "-O1", "-static", "-o", root / "load", pathlib.Path(__file__).parent / "load.c"], check=True)
    subprocess.run(["runc", "spec"], cwd=tmp_path, check=True)
    names = []

    def make(name, *arguments, limit=None):
        config = json.loads((tmp_path / "config.json").read_text())
        config["process"]["terminal"] = False
        config["process"]["args"] = ["/load", *arguments]
        config["linux"]["cgroupsPath"] = f"/{PARENT}/{name}"
        if limit:
            config["linux"]["resources"]["memory"] = {"limit": limit}
        (tmp_path / "config.json").write_text(json.dumps(config))
        names.append(name)
        return tmp_path
    yield make
    for name in names:
        subprocess.run(["runc", "--root", tmp_path / "state", "delete", "-f", name], capture_output=True)
    for group in system.glob(f"*/{PARENT}"):
        for folder in [*group.iterdir(), group]:
            if folder.is_dir():
                until(lambda: own.removed(folder))


def watched(crunchstat, folder, name, *flags):
    """The id comes first, the container's group later, as with container engines."""
    # In a state folder of its own: another run of the tests has containers of the same names.
    script = f'printf {name} >cid; sleep 0.2; exec runc --root state run {name}'
    return crunchstat.run("-cgroup-root", "/sys/fs/cgroup", "-cgroup-parent", PARENT, "-cgroup-cid", "cid",
                          "-poll", "50", *flags, "sh", "-c", script, cwd=folder)


def test_memory_and_processors_are_the_containers(crunchstat, bundle):
    done = watched(crunchstat, bundle("a1", "touch", "64", "1"), "a1", "-stats", "mem,cpu,usage,procs")
    assert done.status == 0, done.err
    log = done.log
    assert 64 * MIB <= max(sample.values["rss"] for sample in log.of("mem")) <= 80 * MIB
    # The host has more processes and memory than that at any time.
    assert max(sample.values["current"] for sample in log.of("procs")) <= 20
    assert max(sample.values["current"] for sample in log.of("usage")) <= 128 * MIB
    assert any(text == f"the container's control group is {PARENT}/a1" for text in log.notices)
    peak = [text.split() for text in log.notices if text.startswith("peak memory ")]
    assert len(peak) == 1 and int(peak[0][2]) >= 64 * MIB
    total = [text.split() for text in log.notices if text.startswith("total cpu ")]
    used = log.of("cpu")[-1].values
    assert len(total) == 1 and float(total[0][2]) == pytest.approx(used["user"], abs=0.001)


def test_groups_that_are_made_one_after_the_other(crunchstat, own, load):
    """v1's is seen first; what is used between its last sample and the first one of v2's is in the total too."""
    name = f"{PARENT}-late"
    folders = [pathlib.Path("/sys/fs/cgroup", controller, name) for controller in ("cpuacct", "unified")]
    if not folders[1].parent.is_dir():
        pytest.skip("why: no v2 side in /sys/fs/cgroup")
    watch = crunchstat.start("-cgroup-root", "/sys/fs/cgroup", "-cgroup-parent", name, "-poll", "500", "-stats", "cpu")
    try:
        until(lambda: any(text.startswith("did not find cpu") for text in watch.log.notices))
        folders[0].mkdir()
        until(lambda: watch.log.of("cpu"))
        folders[1].mkdir()
        burn = [load, "burn", "2.5"]
        subprocess.run(burn, preexec_fn=lambda: enter(0, folders), stdout=subprocess.DEVNULL, check=True)
    finally:
        for folder in folders:
            until(lambda: own.removed(folder))
    assert watch.wait(30) == 0
    sources = [text.split()[-1] for text in watch.log.notices if text.startswith("reading stats from ")]
    assert [f"{folders[0]}/cpuacct.usage", f"{folders[1]}/cpu.stat"] == sources[:2]
    total = [text.split() for text in watch.log.notices if text.startswith("total cpu ")]
    assert len(total) == 1
    used = watch.log.of("cpu")[-1].values
    assert float(total[0][2]) == pytest.approx(used["user"], abs=0.001) and used["user"] > 1


@pytest.mark.user_time
def test_cpu_time_is_the_containers(crunchstat, bundle):
    done = watched(crunchstat, bundle("a2", "burn", "0.5"), "a2", "-stats", "cpu")
    assert done.status == 0, done.err
    assert done.log.of("cpu")[-1].values["user"] == pytest.approx(0.5, rel=0.2)
    assert len(done.log.of("cpu")) >= 5


def test_a_private_network_namespace_and_nothing_of_the_host(crunchstat, bundle):
    """It has lo alone, so that no interface is logged; the host's would be."""
    done = watched(crunchstat, bundle("a3", "touch", "1", "0.5"), "a3", "-stats", "net,mem")
    assert done.status == 0, done.err
    assert done.log.of("mem")
    assert not [sample for sample in done.log.samples if sample.name.startswith("net:")]


def test_a_container_that_is_killed_for_lack_of_memory(crunchstat, bundle):
    folder = bundle("a4", "touch", "64", "1", limit=32 * MIB)
    done = watched(crunchstat, folder, "a4")
    assert done.status == 137
    assert not [sample for sample in done.log.of("mem") if sample.values["rss"] > 32 * MIB]

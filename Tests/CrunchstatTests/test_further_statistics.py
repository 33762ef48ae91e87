"""The statistics that are not logged by default, under loads of known size in real v1 and hybrid groups."""
import os
import pathlib
import sys

import pytest

from support import MIB, Groups, check_differences, command, until

ALL = ["mem", "cpu", "blkio", "net", "pressure", "throttle", "oom", "usage", "procs", "statfs"]


@pytest.fixture
def parent(own):
    """Makes a group of the test's own, in which crunchstat is then started: (controller, {file: text}) -> command."""
    made = []

    def make(controller, files):
        if controller not in own.paths:
            pytest.skip(f"why: no v1 hierarchy with {controller} is mounted here")
        group = own.paths[controller] / f"crunchstat-test-{os.getpid()}"
        group.mkdir()
        made.append(group)
        for name, text in files.items():
            (group / name).write_text(text)
        return group, ["sh", "-c", f'echo 0 >"{group}/cgroup.procs" && exec "$@"', "sh", *command()]
    yield make
    for group in made:
        until(lambda: own.removed(group))


def test_all_are_logged_in_the_registrys_order_and_others_in_the_order_given(crunchstat, own):
    def names(*flags):
        """Whether the job reads from a disk is not known, and it has no CPU quota."""
        log = crunchstat.run(*flags, "-poll", "50", "sleep", "0.2").log
        return list(dict.fromkeys(sample.name.split(":")[0] for sample in log.samples
                                  if not sample.name.startswith("blkio:")))
    assert names("-stats", "all") == [name for name in ALL if name not in ("blkio", "throttle")]
    assert names("-stats", "statfs,mem,procs") == ["statfs", "mem", "procs"]
    assert names() == ["mem", "cpu", "net"]


def test_help_says_what_is_the_default(crunchstat):
    text = crunchstat.run("-help").out.decode()
    assert "default mem,cpu,blkio,net" in text
    for name in ALL:
        assert f"\n  {name} " in text


def test_pressure_on_one_processor_that_two_want(crunchstat, own, load):
    if "unified" not in own.paths or not (own.paths["unified"] / "cpu.pressure").exists():
        pytest.skip("why: this host has no pressure files")
    both = 'taskset -c 0 "$0" burn 0.4 & taskset -c 0 "$0" burn 0.4; wait'
    log = crunchstat.run("-poll", "50", "-stats", "pressure", "sh", "-c", both, load).log
    cpu = log.of("pressure:cpu")
    # While both run, one waits; others on the machine only make them wait longer.
    assert cpu[-1].values["some"] - cpu[0].values["some"] > 0.3
    for resource in ("cpu", "memory", "io"):
        samples = log.of(f"pressure:{resource}")
        assert len(samples) == len(cpu) and {"some", "full"} >= samples[0].values.keys()
        check_differences(samples)


def test_throttling_by_a_quota(crunchstat, parent, load):
    group, start = parent("cpu", {"cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": "20000"})
    job = crunchstat.run("-poll", "50", "-stats", "cpu,throttle", load, "burn", "0.2", command=start)
    told = dict(line.split() for line in (group / "cpu.stat").read_text().splitlines())
    assert {sample.values["cpus"] for sample in job.log.of("cpu")} == {0.2}
    samples = job.log.of("throttle")
    check_differences(samples)
    last = samples[-1].values
    assert 0 < last["throttled"] <= int(told["nr_throttled"])
    assert last["throttled"] <= last["periods"] <= int(told["nr_periods"])
    assert 0 < last["waited"] <= int(told["throttled_time"]) / 1e9 + 0.0001
    # The quota is that of the group that crunchstat is in too.
    assert any(str(group / "cpu.stat") in text and "covers more" in text for text in job.log.notices)


def test_a_quota_further_up_is_told_of_though_the_nearest_group_counts_none(crunchstat, parent, load):
    group, start = parent("cpu", {"cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": "20000"})
    inner = group / "inner"
    inner.mkdir()
    try:
        start[2] = start[2].replace(str(group), str(inner))
        log = crunchstat.run("-poll", "50", "-stats", "throttle", load, "burn", "0.2", command=start).log
        assert "nr_periods 0\n" in (inner / "cpu.stat").read_text()
        assert log.of("throttle")[-1].values["throttled"] > 0
    finally:
        until(lambda: Groups.removed(inner))


LIMITED = """
group="$1$(sed -n 's/^[0-9]*:memory:.*\\(\\/crunchstat-[^/]*\\)$/\\1/p' /proc/self/cgroup)"
echo 33554432 >"$group/memory.limit_in_bytes" || exit 99
"$2" touch 64 1
echo "status $?"
sleep 0.5
"""


@pytest.mark.parametrize("statistics", ["mem,cpu,blkio,net", "oom,usage", "net"])
def test_a_process_that_is_killed_for_lack_of_memory(crunchstat, own, load, statistics):
    memory = own.paths["memory"]
    done = crunchstat.run("-poll", "50", "-stats", statistics, "sh", "-c", LIMITED, "sh", memory, load)
    assert b"status 137" in done.out, done.err
    told = [text for text in done.log.notices if text.startswith("out of memory: ")]
    assert len(told) == 2 and told[0] == told[1]
    assert "killed 1 process of the job" in told[0]
    assert "tightest limit 33554432 bytes of " in told[0] and f"crunchstat-{done.pid}-" in told[0]
    peak = int(told[0].split("peak memory ")[1].split()[0])
    assert 32 * MIB - 65536 <= peak <= 32 * MIB
    # The first at a poll while the job runs, the second among the final lines.
    first, second = (done.log.own.index(f"crunchstat: notice: {told[0]}"),
                     len(done.log.own) - 1 - done.log.own[::-1].index(f"crunchstat: notice: {told[0]}"))
    last = max(number for number, line in enumerate(done.log.own) if "notice" not in line)
    assert first < second
    if "mem" in statistics:
        assert first < last < second
    if "oom" in statistics:
        assert done.log.of("oom")[-1].values == {"kills": 1}
        assert done.log.of("usage")[-1].values["limit"] == 33554432


def test_no_word_of_memory_where_nobody_was_killed(crunchstat, own, load):
    log = crunchstat.run("-poll", "20", load, "touch", "16", "0.3").log
    assert not [text for text in log.notices if "out of memory" in text]


def test_usage_and_a_limit_further_up(crunchstat, parent, load):
    group, start = parent("memory", {"memory.limit_in_bytes": str(512 * MIB)})
    log = crunchstat.run("-poll", "50", "-stats", "usage", load, "touch", "64", "0.5", command=start).log
    samples = log.of("usage")
    assert 64 * MIB <= max(sample.values["current"] for sample in samples) <= 80 * MIB
    assert {sample.values["limit"] for sample in samples} == {512 * MIB}


def test_processes_and_their_peak(crunchstat, own):
    if "pids" not in own.paths:
        pytest.skip("why: no v1 hierarchy with pids is mounted here")
    many = "for number in 1 2 3 4 5; do sleep 0.4 & done; wait; sleep 0.2"
    samples = crunchstat.run("-poll", "20", "-stats", "procs", "sh", "-c", many).log.of("procs")
    assert max(sample.values["current"] for sample in samples) == 6
    assert samples[-1].values["current"] in (0, 1)
    assert samples[-1].values.get("peak", 6) == 6


def test_space_on_the_file_system_of_tmpdir(crunchstat, tmp_path):
    folder = tmp_path / "scratch"
    folder.mkdir()
    write = f"open({str(folder / 'data')!r}, 'wb').write(bytes(32 << 20)); import os, time; os.sync(); time.sleep(0.3)"
    log = crunchstat.run("-poll", "50", "-stats", "statfs", sys.executable, "-c", write,
                         env=os.environ | {"TMPDIR": str(folder)}).log
    samples = log.of("statfs")
    status = os.statvfs(folder)
    assert {sample.values["total"] for sample in samples} == {status.f_blocks * status.f_frsize}
    used = [sample.values["used"] for sample in samples]
    assert max(used) - used[0] >= 24 * MIB  # others may remove something meanwhile
    assert all(sample.values["available"] <= sample.values["total"] for sample in samples)
    assert any(str(folder) in text for text in log.notices)


def test_a_missing_tmpdir_is_told_once(crunchstat, tmp_path):
    log = crunchstat.run("-poll", "20", "-stats", "statfs", "sleep", "0.2",
                         env=os.environ | {"TMPDIR": str(tmp_path / "nowhere")}).log
    assert not log.samples
    assert sum("did not find statfs" in text for text in log.notices) == 1


def test_a_held_directory_can_be_unmounted(crunchstat, tmp_path):
    """The job may unmount its own scratch space: nothing of crunchstat's holds it."""
    if os.geteuid() != 0:
        pytest.skip("why: mounting takes root")
    folder = tmp_path / "scratch"
    folder.mkdir()
    script = f"mount -t tmpfs none {folder} && sleep 0.2 && umount {folder}"
    done = crunchstat.run("-poll", "10", "-stats", "statfs", "sh", "-c", script,
                          env=os.environ | {"TMPDIR": str(folder)}, command=["unshare", "-m", *command()])
    assert done.status == 0, done.err
    assert pathlib.Path(folder).is_dir() and not os.path.ismount(folder)

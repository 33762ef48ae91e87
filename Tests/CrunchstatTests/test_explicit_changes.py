"""Files that are rewritten between polls: values, differences, series, intervals."""
import statistics
import subprocess

import pytest

from support import check_differences, intervals, until

GIGA = 1_000_000_000


@pytest.fixture
def job(crunchstat, tree):
    """Starts a run over the tree that the test ends by closing its stdin."""
    return lambda *flags: crunchstat.start(*tree.flags, "-poll", "20", *flags, "cat", stdin=subprocess.PIPE)


def reaches(job, name, **values):
    until(lambda: (found := job.log.of(name)) and found[-1].values.items() >= values.items())
    job.more(name, 1)


def total(samples, key):
    return sum(sample.differences.get(key, 0) for sample in samples)


def test_memory_has_no_differences(job, tree):
    tree.memory(1000)
    run = job()
    reaches(run, "mem", rss=1000)
    tree.memory(2000)
    reaches(run, "mem", rss=2000)
    assert run.finish() == 0
    assert {sample.interval for sample in run.log.of("mem")} == {None}


def test_differences(job, tree):
    tree.usage(4 * GIGA, 3 * GIGA, GIGA)
    tree.blkio({"8:0": (1000, 2000), "253:16": (5, 6)})
    tree.net({"eth0": (10, 20), "tun1": (30, 40)})
    run = job()
    run.more("cpu")
    for step in range(1, 4):
        tree.usage((4 + step) * GIGA, (3 + step) * GIGA, GIGA)
        tree.blkio({"8:0": (1000 + 70 * step, 2000 + 900 * step), "253:16": (5, 6 + step)})
        tree.net({"eth0": (10 + step, 20 + 8 * step), "tun1": (30, 40 + 10 * step)})
        reaches(run, "net:tun1", rx=40 + 10 * step)
    assert run.finish() == 0
    log = run.log
    for name, differences in {"blkio:8:0": {"write": 210, "read": 2700}, "blkio:253:16": {"write": 0, "read": 3},
                              "net:eth0": {"tx": 3, "rx": 24}, "net:tun1": {"tx": 0, "rx": 30}}.items():
        samples = log.of(name)
        check_differences(samples)
        assert samples[0].interval is None and all(intervals(samples))
        assert {key: total(samples, key) for key in differences} == differences
    cpu = log.of("cpu")
    check_differences(cpu)
    assert total(cpu, "user") + total(cpu, "sys") == pytest.approx(3, abs=0.01)


def test_one_time_stamp_serves_all_lines_of_a_poll(job, tree):
    tree.usage(4000, 3, 1)
    tree.blkio({"8:0": (1, 2), "8:16": (3, 4)})
    tree.net({"eth0": (5, 6)})
    run = job()
    run.more("net:eth0", 5)
    assert run.finish() == 0
    series = [[sample.interval for sample in run.log.of(name)]
              for name in ("cpu", "blkio:8:0", "blkio:8:16", "net:eth0")]
    assert all(one == series[0] for one in series)


def test_intervals_match_the_period(job, tree):
    tree.usage(4000, 3, 1)
    run = job("-poll", "50")
    run.more("cpu", 15)
    assert run.finish() == 0
    # a late poll makes one interval longer and the next one shorter, so their median stays
    assert statistics.median(intervals(run.log.of("cpu"))) == pytest.approx(0.05, rel=0.2)


def test_devices_come_in_the_kernels_order(job, tree):
    tree.blkio({"253:16": (1, 1), "8:16": (2, 2), "8:0": (3, 3)})
    tree.net({"wlan0": (1, 1), "eth1": (2, 2), "eth0": (3, 3)})
    run = job()
    run.more("net:eth0")
    assert run.finish() == 0
    names = [sample.name for sample in run.log.samples][:6]
    assert names == ["blkio:253:16", "blkio:8:16", "blkio:8:0", "net:wlan0", "net:eth1", "net:eth0"]


@pytest.mark.parametrize("name, write", [
    ("blkio:8:0", lambda tree, value: tree.blkio({"8:0": (value, 9000)})),
    ("net:eth0", lambda tree, value: tree.net({"eth0": (value, 9000)})),
    ("cpu", lambda tree, value: tree.write("cgroup/cpuacct/cpuacct.stat", f"user {value:06d}\nsystem 9000\n")),
])
def test_a_counter_that_goes_backwards_starts_a_new_series(job, tree, name, write):
    write(tree, 5000)
    run = job()
    run.more(name, 3)
    write(tree, 100)
    run.more(name, 4)
    write(tree, 120)
    run.more(name, 4)
    assert run.finish() == 0
    samples = run.log.of(name)[:-1]  # the last one may come too soon after a poll to have an interval
    key = next(iter(samples[0].values))
    values = [sample.values[key] for sample in samples]
    turn = values.index(min(values))
    assert turn > 0
    assert [index for index, sample in enumerate(samples) if sample.interval is None] == [0, turn]
    check_differences(samples)
    assert total(samples, key) == pytest.approx(values[-1] - values[turn], abs=0.001)


@pytest.mark.parametrize("name, write", [
    ("blkio:8:16", lambda tree, value: tree.blkio({"8:0": (1, 1)} | ({"8:16": (value, 3)} if value else {}))),
    ("net:eth1", lambda tree, value: tree.net({"eth0": (1, 1)} | ({"eth1": (value, 3)} if value else {}))),
])
def test_a_device_that_vanishes_and_comes_back(job, tree, name, write):
    other = {"blkio:8:16": "blkio:8:0", "net:eth1": "net:eth0"}[name]
    key = {"blkio:8:16": "write", "net:eth1": "tx"}[name]
    write(tree, 100)
    run = job()
    reaches(run, name, **{key: 100})
    write(tree, None)
    until(lambda: run.log.samples[-1].name == other and run.log.samples[-2].name == other)
    run.more(other)
    count = len(run.log.of(name))
    write(tree, 150)
    reaches(run, name, **{key: 150})
    assert run.finish() == 0
    samples, others = run.log.of(name), run.log.of(other)
    assert samples[count - 1].values[key] == 100 and samples[count].values[key] == 150
    assert len(others) - len(samples) >= 2
    assert all(intervals(others))
    back = samples[count]
    # whether the gap is measured or a new series begins, the numbers must agree with each other
    if back.interval is not None:
        assert back.differences[key] == 50 and back.interval >= 0.04
    check_differences(samples[count:])


def test_cpu_time_is_split_by_the_sampled_proportion(job, tree):
    tree.usage(10 * GIGA, 3 * GIGA, GIGA)
    tree.write("cgroup/cpuacct/cpuacct.stat", "user 1\nsystem 1\n")
    run = job()
    run.more("cpu")
    assert run.finish() == 0
    assert run.log.of("cpu")[0].values == {"user": 7.5, "sys": 2.5, "cpus": 0}


def test_a_proportion_that_shifts_takes_no_time_back(job, tree):
    """The split alone would make sys fall from 5 to 4.04 s while the total grows."""
    tree.usage(10 * GIGA, 5 * GIGA, 5 * GIGA)
    run = job()
    run.more("cpu", 3)
    tree.usage(10 * GIGA + GIGA // 10, 6 * GIGA, 4 * GIGA)
    run.more("cpu", 4)
    assert run.finish() == 0
    samples = run.log.of("cpu")
    check_differences(samples)
    assert all(intervals(samples))
    sums = [sample.values["user"] + sample.values["sys"] for sample in samples]
    assert sums[0] == pytest.approx(10, abs=0.0002) and sums[-1] == pytest.approx(10.1, abs=0.0002)
    for key in ("user", "sys"):
        values = [sample.values[key] for sample in samples]
        assert values == sorted(values)


def test_exact_usage_moves_between_ticks(job, tree):
    tree.usage(GIGA, GIGA // 2, GIGA // 2)
    run = job()
    run.more("cpu")
    tree.usage(GIGA + 200_000, GIGA // 2, GIGA // 2)
    run.more("cpu", 3)
    assert run.finish() == 0
    samples = run.log.of("cpu")
    assert total(samples, "user") + total(samples, "sys") == pytest.approx(0.0002, abs=0.0001)


def test_cpu_time_of_another_file_starts_a_new_series(crunchstat, tree):
    """The same name nearer to the group counts something else."""
    tree.write("cgroup/cpuacct.stat", "user 100\nsystem 0\n")
    job = crunchstat.start(*tree.flags, "-poll", "50", "cat", stdin=subprocess.PIPE)
    job.more("cpu")
    tree.write("cgroup/cpuacct/cpuacct.stat", "user 90000\nsystem 0\n")
    until(lambda: any(sample.values["user"] == 900 for sample in job.log.of("cpu")))
    assert job.finish() == 0
    assert all(sample.differences.get("user", 0) < 800 for sample in job.log.of("cpu"))
    assert "total cpu 0.0000 user 0.0000 sys" in job.log.notices


def test_the_total_of_a_device_that_comes_has_its_first_bytes(crunchstat, tree):
    tree.blkio({})
    job = crunchstat.start(*tree.flags, "-poll", "20", "cat", stdin=subprocess.PIPE)
    tree.memory(1)
    job.more("mem")
    tree.blkio({"8:0": (7000, 0)})
    job.more("blkio:8:0")
    assert job.finish() == 0
    assert "total blkio:8:0 7000 write 0 read" in job.log.notices

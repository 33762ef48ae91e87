"""Contents that real kernels print and monitors have broken on, and contents that are broken."""
import re

import pytest

from support import until

MOST = 2**64 - 1
SKIPPED = re.compile(r"skipped (\d+) malformed lines?\b.*")


@pytest.fixture
def log(crunchstat, tree):
    """Runs a short program over the tree as it stands."""
    def run(*flags):
        done = crunchstat.run(*tree.flags, *flags, "-poll", "20", "sleep", "0.1")
        assert done.status == 0
        return done.log
    return run


def skipped(log):
    """Numbers in the warnings about malformed lines."""
    return [int(found[1]) for text in log.warnings if (found := SKIPPED.fullmatch(text))]


def test_a_good_tree_gives_no_warning(log, tree):
    tree.memory(1)
    tree.usage(4000, 3, 1)
    tree.blkio({"8:0": (1, 2)})
    tree.net({"eth0": (1, 2)})
    tree.write("cgroup/cpuset/cpuset.cpus", "0-1\n")
    assert log().warnings == []


def test_totals_of_the_hierarchy_come_first(log, tree):
    tree.write("cgroup/memory/memory.stat", "cache 1\nrss 2\nswap 3\npgmajfault 4\n"
               "total_cache 10\ntotal_rss 20\ntotal_swap 30\ntotal_pgmajfault 40\n")
    assert log().of("mem")[0].text == "crunchstat: mem 10 cache 30 swap 40 pgmajfault 20 rss"


def test_a_key_that_the_kernel_does_not_give_is_left_out(log, tree):
    tree.write("cgroup/memory/memory.stat", "total_rss 0\n")
    assert log().of("mem")[0].text == "crunchstat: mem 0 rss"


@pytest.mark.parametrize("text", ["", "\n", "nothing known 1\n"])
def test_a_file_with_nothing_in_it(log, tree, text):
    tree.write("cgroup/memory/memory.stat", text)
    tree.write("cgroup/cpuacct/cpuacct.stat", text)
    tree.write("cgroup/blkio/blkio.throttle.io_service_bytes", text)
    assert log().samples == []


@pytest.mark.parametrize("path, good, bad", [
    ("memory/memory.stat", "cache 5\n", "rss twelve\n"),
    ("memory/memory.stat", "cache 5\n", "rss\n"),
    ("memory/memory.stat", "cache 5\n", "rss -1\n"),
    ("memory/memory.stat", "cache 5\n", f"rss {MOST + 1}\n"),
    ("memory/memory.stat", "cache 5\n", "rss 99999999999999999999999\n"),
    ("blkio/blkio.throttle.io_service_bytes", "8:0 Read 1\n8:0 Write 2\n", f"8:16 Read {MOST + 1}\n8:16 Write 1\n"),
    ("blkio/blkio.throttle.io_service_bytes", "8:0 Read 1\n8:0 Write 2\n", "8:16 Read x\n8:16 Write 1\n"),
    ("blkio/blkio.throttle.io_service_bytes", "8:0 Read 1\n8:0 Write 2\n", "8:16 Wri"),
])
def test_a_malformed_line_is_skipped_and_counted(log, tree, path, good, bad):
    tree.write(f"cgroup/{path}", good + bad)
    found = log()
    assert {sample.name for sample in found.samples} in ({"mem"}, {"blkio:8:0"})
    assert all("rss" not in sample.values for sample in found.samples)
    assert len(skipped(found)) == 1 and skipped(found)[0] >= 1


def test_the_warning_stands_once_and_at_the_end(log, tree):
    tree.memory("x")
    tree.usage(4000, 3, 1)
    found = log()
    last = max(index for index, line in enumerate(found.own) if line.startswith("crunchstat: cpu "))
    lines = [index for index, line in enumerate(found.own) if "malformed" in line]
    assert len(lines) == 1 and lines[0] > last


def test_the_greatest_values(log, tree):
    tree.memory(MOST)
    tree.blkio({"8:0": (MOST, MOST - 1)})
    tree.net({"eth0": (MOST, 9223372036854775808)})
    found = log()
    assert found.of("mem")[0].values == {"rss": MOST}
    assert found.of("blkio:8:0")[0].values == {"write": MOST, "read": MOST - 1}
    assert found.of("net:eth0")[0].values == {"tx": MOST, "rx": 9223372036854775808}
    assert found.of("blkio:8:0")[1].differences == {"write": 0, "read": 0}
    assert found.warnings == []


def test_the_first_file_that_names_a_device(log, tree):
    names = ["blkio.throttle.io_service_bytes_recursive", "blkio.bfq.io_service_bytes_recursive",
             "blkio.throttle.io_service_bytes", "blkio.io_service_bytes"]
    for number, name in enumerate(names):
        tree.blkio({"8:0": (number, 5)}, name=name)
    for number, name in enumerate(names):
        assert {sample.values["write"] for sample in log().of("blkio:8:0")} == {number}
        tree.blkio({}, name=name)
    assert log().of("blkio:8:0") == []


def test_an_interface_without_a_blank_after_the_colon(log, tree):
    tree.net({"eth0": (1, 2)})
    path = tree.root / "proc/4242/net/dev"
    path.write_text(path.read_text().replace("eth0: ", "eth0:"))
    assert log().of("net:eth0")[0].values == {"tx": 1, "rx": 2}


def test_loopback_is_left_out(log, tree):
    tree.net({"lo": (1, 1), "eth0": (1, 2), "lo1": (3, 4)})
    assert {sample.name for sample in log().samples} == {"net:eth0", "net:lo1"}


def test_a_process_that_has_gone_is_passed_over(log, tree):
    tree.net({"eth0": (1, 2)})
    tree.write("cgroup/cpuacct/cgroup.procs", "41\n4242\n43\n")
    assert log().of("net:eth0")[0].values == {"tx": 1, "rx": 2}


@pytest.mark.parametrize("files, cpus", [
    ({"cpuset/cpuset.cpus": "0-3,7\n"}, "5"),
    ({"cpuset/cpuset.cpus": "0,2,4-6\n"}, "5"),
    ({"cpuset/cpuset.cpus": "3"}, "1"),
    ({"cpuset/cpuset.cpus": "0-3\n", "cpuset/cpuset.effective_cpus": "0-1\n"}, "2"),
    ({"cpuset/cpuset.cpus": "0-1023\n"}, "1024"),
    ({"cpuset/cpuset.cpus": "\n"}, "0"),
    ({}, "0"),
    ({"cpuset/cpuset.cpus": "0-3\n", "cpu/cpu.cfs_quota_us": "150000\n", "cpu/cpu.cfs_period_us": "100000\n"}, "1.50"),
    ({"cpuset/cpuset.cpus": "0-3\n", "cpu/cpu.cfs_quota_us": "200000\n", "cpu/cpu.cfs_period_us": "100000\n"}, "2"),
    ({"cpuset/cpuset.cpus": "0-3\n", "cpu/cpu.cfs_quota_us": "800000\n", "cpu/cpu.cfs_period_us": "100000\n"}, "4"),
    ({"cpuset/cpuset.cpus": "0-3\n", "cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, "4"),
])
def test_number_of_cpus(log, tree, files, cpus):
    tree.usage(4000, 3, 1)
    for path, text in files.items():
        tree.write(f"cgroup/{path}", text)
    assert log().of("cpu")[0].text.endswith(f" sys {cpus} cpus")


def test_the_tightest_quota_up_the_tree(log, tree):
    for folder, quota in (("jobs", 50000), ("jobs/a", 150000)):
        tree.write(f"cgroup/cpu/{folder}/cpu.cfs_quota_us", f"{quota}\n")
        tree.write(f"cgroup/cpu/{folder}/cpu.cfs_period_us", "100000\n")
    tree.write("cgroup/cpuset/jobs/a/cpuset.cpus", "0-3\n")
    tree.write("cgroup/cpuacct/jobs/a/cpuacct.stat", "user 1\nsystem 1\n")
    assert log("-cgroup-parent", "jobs/a").of("cpu")[0].text.endswith(" 0.50 cpus")


def test_an_empty_cpuset_defers_to_the_parent_group(log, tree):
    tree.write("cgroup/cpuset/jobs/cpuset.cpus", "0-3\n")
    tree.write("cgroup/cpuset/jobs/a/cpuset.cpus", "\n")
    tree.write("cgroup/cpuacct/jobs/a/cpuacct.stat", "user 1\nsystem 1\n")
    assert log("-cgroup-parent", "jobs/a").of("cpu")[0].values["cpus"] == 4


def test_the_number_of_cpus_is_looked_at_again(crunchstat, tree):
    tree.usage(4000, 3, 1)
    tree.write("cgroup/cpuset/cpuset.cpus", "0-3\n")
    job = crunchstat.start(*tree.flags, "-poll", "20", "sleep", "60")
    job.more("cpu")
    tree.write("cgroup/cpuset/cpuset.cpus", "0-1\n")
    until(lambda: job.log.of("cpu")[-1].values["cpus"] == 2)


def test_peak_memory_and_its_source(log, tree):
    tree.memory(1000)
    notices = [text for text in log().notices if text.startswith("peak memory ")]
    assert len(notices) == 1 and "sampled" in notices[0]
    tree.write("cgroup/memory/memory.max_usage_in_bytes", "123456\n")
    assert "peak memory 123456 bytes (memory.max_usage_in_bytes)" in log().notices

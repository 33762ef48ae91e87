"""What is measured goes away in mid-run: notices, never a crash, never a number of something else."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

import pytest

from support import Groups, check_differences, command, enter, until

HIERARCHIES = ("memory", "cpuacct", "blkio", "pids", "unified")
# A job that uses 0.3 s of CPU and goes on until its stdin ends.
BURN = '"$0" burn 0.3 >/dev/null; '


def told_once(log):
    """No notice repeats itself."""
    assert len(log.notices) == len(set(log.notices)), log.notices


def processes_of(groups, job):
    return {pid for group in groups.of(job.pid) for pid in (group / "cgroup.procs").read_text().split()}


def test_somebody_removes_the_groups_of_the_job(crunchstat, own):
    """Its processes are moved out first, or they could not be removed."""
    job = crunchstat.start("-poll", "10", "-stats", "all", "sh", "-c", "cat; exit 7", stdin=subprocess.PIPE)
    job.more("mem", 3)
    for group in own.of(job.pid):
        for process in processes_of(own, job):
            enter(process, [group.parent])
        until(lambda: Groups.removed(group))
    count = len(job.log.of("mem"))
    job.more("net:eth0" if job.log.of("net:eth0") else "statfs", 120)  # more than a second
    assert len(job.log.of("mem")) <= count + 1
    job.process.stdin.close()
    assert job.wait() == 7
    log = job.log
    told_once(log)
    assert log.warnings == log.errors == []
    lost = [text for text in log.notices if text.startswith("lost ")]
    assert any("/memory.stat" in text for text in lost) and any("cpu" in text for text in lost)
    assert not any("covers more" in text for text in log.notices if text.startswith("reading stats"))
    assert any(text.startswith("peak memory ") for text in log.notices)


@pytest.mark.parametrize("who", ["the program", "a child"])
def test_the_job_goes_to_other_groups(crunchstat, own, load, who):
    """What it uses there can't be seen, which is told: of the program at once, of all at the end."""
    folders = " ".join(str(own.paths[name]) for name in HIERARCHIES if name in own.paths)
    go = f"for group in {folders}; do echo 0 >$group/cgroup.procs; done; "
    script = f"({go}{BURN}); sleep 0.2" if who == "a child" else f"sleep 0.1; {go}{BURN}sleep 1.2"
    log = crunchstat.run("-poll", "10", "sh", "-c", script.replace("echo 0", "echo $$")
                         if who == "the program" else script, load).log
    told_once(log)
    left = [text for text in log.notices if text.startswith("the program has left ")]
    if who == "the program":
        assert any(f"{own.paths['memory']}/crunchstat-" in text for text in left), log.notices
    else:
        assert left == []
    [part] = [text for text in log.notices if text.startswith("a part of the job was in other control groups")]
    assert 0.25 < float(re.search(r"at least ([0-9.]+) s of CPU", part)[1]) < 1
    [total] = [text.split() for text in log.notices if text.startswith("total cpu ")]
    assert float(total[2]) + float(total[4]) < 0.2


def test_a_job_that_stays_is_not_said_to_have_left(crunchstat, own, load):
    """Nor when it makes groups below its own, or while much memory is given back at its end."""
    inner = own.paths["memory"]
    script = f"mkdir {inner}/$(basename $(sed -n 's/.*:memory://p' /proc/self/cgroup))/inner 2>/dev/null; " \
             f"g={inner}/$(basename $(sed -n 's/.*:memory://p' /proc/self/cgroup))/inner; " \
             f'echo $$ >$g/cgroup.procs; {BURN}echo $$ >$g/../cgroup.procs; rmdir $g; exec "$0" touch 256 0.1'
    for _ in range(3):
        log = crunchstat.run("-poll", "1", "sh", "-c", script, load).log
        assert not any("has left" in text or "a part of the job" in text for text in log.notices), log.notices


def test_a_watched_process_goes_to_another_group(crunchstat, place):
    """Its new group is measured from then on, and not one above where the old one was."""
    before, after = place("before", "memory"), place("after", "memory")
    process = crunchstat.popen(["sleep", "60"], command=[])
    enter(process.pid, [before])
    job = crunchstat.start("-poll", "20", "-stats", "mem", "-pid", str(process.pid))
    job.more("mem", 3)
    enter(process.pid, [after])
    assert Groups.removed(before)
    until(lambda: f"reading stats from {after}/memory.stat" in job.log.notices)
    job.more("mem", 3)
    process.kill()
    assert job.wait() == 0
    log = job.log
    told_once(log)
    assert not any("covers more than the job)" in text for text in log.notices)
    assert any(f"process {process.pid} has gone there" in text for text in log.notices)
    assert max(sample.values["rss"] for sample in log.of("mem")) < 8 << 20
    assert log.cost()[1] < 1000


def test_the_group_of_a_watched_process_is_removed_under_its_feet(crunchstat, place):
    """What is read above it until its new group is known would be others' memory."""
    outer = place("outer", "memory")
    group = outer / "inner"
    group.mkdir()
    process = crunchstat.popen(["sleep", "60"], command=[])
    enter(process.pid, [group])
    job = crunchstat.start("-poll", "10", "-stats", "mem", "-pid", str(process.pid))
    job.more("mem", 3)
    job.process.send_signal(signal.SIGSTOP)
    enter(process.pid, [outer])
    assert Groups.removed(group)
    job.process.send_signal(signal.SIGCONT)
    until(lambda: f"reading stats from {outer}/memory.stat" in job.log.notices)
    process.kill()
    assert job.wait() == 0
    assert not any("(an ancestor" in text for text in job.log.notices), job.log.notices


@pytest.mark.parametrize("statistic", ["cpu", "mem"])
def test_a_group_that_is_made_anew_under_its_name(crunchstat, own, place, load, statistic):
    """Its counters have begun anew, though they may be higher already than the old ones were."""
    controller = {"cpu": "cpuacct", "mem": "memory"}[statistic]
    group = place("anew", controller)
    job = crunchstat.start("-poll", "20", "-stats", statistic, "-cgroup-root", group.parent, "-cgroup-parent",
                           group.name, "cat", stdin=subprocess.PIPE)

    def use(seconds):
        crunchstat.run("-c", f'echo $$ >{group}/cgroup.procs; exec "$0" burn {seconds}', load, command=["sh"])
    job.more(statistic, 1)
    use(0.1)
    job.more(statistic, 3)
    job.process.send_signal(signal.SIGSTOP)
    until(lambda: Groups.removed(group))
    group.mkdir()
    use(0.3)
    job.process.send_signal(signal.SIGCONT)
    job.more(statistic, 5)
    assert job.finish() == 0
    if statistic == "cpu":
        samples = job.log.of("cpu")
        used = [sample.values["user"] + sample.values["sys"] for sample in samples]
        [first] = [index for index in range(1, len(used)) if used[index] > used[index - 1] + 0.1]
        assert samples[first].interval is None and samples[first + 1].interval
        [total] = [text.split() for text in job.log.notices if text.startswith("total cpu ")]
        assert float(total[2]) + float(total[4]) == pytest.approx(used[first - 1] + used[-1], abs=0.001)


def test_a_watched_group_ends(crunchstat, place, load):
    """The container has ended: its last numbers stand, and the watch is over."""
    group = place("container", "memory")
    process = crunchstat.popen([load, "touch", "16", "60"], command=[], stdout=subprocess.DEVNULL,
                               preexec_fn=lambda: enter(0, [group]))
    job = crunchstat.start("-poll", "20", "-cgroup-root", group.parent, "-cgroup-parent", group.name)
    until(lambda: any(sample.values["rss"] >= 16 << 20 for sample in job.log.of("mem")))
    process.kill()
    process.wait()
    until(lambda: Groups.removed(group))
    assert job.wait() == 0
    log = job.log
    told_once(log)
    assert "the control group is gone" in log.notices
    [peak] = [text for text in log.notices if text.startswith("peak memory ")]
    assert 16 << 20 <= int(peak.split()[2]) < 24 << 20
    assert log.warnings == log.errors == []


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_files_become_unreadable(crunchstat, place, nobody, when):
    """What is open stays so; what can't be opened is told with the reason."""
    group = place("shut", "memory")
    if when == "before":
        (group / "memory.stat").chmod(0)
    job = crunchstat.start("-poll", "20", "-stats", "mem,usage", "-cgroup-root", group.parent, "-cgroup-parent",
                           group.name, "cat", stdin=subprocess.PIPE, **nobody)
    job.more("usage", 3)
    (group / "memory.stat").chmod(0)
    job.more("usage", 3)
    assert job.finish() == 0
    denied = [text for text in job.log.notices if "Permission denied" in text]
    if when == "before":
        assert job.log.of("mem") == []
        assert denied == [f"did not find mem: cannot read {group}/memory.stat: Permission denied"]
    else:
        assert len(job.log.of("mem")) >= 6 and denied == []


# --- what a host may lack ------------------------------------------------------------------------

def without(script):
    """Runs crunchstat where a mount has been taken away or changed, for it alone."""
    if not shutil.which("unshare") or os.geteuid() != 0:
        pytest.skip("why: changing mounts takes unshare and root")
    return ["unshare", "-m", "sh", "-ec", f'{script}; exec "$@"', "sh"]


@pytest.mark.parametrize("script, scope, absent", [
    ("umount -l /sys", "tree", []),
    ("mount -t tmpfs none /sys", "tree", []),
    ("umount -l /sys/fs/cgroup/memory", "own", ["mem"]),
    ("umount -l /proc", "tree", ["mem", "cpu", "blkio", "net"]),
    ("mount -o remount,hidepid=2 /proc", "own", []),
], ids=["no /sys", "an empty /sys", "no memory groups", "no /proc", "hidepid"])
def test_a_host_that_lacks_something(crunchstat, own, load, script, scope, absent):
    done = crunchstat.run("-poll", "20", load, "burn", "0.3", command=without(script) + command())
    assert done.status == 0 and float(done.out) >= 0.3
    log = done.log
    told_once(log)
    assert log.warnings == log.errors == []
    assert any(text.startswith(f"scope {scope}: ") for text in log.notices), log.notices
    names = {sample.name.partition(":")[0] for sample in log.samples}
    for name in ("mem", "cpu", "net"):
        assert (name in names) == (name not in absent), (name, log.notices)
    for name in absent:
        assert any(text.startswith(f"did not find {name}: ") for text in log.notices), (name, log.notices)
    # It waits between its polls, whatever there is to be seen.
    assert log.cost()[3] < 0.15
    if "cpu" not in absent:
        [total] = [text.split() for text in log.notices if text.startswith("total cpu ")]
        assert 0.28 <= float(total[2]) + float(total[4]) < 0.6
        check_differences(log.of("cpu"))


def test_a_process_that_hides_is_not_counted_twice(crunchstat, own, nobody):
    """Where /proc is hidepid, one that gains privileges can't be seen any more by who started it. With few
    descriptors its files are not held open."""
    folder = pathlib.Path(nobody["command"][-1]).parent
    hidden = shutil.copy(shutil.which("sleep"), folder / "hidden")
    os.chmod(hidden, 0o4755)
    words = nobody["command"]
    script = f"i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; exec {hidden} 0.5"
    start = time.monotonic()
    done = crunchstat.run("-scope", "tree", "-poll", "20", "sh", "-c", 'sh -c "$0"; exit 3', script,
                          command=without("mount -o remount,hidepid=2 /proc; ulimit -n 30")
                          + ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *words])
    elapsed = time.monotonic() - start - 0.5
    assert done.status == 3
    [total] = [text.split() for text in done.log.notices if text.startswith("total cpu ")]
    assert 0.01 < float(total[2]) + float(total[4]) < elapsed

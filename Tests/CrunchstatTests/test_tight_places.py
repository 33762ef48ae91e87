"""Where there is little of something, or much: the job runs as it would without crunchstat, or one line says why."""
import errno
import os
import re
import resource
import shutil
import subprocess

import pytest

from support import Groups, Log, command, until

MIB = 1 << 20
# What a program says of its own command line; its arguments follow.
OWN_WORDS = ["sh", "-c", "tr '\\0' '\\n' </proc/$$/cmdline | md5sum", "sh"]


def limited(name, value):
    def limit():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))
    return limit


# --- limits --------------------------------------------------------------------------------------

def told(log):
    """The sources of all that is told, and the names. Bytes are left out: which of two sources has the first one
    differs from one run to the next."""
    notices = {re.sub("crunchstat-[0-9]+-", "crunchstat-PID-", text) for text in log.notices
               if text.startswith(("scope ", "reading stats from /sys", "did not find ")) and "blkio." not in text}
    return notices, {sample.name.partition(":")[0] for sample in log.samples} - {"blkio"}


@pytest.mark.parametrize("flags", [[], ["-stats", "all"], ["-scope", "tree"], ["-log", "log"]], ids=" ".join)
def test_sixteen_descriptors(crunchstat, own, load, tmp_path, flags):
    """All is measured as where there are many, and the program gets the limit as it was."""
    script = 'ulimit -n; ulimit -Hn; "$0" burn 0.2 >/dev/null; "$0" touch 16 0.3 >/dev/null; exit 3'
    logs = []
    for limit in (1024, 16):
        (tmp_path / "log").unlink(missing_ok=True)
        done = crunchstat.run("-poll", "20", *flags, "sh", "-c", script, load, cwd=tmp_path,
                              preexec_fn=limited("NOFILE", limit))
        assert (done.status, done.out.split()) == (3, [str(limit).encode()] * 2), done.err
        logs.append(Log((tmp_path / "log").read_bytes()) if "-log" in flags else done.log)
        assert logs[-1].warnings == logs[-1].errors == []
    few = logs[1]
    assert told(logs[0]) == told(few)
    assert 16 * MIB <= max(sample.values["rss"] for sample in few.of("mem")) < 24 * MIB
    [total] = [text.split() for text in few.notices if text.startswith("total cpu ")]
    assert 0.18 <= float(total[2]) + float(total[4]) < 0.5


def test_a_quota_is_seen_with_sixteen_descriptors(crunchstat, own, load):
    """What can't be read because there is no descriptor is not taken for what is not there."""
    group = own.paths.get("cpu")
    if group is None:
        pytest.skip("why: no v1 hierarchy with cpu is mounted here")
    outer = group / f"test-quota-{os.getpid()}"
    inner = outer / "a" / "b"
    inner.mkdir(parents=True)
    try:
        (outer / "cpu.cfs_quota_us").write_text("50000")

        def start():
            (inner / "cgroup.procs").write_text("0")
            limited("NOFILE", 16)()
        log = crunchstat.run("-poll", "20", "-stats", "all", load, "burn", "0.1", preexec_fn=start).log
        assert {text.split()[6] for text in (sample.text for sample in log.of("cpu"))} == {"0.50"}
    finally:
        for folder in (inner, inner.parent, outer):
            until(lambda: Groups.removed(folder))


@pytest.mark.parametrize("flags", [[], ["-stats", "all", "-scope", "tree"]], ids=" ".join)
def test_64_mib_of_address_space(crunchstat, flags):
    done = crunchstat.run("-poll", "10", *flags, "sh", "-c", "ulimit -v; sleep 0.2; exit 3",
                          preexec_fn=limited("AS", 64 * MIB))
    assert (done.status, done.out) == (3, b"65536\n")
    assert done.log.warnings == done.log.errors == [] and done.log.cost()[0] > 5


@pytest.mark.parametrize("flags", [[], ["-scope", "tree"], ["-scope", "inherit"]], ids=" ".join)
def test_no_process_can_be_started(crunchstat, nobody, flags):
    """RLIMIT_NPROC: crunchstat itself is the last that the user may have."""
    done = crunchstat.run(*flags, "true", preexec_fn=limited("NPROC", 1), **nobody)
    assert done.status == 125
    assert done.log.errors == ["cannot run true: Resource temporarily unavailable"]


def test_a_program_that_is_at_its_limit_of_processes(crunchstat, nobody):
    """crunchstat needs none beyond the program."""
    done = crunchstat.run("sh", "-c", "ulimit -p; exit 3", preexec_fn=limited("NPROC", 2), **nobody)
    assert (done.status, done.out) == (3, b"2\n")


# --- disks ---------------------------------------------------------------------------------------

def test_a_root_that_is_read_only_and_has_no_tmp(crunchstat, own, load, tmp_path):
    """Nor a /dev, which a tracer alone needs."""
    *prefix, program = command()
    left_out = "/tmp" if prefix else "/tmp | /dev"
    root = tmp_path / "root"
    root.mkdir()
    shutil.copy(program, tmp_path / "crunchstat")
    shutil.copy(load, tmp_path / "load")
    script = f"""
mount -t tmpfs none {root}
cp {tmp_path}/crunchstat {tmp_path}/load {root}
for place in /*; do
  case $place in {left_out}) continue ;; esac
  if [ -L $place ]; then cp -P $place {root}
  elif [ -d $place ]; then mkdir {root}$place; mount --rbind $place {root}$place; fi
done
mount -o remount,ro {root}
exec chroot {root} "$@"
"""
    done = crunchstat.run("-poll", "20", "-stats", "all", "/load", "burn", "0.2",
                          command=["unshare", "-m", "sh", "-ec", script, "sh", *prefix, "/crunchstat"],
                          env={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin"})
    assert done.status == 0 and float(done.out) >= 0.2, done.err
    log = done.log
    assert any(text.startswith("scope own: ") for text in log.notices)
    assert "did not find statfs: no directory /tmp" in log.notices
    assert log.warnings == log.errors == []
    [total] = [text.split() for text in log.notices if text.startswith("total cpu ")]
    assert 0.18 <= float(total[2]) + float(total[4]) < 0.5


def test_a_disk_without_room(crunchstat, tmp_path):
    """The job's folder, its TMPDIR and the log are on it: no room, and no other status."""
    if os.geteuid() != 0:
        pytest.skip("why: mounting a small disk takes root")
    disk = tmp_path / "disk"
    disk.mkdir()
    script = f'mount -t tmpfs -o size=64k none {disk}; cat /dev/zero >{disk}/filler 2>/dev/null || cd {disk}; exec "$@"'
    for flags in ([], ["-log", "log"]):
        done = crunchstat.run("-poll", "10", "-stats", "mem,cpu,statfs", *flags,
                              "sh", "-c", "echo x >file; [ ! -s file ] || exit 99; sleep 0.1; exit 3",
                              command=["unshare", "-m", "sh", "-ec", script, "sh", *command()],
                              env={**os.environ, "TMPDIR": str(disk)})
        assert done.status == 3, done.err
        if not flags:
            assert {sample.values["available"] for sample in done.log.of("statfs")} == {0}
            assert done.log.warnings == done.log.errors == []


# --- much, and odd ones --------------------------------------------------------------------------

def much(stack=64 * MIB):
    resource.setrlimit(resource.RLIMIT_STACK, (stack, resource.RLIM_INFINITY))


@pytest.mark.parametrize("size, count", [(100_000, 50), (99, 50_000), (1, 400_000)], ids=str)
@pytest.mark.parametrize("limit", [None, 64 * MIB], ids=["", "little memory"])
def test_five_megabytes_of_arguments(crunchstat, size, count, limit):
    words = ["a" * size] * count
    if limit and len(command()) > 1:
        limit = None  # a tracer takes its share

    def start():
        much()
        if limit:
            limited("AS", limit)()
    alone = subprocess.run([*OWN_WORDS, *words], stdin=subprocess.DEVNULL, capture_output=True, preexec_fn=start)
    assert alone.returncode == 0, alone.stderr
    done = crunchstat.run("-poll", "10", *OWN_WORDS, *words, preexec_fn=start)
    assert (done.status, done.out) == (0, alone.stdout), done.err[-300:]
    line = done.err.splitlines()[0]
    assert line.startswith(b"crunchstat: Running [sh -c ") and line.endswith(b"a...]") and len(line) < 4200


def test_more_arguments_than_the_program_may_have(crunchstat, tmp_path):
    """They are what crunchstat itself can just be given; what runs the script is one too many."""
    script = tmp_path / "script"
    script.write_text("#!" + "/" * 100 + "usr/bin/env sh\n")
    script.chmod(0o755)

    def run(last):
        return crunchstat.run(script, *["a" * 100_000] * 20, "c" * last,
                              preexec_fn=lambda: much(8 * MIB))
    least, most = 1, 128 * 1024 - 2
    while most - least > 1:
        middle = (least + most) // 2
        try:
            if run(middle).status == 126:
                least = middle
                break
            least = middle
        except OSError as error:
            assert error.errno == errno.E2BIG
            most = middle
    done = run(least)
    assert done.status == 126
    assert done.log.errors == [f"cannot run {script}: Argument list too long"]


def test_an_environment_of_a_megabyte(crunchstat):
    environment = {f"V{number}".encode(): os.urandom(24_000).replace(b"\0", b"\xff") for number in range(42)}
    environment[b"PATH"] = b"/usr/bin:/bin"
    done = crunchstat.run("env", "-0", env=environment)
    assert done.status == 0
    assert dict(word.split(b"=", 1) for word in done.out.split(b"\0") if word) == environment


ODD = b"odd-\xff\xc3(\xa0\x80"


def test_names_that_are_not_utf_8(crunchstat, tmp_path):
    """Program, arguments, environment, PATH, folder, TMPDIR, log: byte for byte."""
    folder = os.fsencode(tmp_path) + b"/" + ODD
    os.mkdir(folder)
    program = folder + b"/run-" + ODD
    with open(program, "wb") as file:
        file.write(b'#!/bin/sh\nprintf "%s|" "$@" "$ODD" "$PWD"; echo >&2; exit 7\n')
    os.chmod(program, 0o755)
    environment = {b"PATH": folder + b":/usr/bin:/bin", b"ODD": ODD, b"TMPDIR": folder}
    out = b"|".join([b"x" + ODD, b"", ODD, folder]) + b"|"
    for word in (program, b"run-" + ODD, b"./run-" + ODD):
        done = crunchstat.run("-stats", "all", "-log", b"log-" + ODD, word, b"x" + ODD, b"", cwd=folder,
                              env=environment)
        assert (done.status, done.out) == (7, out)
    log = open(folder + b"/log-" + ODD, "rb").read()
    shown = f"{tmp_path}/odd-\\xff\\xc3(\\xa0\\x80"
    assert f"notice: reading stats from the file system of {shown}\n".encode() in log
    assert b"crunchstat: Running [" in log
    done = crunchstat.run(folder + b"/none")
    assert done.status == 127 and done.log.errors == [f"cannot run {shown}/none: No such file or directory"]


def test_groups_whose_names_are_not_utf_8(crunchstat, own):
    group = os.fsencode(own.paths["memory"]) + f"/{os.getpid()}-".encode() + ODD
    os.mkdir(group)

    def enter():
        with open(group + b"/cgroup.procs", "w") as file:
            file.write("0")
    try:
        shown = f"{own.paths['memory']}/{os.getpid()}-odd-\\xff\\xc3(\\xa0\\x80"
        done = crunchstat.run("cat", "/proc/self/cgroup", preexec_fn=enter)
        assert done.status == 0 and b"-" + ODD + b"/crunchstat-" in done.out
        assert f"reading stats from {shown}/crunchstat-{done.pid}-0/memory.stat" in done.log.notices
        assert os.listdir(group) and not [name for name in os.listdir(group) if name.startswith(b"crunchstat-")]
        done = crunchstat.run("-cgroup-root", own.paths["memory"], "-cgroup-parent", os.path.basename(group), "true")
        assert f"reading stats from {shown}/memory.stat" in done.log.notices
    finally:
        until(lambda: Groups.removed(group))

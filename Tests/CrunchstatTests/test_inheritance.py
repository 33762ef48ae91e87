"""What the program inherits is what crunchstat was started with."""
import os
import resource
import select
import shutil
import signal
import subprocess
import sys

import pytest

from support import Log, command


def plain():
    pass


def odd():
    """A starting point that differs from the usual in everything that a wrapper could spoil."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1, signal.SIGTERM, signal.SIGCHLD, 40})
    for number in (signal.SIGHUP, signal.SIGPIPE, signal.SIGINT, signal.SIGCHLD):
        signal.signal(number, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 128))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(0o027)
    os.nice(3)
    with open("/proc/self/timerslack_ns", "w") as slack:
        slack.write("70000")


# Policy, flags, niceness, priority and the slice (sched_getattr(2), x86-64).
SCHEDULING = """
import ctypes
words = (ctypes.c_uint8 * 48)()
assert ctypes.CDLL(None).syscall(315, 0, words, 48, 0) == 0
print(bytes(words).hex())
"""


@pytest.mark.parametrize("start", [plain, odd])
@pytest.mark.parametrize("scope", ["auto", "inherit"])  # a program may be started in another way where it has no group
@pytest.mark.parametrize("program", [
    ["grep", "-E", "^(Umask|Uid|Gid|Groups|SigBlk|SigIgn|Cap...|NoNewPrivs|Seccomp|Cpus_allowed|THP_enabled):",
     "/proc/self/status"],
    ["cat", "/proc/self/limits"],
    ["cat", "/proc/self/timerslack_ns"],
    ["cat", "/proc/self/oom_score_adj"],
    ["cat", "/proc/self/personality"],
    ["readlink", "/proc/self/cwd"],
    ["nice"],
    [sys.executable, "-c", SCHEDULING],
    ["env", "-0"],
], ids=lambda value: " ".join((value[0], value[-1])) if isinstance(value, list) else "")
def test_the_program_runs_as_it_would_alone(crunchstat, tmp_path, start, scope, program):
    options = {"cwd": tmp_path, "preexec_fn": start,
               "env": {b"PATH": b"/usr/bin:/bin", b"ODD": b"\xff\xfe=\n", b"EMPTY": b""}}
    alone = subprocess.run(program, stdin=subprocess.DEVNULL, capture_output=True, **options)
    assert alone.returncode == 0 and alone.stdout
    done = crunchstat.run("-scope", scope, *program, **options)
    assert done.status == 0
    assert done.out == alone.stdout


def test_process_group_and_session(crunchstat):
    done = crunchstat.run("cat", "/proc/self/stat")
    group, session = done.out.rpartition(b")")[2].split()[2:4]
    assert int(group) == int(session) == done.pid


@pytest.mark.parametrize("flags", [[], ["-scope", "inherit"], ["-cgroup-root", "/sys/fs/cgroup"]], ids=" ".join)
def test_the_program_has_three_descriptors(crunchstat, flags):
    open_ones = "import os; print([n for n in range(256) if os.path.exists(f'/proc/self/fd/{n}')])"
    assert crunchstat.run(*flags, sys.executable, "-c", open_ones).out == b"[0, 1, 2]\n"


@pytest.mark.parametrize("limit", [64, 16])
@pytest.mark.parametrize("flags", [[], ["-stats", "all", "-log", "/dev/null"]], ids=" ".join)
def test_descriptors_from_outside_are_passed_through_and_not_kept(crunchstat, flags, limit):
    """As env and timeout do: a jobserver's pipe, a lock. The other end sees the program let go, also where so few
    descriptors are allowed that none is left to list them with."""
    end, other = os.pipe()
    program = f"import os, time; os.write({other}, b'%d' % os.getpid()); os.close({other}); time.sleep(10)"
    crunchstat.start(*flags, sys.executable, "-c", program, pass_fds=[other],
                     preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)))
    os.close(other)
    with open(end, "rb") as pipe:
        program = int(pipe.read())
    os.kill(program, 0)


def test_descriptors_are_not_kept_while_something_left_behind_holds_stderr(crunchstat):
    """Also where the program itself has ended by crunchstat's first look."""
    end, other = os.pipe()
    job = crunchstat.start("-scope", "inherit", "-drain", "60s", "sh", "-c", "exec 9>&-; sleep 60 & exit",
                           pass_fds=[9], preexec_fn=lambda: os.dup2(other, 9))
    os.close(other)
    with open(end, "rb") as pipe:
        assert select.select([pipe], [], [], 20)[0] and pipe.read() == b""
    assert job.process.poll() is None


def test_descriptors_are_not_listed_for_a_program_that_has_ended(crunchstat, tmp_path):
    """The kernel needs 2 us for each. The tracer holds crunchstat up, after the program's start, until
    it has ended or surely not."""
    if not shutil.which("strace"):
        pytest.skip("why: strace is not installed")
    if len(command()) > 1:
        pytest.skip("why: crunchstat runs under another tracer already")
    held = "inject=sched_setattr:delay_enter=300000"
    for program, times in (["true"], 0), (["sleep", "3"], 1):
        trace = tmp_path / "trace"
        watched = ["strace", "-qq", "-e", "trace=openat,sched_setattr", "-e", held, "-o", trace, *command()]
        assert crunchstat.run("-scope", "inherit", *program, command=watched).status == 0
        assert trace.read_text().count('"/proc/self/fd"') == times


@pytest.mark.parametrize("closed", [[0], [1], [2], [0, 1, 2]], ids=str)
def test_streams_that_are_closed_at_the_start(crunchstat, tmp_path, closed):
    """Their numbers must not fall to files of crunchstat's own, which the program would then write to."""
    job = crunchstat.start("-log", tmp_path / "log", "-poll", "10",
                           "sh", "-c", "echo to stdout; echo to stderr >&2; echo to stdin >&0; sleep 0.1; exit 4",
                           preexec_fn=lambda: [os.close(number) for number in closed])
    assert job.wait() == 4
    assert Log((tmp_path / "log").read_bytes()).program == []


def test_arguments_are_bytes(crunchstat):
    done = crunchstat.run("printf", "%s|", b"\xff\xfe", b"\xc3", "", " ")
    assert (done.status, done.out) == (0, b"\xff\xfe|\xc3|| |")

"""Signals sent to crunchstat reach the program; crunchstat stays until it ends."""
import ctypes
import os
import resource
import signal
import subprocess
import time

import pytest

from support import gone, until

# All that a process can be sent and can take, but SIGCHLD, which is about its own children.
ALL = sorted(set(range(1, 65)) - {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD, 32, 33})


def start(crunchstat, program, *flags, **options):
    """Starts a listener; returns when it listens."""
    job = crunchstat.start(*flags, *program, stdout=subprocess.PIPE, **options)
    assert job.process.stdout.readline() == b"ready\n"
    return job


def said(job):
    return job.process.stdout.readline().decode().split()


def name(number):
    """As kill -l has it."""
    if number < 34:
        return signal.Signals(number).name
    return f"SIGRTMIN+{number - 34}".removesuffix("+0") if number < 50 else f"SIGRTMAX-{64 - number}".removesuffix("-0")


def queue(pid, number, value):
    class Value(ctypes.Union):
        _fields_ = [("int", ctypes.c_int), ("pointer", ctypes.c_void_p)]
    libc = ctypes.CDLL(None, use_errno=True)
    libc.sigqueue.argtypes = [ctypes.c_int, ctypes.c_int, Value]
    assert libc.sigqueue(pid, number, Value(int=value)) == 0, os.strerror(ctypes.get_errno())


def test_every_signal_is_passed_on_and_logged(crunchstat, listener):
    """SIGSEGV and its like too: sent by somebody they are signals as others."""
    job = start(crunchstat, [listener])
    for number in ALL:
        os.kill(job.pid, number)
        assert said(job) == [str(number)]
    assert job.wait() == 9 and job.process.stdout.read() == b""
    caught = [line for line in job.log.own if "caught signal" in line]
    assert sorted(caught) == sorted(f"crunchstat: caught signal: {'SIGIO' if n == 29 else name(n)}" for n in ALL)


def test_a_value_that_comes_with_a_signal_is_passed_on(crunchstat, listener):
    job = start(crunchstat, [listener])
    for number in (signal.SIGUSR1, signal.SIGRTMIN):
        queue(job.pid, number, 4711)
        assert said(job) == [str(int(number)), "4711"]
    os.kill(job.pid, signal.SIGRTMAX)
    assert job.wait() == 9


def test_each_of_ten_thousand_real_time_signals_arrives(crunchstat, listener):
    limit = resource.getrlimit(resource.RLIMIT_SIGPENDING)[0]
    if 0 <= limit < 12000:
        pytest.skip(f"why: no more than {limit} signals may be pending (RLIMIT_SIGPENDING)")
    job = start(crunchstat, [listener, "10000"])
    for _ in range(10000):
        os.kill(job.pid, signal.SIGRTMIN)
    assert job.wait() == 0 and job.process.stdout.read() == b"10000\n"
    assert job.log.own.count("crunchstat: caught signal: SIGRTMIN") == 10000


def test_a_storm_does_no_harm(crunchstat, listener):
    """Standard signals merge, nobody can tell how many arrive; polls go on, and so does the end."""
    job = start(crunchstat, [listener], "-poll", "10")
    for _ in range(10000):
        os.kill(job.pid, signal.SIGUSR1)
        os.kill(job.pid, signal.SIGCHLD)
    assert said(job) == [str(int(signal.SIGUSR1))]
    job.more("cpu")
    os.kill(job.pid, signal.SIGRTMAX)
    assert set(job.process.stdout.read().split()) <= {b"10", b"64"}
    assert job.wait() == 9


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1])
def test_a_program_that_dies_of_the_signal(crunchstat, number):
    job = crunchstat.start("sh", "-c", "ulimit -c 0; echo ready; exec sleep 60", stdout=subprocess.PIPE)
    job.process.stdout.readline()
    job.process.send_signal(number)
    assert job.wait() == 128 + number


@pytest.mark.parametrize("delay", [0, 0.0005, 0.001, 0.002, 0.004, 0.008, 0.016])
def test_a_signal_at_any_time_of_the_start(crunchstat, groups, delay):
    """Either crunchstat has not begun, and dies of it, or the program does. Nothing stays behind."""
    job = crunchstat.start("sleep", "60")
    time.sleep(delay)
    job.process.send_signal(signal.SIGTERM)
    assert job.wait(30) in (-signal.SIGTERM, 128 + signal.SIGTERM)
    until(lambda: gone(job.pid))
    assert groups.of(job.pid) == []


@pytest.mark.parametrize("way", ["ignored", "blocked"])
def test_sigchld_that_is_ignored_or_blocked_at_the_start(crunchstat, way):
    def start():
        if way == "ignored":
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        else:
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    done = crunchstat.run("-poll", "10", "sh", "-c", "sleep 0.1; exit 7", preexec_fn=start)
    assert done.status == 7
    assert crunchstat.run("sh", "-c", "kill -9 $$", preexec_fn=start).status == 137


def test_a_signal_that_was_pending_at_the_start(crunchstat, listener):
    """Sent before there was a program, it is for the program."""
    def pend():
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM, signal.SIGRTMIN])
        if (sender := os.fork()) == 0:
            for number in (signal.SIGTERM, signal.SIGRTMIN, signal.SIGRTMIN):
                os.kill(os.getppid(), number)
            os._exit(0)
        os.waitpid(sender, 0)
    job = start(crunchstat, [listener], preexec_fn=pend)
    assert sorted(sum((said(job) for _ in range(3)), [])) == ["15", "34", "34"]
    os.kill(job.pid, signal.SIGRTMAX)
    assert job.wait() == 9


def test_an_alarm_that_was_set_before(crunchstat):
    """perl -e 'alarm 10; exec @ARGV' crunchstat job: a timer lives on through exec, and was meant for the job."""
    done = crunchstat.run("sleep", "60", preexec_fn=lambda: signal.setitimer(signal.ITIMER_REAL, 0.3))
    assert done.status == 128 + signal.SIGALRM


def test_under_nohup(crunchstat, tree):
    """SIGHUP stays ignored in the program, and does not end a crunchstat without one."""
    tree.memory(1)

    def ignore():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    done = crunchstat.run("grep", "SigIgn", "/proc/self/status", preexec_fn=ignore)
    assert int(done.out.split()[1], 16) & 1
    assert crunchstat.run("sh", "-c", "kill -HUP $PPID; sleep 0.2; exit 3", preexec_fn=ignore).status == 3
    job = crunchstat.start("-poll", "10", *tree.flags, preexec_fn=ignore)
    job.more("mem")
    job.process.send_signal(signal.SIGHUP)
    until(lambda: b"caught signal: SIGHUP" in job.err)
    job.more("mem")
    job.process.send_signal(signal.SIGTERM)
    assert job.wait() == 0


def test_a_program_that_stops_when_it_is_told_to(crunchstat):
    """A supervisor that stops crunchstat as a job finds it stopped, and lets both go on."""
    job = start(crunchstat, ["sh", "-c", "trap 'kill -STOP $$' TSTP; echo ready; "
                             "while [ ! -e go ]; do sleep 0.02; done; exit 7"], cwd=crunchstat.folder)
    os.kill(job.pid, signal.SIGTSTP)
    _, status = until(lambda: (found := os.waitpid(job.pid, os.WNOHANG | os.WUNTRACED))[0] and found)
    assert os.WIFSTOPPED(status)
    (crunchstat.folder / "go").touch()
    os.kill(job.pid, signal.SIGCONT)
    assert job.wait() == 7


def test_a_stop_that_was_ignored_is_forgotten(crunchstat):
    """Somebody stops the program alone, later: crunchstat goes on, whose turn it is not."""
    job = start(crunchstat, ["sh", "-c", "trap '' TSTP; echo ready; echo $$; exec sleep 60"], "-poll", "10")
    program = int(job.process.stdout.readline())
    os.kill(job.pid, signal.SIGTSTP)
    until(lambda: b"caught signal: SIGTSTP" in job.err)
    time.sleep(2.2)  # the moment in which the program might have obeyed
    os.kill(program, signal.SIGSTOP)
    job.more("cpu", 20)
    assert os.waitpid(job.pid, os.WNOHANG | os.WUNTRACED) == (0, 0)
    os.kill(program, signal.SIGKILL)
    assert job.wait() == 137

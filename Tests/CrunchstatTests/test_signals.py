"""Signals sent to crunchstat reach the program; crunchstat stays until it ends."""
import fcntl
import os
import signal
import subprocess
import sys
import termios
import time

import pytest

from support import command, gone, read_terminal, until

# A program that says which signals arrive and ends with status 9 at SIGUSR2.
LISTENER = """
import os, signal
def heard(number, frame):
    os.write(1, signal.Signals(number).name.encode() + b"\\n")
    if number == signal.SIGUSR2: os._exit(9)
for name in ("TERM", "INT", "USR1", "USR2", "HUP", "QUIT", "ALRM", "WINCH"):
    signal.signal(getattr(signal, "SIG" + name), heard)
os.write(1, b"ready\\n")
while True: signal.pause()
"""


def listener(crunchstat, *flags, **options):
    job = crunchstat.start(*flags, sys.executable, "-c", LISTENER, stdout=subprocess.PIPE, **options)
    assert job.process.stdout.readline() == b"ready\n"
    return job


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGUSR1", "SIGHUP", "SIGQUIT", "SIGUSR2"])
def test_a_signal_is_passed_on_and_logged(crunchstat, name):
    job = listener(crunchstat)
    job.process.send_signal(getattr(signal, name))
    assert job.process.stdout.readline().decode() == f"{name}\n"
    if name != "SIGUSR2":
        assert job.process.poll() is None
        job.process.send_signal(signal.SIGUSR2)
        assert job.process.stdout.read() == b"SIGUSR2\n"
    assert job.wait() == 9
    assert job.log.own.count(f"crunchstat: caught signal: {name}") == 1


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


def test_a_key_on_the_terminal_reaches_the_program_once(crunchstat):
    """The terminal signals the whole foreground group: the program has it without crunchstat's help."""
    master, slave = os.openpty()
    try:
        job = listener(crunchstat, stdin=slave, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)
        os.write(master, b"\x03")
        assert job.process.stdout.readline() == b"SIGINT\n"
        time.sleep(0.3)  # time for a second one to come
        job.process.send_signal(signal.SIGUSR2)
        assert job.process.stdout.read() == b"SIGUSR2\n"
        assert job.wait() == 9
    finally:
        os.close(master)


def test_job_control_in_a_shell(crunchstat, tmp_path):
    """Ctrl-Z stops both, or the shell would wait for ever; fg lets both go on."""
    master, slave = os.openpty()
    crunchstat.popen(["--norc", "--noprofile", "-i"], command=["bash"], stdin=slave, stdout=slave, stderr=slave,
                     preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
    os.close(slave)
    try:
        # One process that says when it runs. A shell that is about to run something in a vfork child can't be
        # stopped: Ctrl-Z stops the child before exec, and the shell waits for that, with crunchstat or without.
        ready, script = tmp_path / "ready", tmp_path / "program"
        script.write_text(f"import time\nopen({str(ready)!r}, 'w').close()\ntime.sleep(1)\nexit(7)\n")
        words = " ".join([*command(), "-poll", "20", "-log", f"{tmp_path}/log", sys.executable, str(script)])
        os.write(master, f"{words}\n".encode())
        until(ready.exists)
        os.write(master, b"\x1a")
        assert b"Stopped" in read_terminal(master, lambda text: b"Stopped" in text)
        os.write(master, b"fg; echo it was $?\n")
        assert b"it was 7" in read_terminal(master, lambda text: b"it was 7" in text)
    finally:
        os.close(master)


def test_a_program_that_does_not_stop_keeps_crunchstat_going(crunchstat):
    """A session of its own has no shell that could continue it: the kernel spares it, so Ctrl-Z must not hang us."""
    master, slave = os.openpty()
    job = crunchstat.start("-poll", "20", "sleep", "2", stdin=slave,
                           preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
    os.close(slave)
    try:
        until(lambda: b"crunchstat: cpu" in job.err)
        os.write(master, b"\x1a")
        until(lambda: b"caught signal: SIGTSTP" in job.err)
        assert job.wait(20) == 0
    finally:
        os.close(master)

"""On a terminal: keys that send signals, stops and continuations, a terminal that goes away."""
import fcntl
import os
import signal
import struct
import subprocess
import sys
import termios
import time

import pytest

from support import command, gone, read_terminal, until

KEYS = {"ctrl-c": (b"\x03", signal.SIGINT), "ctrl-backslash": (b"\x1c", signal.SIGQUIT),
        "ctrl-z": (b"\x1a", signal.SIGTSTP)}


class Terminal:
    """A pseudo-terminal: what runs at it, and the person in front of it."""

    def __init__(self, crunchstat):
        self.crunchstat = crunchstat
        self.master, self.slave = os.openpty()

    def options(self, **more):
        take = more.pop("preexec_fn", lambda: None)
        return {"stdin": self.slave, "preexec_fn": lambda: (fcntl.ioctl(0, termios.TIOCSCTTY, 0), take())} | more

    def start(self, *arguments, **more):
        return self.crunchstat.start(*arguments, **self.options(**more))

    def shell(self):
        self.crunchstat.popen(["--norc", "--noprofile", "-i"], command=["bash"],
                              **self.options(stdout=self.slave, stderr=self.slave))
        # noflsh: or a key takes away what was typed before it and is not read yet.
        self.type("PS1='> '; set +o emacs; stty -echo noflsh")
        self.type("echo re''ady")
        self.shows(b"ready")

    def type(self, line):
        os.write(self.master, line.encode() + b"\n")

    def press(self, key):
        os.write(self.master, KEYS[key][0])

    def shows(self, text):
        shown = read_terminal(self.master, lambda shown: text in shown)
        assert text in shown
        return shown

    def close(self):
        for end in (self.master, self.slave):
            if end >= 0:
                os.close(end)
        self.master = self.slave = -1


@pytest.fixture
def terminal(crunchstat):
    terminal = Terminal(crunchstat)
    yield terminal
    terminal.close()


def numbers(job, count):
    return [int(job.process.stdout.readline()) for _ in range(count)]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_reaches_the_program_once(terminal, listener, key):
    """The terminal signals the whole foreground group: the program has it without crunchstat's help."""
    job = terminal.start(listener, stdout=subprocess.PIPE)
    assert job.process.stdout.readline() == b"ready\n"
    terminal.press(key)
    until(lambda: f"caught signal: {KEYS[key][1].name}".encode() in job.err)
    os.kill(job.pid, signal.SIGRTMAX)  # passed on after anything else that is
    assert numbers(job, 2) == [KEYS[key][1], signal.SIGRTMAX]
    assert job.wait() == 9


def test_a_new_size_reaches_the_program_once(terminal, listener):
    job = terminal.start(listener, stdout=subprocess.PIPE)
    assert job.process.stdout.readline() == b"ready\n"
    fcntl.ioctl(terminal.master, termios.TIOCSWINSZ, struct.pack("HHHH", 17, 71, 0, 0))
    until(lambda: b"caught signal: SIGWINCH" in job.err)
    os.kill(job.pid, signal.SIGRTMAX)
    assert numbers(job, 2) == [signal.SIGWINCH, signal.SIGRTMAX]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_before_there_is_a_program(terminal, listener, key):
    """Pressed while crunchstat sets up, it is for the program, whom the terminal could not reach."""
    def press():
        signal.pthread_sigmask(signal.SIG_BLOCK, [KEYS[key][1]])
        terminal.press(key)
        until(lambda: KEYS[key][1] in signal.sigpending())
    job = terminal.start(listener, stdout=subprocess.PIPE, preexec_fn=press)
    assert job.process.stdout.readline() == b"ready\n"
    assert numbers(job, 1) == [KEYS[key][1]]


def test_a_terminal_that_hangs_up(terminal):
    """It tells the leader of the session alone, which without crunchstat were the program."""
    job = terminal.start("sh", "-c", "echo ready; exec sleep 60", stdout=subprocess.PIPE)
    assert job.process.stdout.readline() == b"ready\n"
    terminal.close()
    assert job.wait() == 128 + signal.SIGHUP


STOPS = {
    "the key": "",
    # as an editor does that has taken the key for its own
    "the program itself": "os.killpg(0, signal.SIGTSTP)",
    "the program's handler": "signal.signal(signal.SIGTSTP, lambda *_: os.kill(os.getpid(), signal.SIGSTOP))",
}


@pytest.mark.parametrize("way", STOPS)
def test_in_a_shell(terminal, tmp_path, way):
    """What stops the program stops both, or the shell would wait for ever; fg lets both go on."""
    # One process that says when it runs. A shell that is about to run something in a vfork child can't be
    # stopped: Ctrl-Z stops the child before exec, and the shell waits for that, with crunchstat or without.
    ready, script = tmp_path / "ready", tmp_path / "program"
    script.write_text(f"""
import os, signal, time
{STOPS[way] if way.endswith("handler") else ""}
open({str(ready)!r}, "w").close()
{STOPS[way] if way.endswith("itself") else ""}
time.sleep(1)
exit(7)
""")
    terminal.shell()
    terminal.type(" ".join([*command(), "-poll", "20", "-log", f"{tmp_path}/log", sys.executable, str(script)]))
    until(ready.exists)
    if not way.endswith("itself"):
        terminal.press("ctrl-z")
    terminal.shows(b"Stopped")
    terminal.type("fg; echo it was $?")
    terminal.shows(b"it was 7")


def test_stops_at_any_time_of_the_start(terminal, tmp_path):
    """Between vfork and exec too, where a child that stopped would hold crunchstat fast."""
    terminal.shell()
    words = " ".join([*command(), "-log", f"{tmp_path}/log", "sleep", "0.1"])
    stopped = 0
    for step in range(24):
        terminal.type(f"{words}; echo do''ne {step}.")
        time.sleep(step / 2000)
        terminal.press("ctrl-z")
        shown = terminal.shows(f"done {step}.".encode())
        if b"Stopped" in shown:
            stopped += 1
            terminal.type(f"fg; echo it was $? {step}.")
            terminal.shows(f"it was 0 {step}.".encode())
    assert stopped > 0


def test_a_program_that_reads_the_terminal_in_the_background(terminal, tmp_path):
    """It is stopped, as a job of its own would be; in the foreground it goes on and reads."""
    terminal.shell()
    terminal.type(" ".join([*command(), "-poll", "20", "-log", f"{tmp_path}/log", "sh", "-c",
                            "'read line; echo read $line'", "&"]))
    until(lambda: (tmp_path / "log").exists() and b"caught signal: SIGTTIN" in (tmp_path / "log").read_bytes())
    terminal.type("jobs; echo li''sted")
    assert b"Stopped" in terminal.shows(b"listed")
    terminal.type("fg")
    terminal.type("a word")
    terminal.shows(b"read a word")


def test_a_program_that_does_not_stop_keeps_crunchstat_going(terminal):
    """A session of its own has no shell that could continue it: the kernel spares it, so Ctrl-Z must not hang us."""
    job = terminal.start("-poll", "20", "sleep", "1")
    until(lambda: b"crunchstat: cpu" in job.err)
    terminal.press("ctrl-z")
    until(lambda: b"caught signal: SIGTSTP" in job.err)
    assert job.wait(20) == 0
    until(lambda: gone(job.pid))

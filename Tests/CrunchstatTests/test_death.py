"""When a process of the three dies before its time: the parent, crunchstat, the program."""
import os
import signal
import subprocess
import sys
import time

import pytest

from support import command, gone, until

# Starts crunchstat and says its process id; ends when its stdin does.
PARENT = """
import subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=3, pass_fds=[3])
print(child.pid, flush=True)
sys.stdin.read()
"""
# The same from a thread that ends at once.
THREAD = """
import subprocess, sys, threading
def start(): print(subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=3, pass_fds=[3]).pid, flush=True)
thread = threading.Thread(target=start); thread.start(); thread.join()
sys.stdin.read()
"""


@pytest.fixture
def orphan(crunchstat, listener):
    """Starts a parent that starts crunchstat with a listener; what the listener says comes from `said`."""
    ends = []

    def start(script, *flags):
        read, write = os.pipe()
        ends.append(os.fdopen(read))
        errors = open(crunchstat.folder / "err", "wb")

        def prepare():
            os.dup2(write, 3)
        with errors:
            parent = crunchstat.popen(["-c", script, *command(), *flags, listener], command=[sys.executable],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                                      pass_fds=[3], preexec_fn=prepare)
        os.close(write)
        pid = int(parent.stdout.readline())
        assert ends[-1].readline() == "ready\n"
        return parent, pid, ends[-1]
    yield start
    for end in ends:
        end.close()


@pytest.mark.parametrize("script", [PARENT, THREAD], ids=["process", "thread"])
@pytest.mark.parametrize("way", [signal.SIGKILL, None], ids=["SIGKILL", "end"])
def test_the_parent_goes(orphan, crunchstat, script, way):
    parent, pid, said = orphan(script, "-signal-on-dead-ppid", "10")
    time.sleep(0.1)  # a thread that has ended is no dead parent
    if way:
        parent.send_signal(way)
    else:
        parent.stdin.close()
    assert said.readline() == "10\n"
    os.kill(pid, signal.SIGRTMAX)
    assert said.read() == "64\n"
    until(lambda: parent.poll() is not None and gone(parent.pid))
    notices = [line for line in (crunchstat.folder / "err").read_text().splitlines() if "is gone" in line]
    assert notices == ["crunchstat: notice: the process that started crunchstat is gone: the program gets SIGUSR1"]


def test_the_parent_goes_and_nobody_has_asked(orphan):
    parent, pid, said = orphan(PARENT)
    parent.kill()
    parent.wait(30)
    time.sleep(0.2)
    os.kill(pid, signal.SIGRTMAX)
    assert said.read() == "64\n"


def test_a_parent_that_goes_during_the_start(crunchstat, listener, tmp_path):
    """At any time of it, no more than one signal comes, and nothing hangs."""
    for delay in ("0", "0.001", "0.002", "0.004", "0.008"):
        out = tmp_path / f"out-{delay}"
        words = " ".join([*command(), "-signal-on-dead-ppid", "10", "-log", "/dev/null", str(listener)])
        shell = crunchstat.popen(["-c", f"{words} > {out} & sleep {delay}"], command=["sh"], stdin=subprocess.DEVNULL)
        shell.wait(30)
        until(lambda: out.exists() and (out.read_text().startswith("ready\n") or gone(shell.pid)))
        time.sleep(0.1)
        # Where it was gone before crunchstat's first look, nobody can know. The signal may come so early that
        # the listener dies of it.
        assert out.read_text() in ("", "ready\n", "ready\n10\n")
        if not gone(shell.pid):
            os.killpg(shell.pid, signal.SIGKILL)
        until(lambda: gone(shell.pid))


def test_crunchstat_is_killed_and_the_job_goes_on(crunchstat, tmp_path):
    for flags, expected in ([], "32"), (["-log", tmp_path / "log"], "0"):
        done = tmp_path / f"done{len(flags)}"
        script = (f"import os, sys, time, signal\nsignal.signal(13, signal.SIG_IGN)\nprint('ready', flush=True)\n"
                  f"parent = int(sys.argv[1])\nwhile os.getppid() == parent: time.sleep(0.01)\nstatus = 0\n"
                  f"try: os.write(2, b'x\\n')\nexcept OSError as error: status = error.errno\n"
                  f"open({str(done)!r}, 'w').write(str(status))\n")
        job = crunchstat.start(*flags, "sh", "-c", 'exec "$0" -c "$1" $PPID', sys.executable, script,
                               stdout=subprocess.PIPE)
        assert job.process.stdout.readline() == b"ready\n"
        job.process.kill()
        assert until(lambda: done.exists() and done.read_text()) == expected


@pytest.mark.parametrize("scope", ["auto", "inherit"])
def test_the_program_dies_with_crunchstat(crunchstat, scope):
    job = crunchstat.start("-scope", scope, "-die-with-me", "sh", "-c", "echo $$; exec sleep 60",
                           stdout=subprocess.PIPE)
    assert int(job.process.stdout.readline())
    job.process.kill()
    assert job.wait() == -signal.SIGKILL
    until(lambda: gone(job.pid))
    assert crunchstat.run("-die-with-me", "-scope", scope, "sh", "-c", "exit 7").status == 7


def test_what_the_job_leaves_behind(crunchstat, own):
    """Told of, and the group stays with it; or killed, and nothing stays."""
    script = "for i in 1 2 3; do setsid sleep 60 & done; exit 7"
    job = crunchstat.start("-drain", "0", "sh", "-c", script)
    assert job.wait() == 7
    left = {int(pid) for group in own.of(job.pid) for pid in (group / "cgroup.procs").read_text().split()}
    assert len(left) == 3
    [told] = [text for text in job.log.notices if "left processes behind in " in text]
    assert told.endswith(f": the group stays with them: 3 ({', '.join(map(str, sorted(left)))})")
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    done = crunchstat.run("-kill-leftovers", "sh", "-c", script)
    assert done.status == 7 and own.of(done.pid) == []
    assert "the job left processes behind: 3 killed" in done.log.notices
    assert not any("still holds its stderr" in text for text in done.log.notices)


def test_what_a_job_without_a_group_leaves_behind(crunchstat):
    """They and their children, but not those that have ended."""
    inner = "sleep 60 & echo $! >&3; wait"
    script = f"sh -c '{inner}' >/dev/null 2>&1 & echo $! >&3; (sleep 0 &); sleep 0.2; exit 7"
    job = crunchstat.start("-scope", "tree", "sh", "-c", f"exec 3>&1; {script}", stdout=subprocess.PIPE)
    assert job.wait() == 7
    left = sorted(int(job.process.stdout.readline()) for _ in range(2))
    assert f"the job left processes behind: 2 ({left[0]}, {left[1]})" in job.log.notices
    done = crunchstat.run("-scope", "tree", "sh", "-c", "sleep 0 & wait")
    assert not any("left" in text for text in done.log.notices)


def test_leftovers_that_go_on_forking(crunchstat, own):
    script = "(while :; do sh -c 'sleep 0.01 & sleep 0.01 &'; done) & (while :; do :; done) & sleep 0.2; exit 7"
    done = crunchstat.run("-kill-leftovers", "sh", "-c", script)
    assert done.status == 7 and own.of(done.pid) == []


def test_leftovers_without_a_group(crunchstat):
    done = crunchstat.run("-kill-leftovers", "-scope", "inherit", "true")
    assert done.status == 0 and any("-kill-leftovers" in text for text in done.log.warnings)


@pytest.mark.parametrize("flags, problem", [
    (["-signal-on-dead-ppid", "65", "true"], 'flag -signal-on-dead-ppid: "65" is no number of a signal'),
    (["-signal-on-dead-ppid", "32", "true"], 'flag -signal-on-dead-ppid: "32" is no number of a signal'),
    (["-signal-on-dead-ppid", "TERM", "true"], 'flag -signal-on-dead-ppid: "TERM" is no number of a signal'),
    (["-die-with-me", "-cgroup-root", "/"], "flag -die-with-me: is about a program, and there is none"),
])
def test_flags_that_make_no_sense(crunchstat, flags, problem):
    done = crunchstat.run(*flags)
    assert done.status == 125 and done.log.errors == [problem]

"""stdin and stdout are the program's; its stderr is passed on whole."""
import calendar
import contextlib
import os
import subprocess
import sys
import time
import tty

import pytest

from support import Log, read_terminal, until


def test_stdin_and_stdout_pass_through(crunchstat):
    data = os.urandom(1 << 20)
    done = crunchstat.run("cat", input=data)
    assert done.status == 0 and done.out == data


def test_end_of_file_on_stdout_while_the_program_runs_on(crunchstat):
    job = crunchstat.start("sh", "-c", "echo said; exec >&-; sleep 60", stdout=subprocess.PIPE)
    assert job.process.stdout.read() == b"said\n"
    with pytest.raises(subprocess.TimeoutExpired):
        job.wait(0.5)


def broken(pipe):
    try:
        pipe.write(b"x")
    except BrokenPipeError:
        return True
    return False


def test_a_closed_stdin_is_seen_while_the_program_runs_on(crunchstat):
    job = crunchstat.start("sh", "-c", "exec <&-; echo closed; sleep 60",
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    assert job.process.stdout.readline() == b"closed\n"
    until(lambda: broken(job.process.stdin))  # crunchstat may close its copy a moment after the program began
    with pytest.raises(subprocess.TimeoutExpired):
        job.wait(0.5)


def test_the_command_is_logged_first(crunchstat):
    assert crunchstat.run("echo", "a", "b c").log.lines[0] == "crunchstat: Running [echo a b c]"


def test_an_argument_can_not_forge_a_line(crunchstat):
    done = crunchstat.run("-poll", "1000", "printf", "%s", "a\ncrunchstat: mem 5 rss\n")
    assert done.out == b"a\ncrunchstat: mem 5 rss\n"
    assert "crunchstat: mem 5 rss" not in done.log.lines


def test_stderr_comes_line_by_line_with_log_lines_between(crunchstat):
    pieces = ("import os, time\n"
              "for i in range(40):\n"
              "    os.write(2, b'line %d be' % i); time.sleep(0.012); os.write(2, b'gun and ended\\n')\n")
    done = crunchstat.run("-poll", "5", sys.executable, "-c", pieces)
    log = done.log
    assert log.program == [f"line {number} begun and ended" for number in range(40)]
    first, last = log.lines.index(log.program[0]), log.lines.index(log.program[-1])
    assert any(line.startswith("crunchstat: mem ") for line in log.lines[first:last])


def test_an_unfinished_line_is_held_back(crunchstat):
    job = crunchstat.start("-poll", "20", "sh", "-c", "printf half >&2; echo; read word; echo ' done' >&2",
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    job.process.stdout.readline()
    job.more("mem", 5)
    assert job.log.program == [] and job.log.tail == ""
    assert job.finish() == 0
    assert job.log.program == ["half done"]


def test_a_last_line_without_an_end_stays_so_and_last(crunchstat):
    done = crunchstat.run("sh", "-c", r"printf 'whole\nno end' >&2")
    assert done.err.endswith(b"\nno end")
    assert done.log.program == ["whole"]
    assert done.log.cost()


@pytest.mark.parametrize("pause", [0, 0.05])
def test_a_long_line_is_passed_on_in_one_piece(crunchstat, pause):
    text = (f"import os, time\n"
            f"for _ in range(10):\n"
            f"    data = b'x' * 20000; time.sleep({pause})\n"
            f"    while data: data = data[os.write(2, data):]\n"
            f"os.write(2, b'\\nshort\\n')\n")
    done = crunchstat.run("-poll", "10", sys.executable, "-c", text)
    assert done.status == 0
    assert done.log.program == ["x" * 200000, "short"]


def test_any_byte_is_passed_on(crunchstat):
    data = bytes(range(256)) + b"\n\r\n\n"
    done = crunchstat.run("sh", "-c", "cat >&2", input=data)
    assert data in done.err


def test_a_program_that_closes_its_stderr_is_still_sampled(crunchstat):
    job = crunchstat.start("-poll", "20", "sh", "-c", "exec 2>&-; read word; exit 4", stdin=subprocess.PIPE)
    job.more("mem", 5)
    assert job.finish() == 4


def test_stderr_of_what_the_program_left_behind(crunchstat):
    done = crunchstat.run("sh", "-c", "(sleep 0.5; echo late >&2) & exit 3")
    assert done.status == 3
    assert done.log.program == ["late"]


@pytest.mark.parametrize("drain", ["0", "300ms"])
def test_stderr_that_is_held_for_too_long(crunchstat, drain):
    job = crunchstat.start("-drain", drain, "sh", "-c", "sleep 60 & exit 3")
    assert job.wait(30) == 3
    assert any("stderr" in notice for notice in job.log.notices)


def test_a_reader_of_stderr_that_goes_away(crunchstat):
    end, other = os.pipe()
    job = crunchstat.start("-poll", "10", "sh", "-c", "read word; echo lost >&2; exit 4",
                           stdin=subprocess.PIPE, stderr=other)
    os.close(other)
    assert os.read(end, 10) == b"crunchstat"
    os.close(end)
    with pytest.raises(subprocess.TimeoutExpired):
        job.wait(0.2)
    assert job.finish() == 4


def test_a_prompt_appears_on_a_terminal(crunchstat):
    master, slave = os.openpty()
    try:
        job = crunchstat.start("-poll", "20", "sh", "-c", "printf 'prompt> ' >&2; read word; echo end >&2",
                               stdin=subprocess.PIPE, stderr=slave)
        os.close(slave)
        text = read_terminal(master, lambda text: b"crunchstat: mem" in text.partition(b"\nprompt> ")[2])
        assert b"\nprompt> \r\ncrunchstat: " in text
        job.process.stdin.write(b"\n")
        job.process.stdin.close()
        text += read_terminal(master, lambda text: False)
        assert job.wait() == 0
    finally:
        os.close(master)
    assert "end" in Log(text.replace(b"\r\n", b"\n")).program


def seconds(stamp):
    whole = calendar.timegm(time.strptime(stamp[:19], "%Y-%m-%dT%H:%M:%S"))
    return whole + float(stamp[19:-1])


def test_every_line_has_its_time(crunchstat):
    before = time.time()
    done = crunchstat.run("-timestamps", "-poll", "20", "sh", "-c", "echo mine >&2; sleep 0.2")
    after = time.time()
    lines = done.err.decode().splitlines()
    lines.remove("mine")
    assert len(lines) > 10
    stamps = [line.partition(" ")[0] for line in lines]
    for line, stamp in zip(lines, stamps):
        assert len(stamp) == len("2000-01-01T00:00:00.000000000Z")
        assert stamp[-1] == "Z" and stamp[-11] == "."
        assert before - 0.1 <= seconds(stamp) <= after + 0.1
        assert line[len(stamp):].startswith(" crunchstat: ")
    assert stamps == sorted(stamps)


def test_errors_have_their_time_too(crunchstat, tmp_path):
    done = crunchstat.run("-timestamps", "-log", tmp_path / "log", "no-such-program")
    assert done.status == 127 and b"no-such-program" in done.err
    error = (tmp_path / "log").read_text().splitlines()[-1]
    assert error[30:].startswith(" crunchstat: error: cannot run no-such-program")
    seconds(error[:30])


def test_a_reader_that_never_comes_back_does_not_hold_crunchstat_for_ever(crunchstat):
    """As with any program a signal ends the wait for it."""
    end, other = os.pipe()
    try:
        os.set_blocking(other, False)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(other, b"x" * 4096)
        os.set_blocking(other, True)
        process = crunchstat.popen(["true"], stderr=other, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1)
        process.terminate()
        assert process.wait(30) == 0
    finally:
        os.close(end)
        os.close(other)


def test_no_log_line_lands_in_a_line_on_a_slow_terminal(crunchstat):
    """The terminal takes part of a line; log lines have to wait for the rest."""
    master, slave = os.openpty()
    try:
        tty.setraw(slave)
        line = "l" * 3000
        script = f"import os\nfor _ in range(200): os.write(2, b'{line}\\n')"
        job = crunchstat.start("-poll", "1", sys.executable, "-c", script, stderr=slave)
        os.close(slave)
        text = b""
        with contextlib.suppress(OSError):
            while piece := os.read(master, 1000):
                text += piece
                time.sleep(0.0005)
        assert job.wait() == 0
    finally:
        os.close(master)
    assert Log(text).program == [line] * 200


def test_nothing_of_the_job_is_held_while_a_reader_is_waited_for(crunchstat):
    """Also where the pipe filled up in the middle of one of the program's lines."""
    write = "import os; os.write(2, (b'x' * 99 + b'\\n') * 810)"
    out, end = os.pipe()
    process = crunchstat.popen(["-scope", "inherit", "-poll", "500", sys.executable, "-c", write], stderr=end)
    os.close(end)

    def held():
        links = []
        for name in os.listdir(f"/proc/{process.pid}/fd"):
            with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                links.append(os.readlink(f"/proc/{process.pid}/fd/{name}"))
        return [link for link in links if "/proc/" in link or "/sys/" in link]

    until(lambda: any("net/dev" in link for link in held()))
    until(lambda: not any("net/dev" in link or "memory" in link for link in held()))
    with open(out, "rb") as pipe:
        assert pipe.read().count(b"x" * 99 + b"\n") == 810
    assert process.wait() == 0

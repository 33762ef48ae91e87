"""The command line: Go's flag grammar, and one line with status 125 for every mistake."""
import statistics

import pytest

from support import intervals

ERRORS = [
    (["-nope", "true"], ["-nope"]),
    (["-nope=3", "true"], ["-nope"]),
    (["---poll", "10", "true"], ["---poll"]),
    (["-=1", "true"], ["-=1"]),
    (["-poll"], ["-poll"]),
    (["-cgroup-root"], ["-cgroup-root"]),
    (["-log"], ["-log"]),
    (["-poll", "0", "true"], ["-poll", "0"]),
    (["-poll", "-5", "true"], ["-poll", "-5"]),
    (["-poll", "x", "true"], ["-poll", "x"]),
    (["-poll=", "true"], ["-poll"]),
    (["-poll", "0.5", "true"], ["-poll", "0.5"]),
    (["-poll", "0.5ms", "true"], ["-poll", "0.5ms"]),
    (["-poll", "10 ms", "true"], ["-poll", "10 ms"]),
    (["-poll", "10parsecs", "true"], ["-poll", "10parsecs"]),
    (["-poll", "nan", "true"], ["-poll", "nan"]),
    (["-poll", "inf", "true"], ["-poll", "inf"]),
    (["-poll", "99999999999999999999", "true"], ["-poll", "99999999999999999999"]),
    (["-poll", "--", "true"], ["-poll", "--"]),
    (["-wait", "x", "true"], ["-wait", "x"]),
    (["-drain", "x", "true"], ["-drain", "x"]),
    (["-debug=maybe", "true"], ["-debug", "maybe"]),
    (["-cgroup-parent", "jobs", "true"], ["-cgroup-parent", "-cgroup-root"]),
    (["-cgroup-cid", "file", "true"], ["-cgroup-cid", "-cgroup-root"]),
    (["-stats", "mem,nope", "true"], ["-stats", "nope"]),
    (["-scope", "nope", "true"], ["-scope", "nope"]),
    (["-scope", "own", "-cgroup-root", "/", "true"], ["-scope", "-cgroup-root"]),
    ([], []),
    (["--"], []),
    (["-poll", "10"], []),
]


@pytest.mark.parametrize("arguments, named", ERRORS, ids=lambda words: " ".join(words) or "nothing")
def test_a_mistake_is_one_line_that_names_flag_and_value(crunchstat, arguments, named):
    done = crunchstat.run(*arguments)
    assert (done.status, done.out) == (125, b"")
    lines = done.err.decode().splitlines()
    assert len(lines) == 1 and lines[0].startswith("crunchstat: error: ")
    for word in named:
        assert word in lines[0]


def test_a_mistake_is_found_before_the_program_runs(crunchstat, tmp_path):
    assert crunchstat.run("-poll", "x", "touch", tmp_path / "ran").status == 125
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("flag", ["-version", "--version", "-help", "-h"])
def test_information_goes_to_stdout(crunchstat, flag):
    done = crunchstat.run(flag)
    assert (done.status, done.err) == (0, b"")
    assert done.out.strip()


def test_help_names_every_flag(crunchstat):
    text = crunchstat.run("-help").out.decode()
    for flag in ("cgroup-root", "cgroup-parent", "cgroup-cid", "wait", "poll", "scope", "stats", "drain", "log",
                 "timestamps", "root", "pid", "debug", "version"):
        assert f"-{flag}" in text


@pytest.mark.parametrize("words", [
    ["-poll", "50"], ["-poll=50"], ["--poll", "50"], ["--poll=50ms"], ["-poll", "0.05s"], ["-poll", "9", "-poll", "50"],
], ids=" ".join)
def test_spellings_of_a_period(crunchstat, tree, words):
    tree.usage(4000, 3, 1)
    done = crunchstat.run(*tree.flags, *words, "sleep", "0.6")
    assert done.status == 0
    assert statistics.median(intervals(done.log.of("cpu"))) == pytest.approx(0.05, rel=0.3)


@pytest.mark.parametrize("period", ["1m", "10s", "10000"])
def test_long_periods_leave_the_first_and_the_last_sample(crunchstat, tree, period):
    tree.usage(4000, 3, 1)
    done = crunchstat.run(*tree.flags, "-poll", period, "sleep", "0.1")
    assert done.status == 0
    assert len(done.log.of("cpu")) == 2


@pytest.mark.parametrize("words, out", [
    (["echo", "-poll", "x", "-version"], b"-poll x -version\n"),
    (["-poll", "100", "--", "echo", "--", "-nope"], b"-- -nope\n"),
    (["-debug", "echo", "false"], b"false\n"),
    (["-timestamps=false", "echo", "a"], b"a\n"),
    (["--", "echo", "a  b", ""], b"a  b \n"),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_words_after_the_program_are_its_own(crunchstat, words, out):
    done = crunchstat.run(*words)
    assert (done.status, done.out) == (0, out)


@pytest.mark.parametrize("words", [["-"], ["--", "-version"]], ids=" ".join)
def test_a_program_may_look_like_a_flag(crunchstat, words):
    done = crunchstat.run(*words, env={"PATH": "/usr/bin:/bin"})
    assert (done.status, done.out) == (127, b"")


@pytest.mark.parametrize("choice, names", [
    ("mem", {"mem"}), ("cpu,net", {"cpu", "net:eth0"}), ("blkio", {"blkio:8:0"}),
    ("mem,cpu,blkio,net", {"mem", "cpu", "blkio:8:0", "net:eth0"}),
])
def test_choice_of_statistics(crunchstat, tree, choice, names):
    tree.memory(1)
    tree.usage(4000, 3, 1)
    tree.blkio({"8:0": (1, 2)})
    tree.net({"eth0": (3, 4)})
    log = crunchstat.run(*tree.flags, "-stats", choice, "true").log
    assert {sample.name for sample in log.samples} == names


def test_all_statistics(crunchstat, tree):
    tree.memory(1)
    tree.usage(4000, 3, 1)
    log = crunchstat.run(*tree.flags, "-stats", "all", "true").log
    assert {"mem", "cpu"} <= {sample.name for sample in log.samples}


def test_debug_says_what_was_tried(crunchstat, tree):
    plain = crunchstat.run(*tree.flags, "true").log
    debug = crunchstat.run("-debug", *tree.flags, "true").log
    assert len(debug.own) > len(plain.own)
    assert any("memory.stat" in line for line in debug.own)

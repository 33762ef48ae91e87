"""What the program writes to stderr comes out byte for byte, in order, whatever happens to the reader."""
import errno
import hashlib
import os
import subprocess
import sys
import threading
import time

import pytest

from support import until

# CI's length, and `make soak`'s: how many bytes of short lines.
SHORT_LINES = int(os.environ.get("CRUNCHSTAT_SOAK_BYTES", 96 << 20))

WRITERS = {
    # {size} is how many bytes at least; each prints the digest of what it has written to stdout
    "short lines": """
line, step = 0, 0
while total < size:
    piece = b"".join(b"%d the quick brown fox\\n" % (line + i) for i in range(2000)); line += 2000
    put(piece)
""",
    "one long line": """
while total < size: put(b"0123456789abcdef" * 4096)
put(b"\\n")
""",
    "bytes of all kinds, no end": """
import random
random.seed(7)
while total < size: put(random.randbytes(65536) + b"\\0\\n\\0")
put(b"and no end")
""",
}
HEAD = """
import hashlib, sys
size, total, digest = int(sys.argv[1]), 0, hashlib.sha256()
err = open(2, "wb", buffering=0)
def put(piece):
    global total
    total += len(piece); digest.update(piece)
    while piece: piece = piece[err.write(piece):]
"""
TAIL = """
print(digest.hexdigest(), total)
"""


class Reader(threading.Thread):
    """Takes stderr apart as it comes: log lines are counted, the rest is digested."""

    def __init__(self, stream, pauses=()):
        super().__init__(daemon=True)
        self.stream, self.pauses = stream, dict(pauses)
        self.digest, self.total, self.log = hashlib.sha256(), 0, []
        self.start()

    def run(self):
        rest, taken = b"", 0
        while piece := os.read(self.stream.fileno(), 1 << 16):
            taken += len(piece)
            for mark in [mark for mark in self.pauses if taken >= mark]:
                time.sleep(self.pauses.pop(mark))
            *lines, rest = (rest + piece).split(b"\n") if b"\n" in piece else [rest + piece]
            own = [line for line in lines if line.startswith(b"crunchstat: ")]
            if not own:
                self.take(b"\n".join([*lines, b""]))
            else:
                self.log += own
                for line in lines:
                    if not line.startswith(b"crunchstat: "):
                        self.take(line + b"\n")
            if len(rest) > 1 << 12 and not b"crunchstat: ".startswith(rest[:12]):
                self.take(rest)
                rest = b""
        self.take(rest)

    def take(self, data):
        self.digest.update(data)
        self.total += len(data)


def wrapped(crunchstat, kind, size, pauses=()):
    process = crunchstat.popen(["-poll", "10", sys.executable, "-c", HEAD + WRITERS[kind] + TAIL, str(size)],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    reader = Reader(process.stderr, pauses)
    digest, total = process.stdout.read().decode().split()
    assert process.wait(60) == 0
    reader.join(60)
    assert (reader.total, reader.digest.hexdigest()) == (int(total), digest)
    return reader


@pytest.mark.parametrize("kind, size", [("short lines", SHORT_LINES), ("one long line", 100 << 20),
                                        ("bytes of all kinds, no end", 24 << 20)])
def test_all_of_it_comes_out(crunchstat, kind, size):
    reader = wrapped(crunchstat, kind, size)
    assert sum(b"crunchstat: cpu" in line for line in reader.log) > 1


def test_a_reader_that_stops_for_a_while(crunchstat):
    """Sampling goes on meanwhile; the program waits, and loses nothing."""
    reader = wrapped(crunchstat, "short lines", 8 << 20, pauses={1 << 20: 1, 2 << 20: 0.5})
    samples = [line for line in reader.log if line.startswith(b"crunchstat: cpu")]
    cost = [line for line in reader.log if b"polls made" in line]
    assert len(samples) > 50 and len(cost) == 1


def test_a_slow_reader(crunchstat):
    wrapped(crunchstat, "short lines", 2 << 20, pauses={n << 16: 0.02 for n in range(1, 30)})


def test_a_reader_that_goes_away(crunchstat):
    """The program sees what it would see without us: EPIPE, and SIGPIPE where it does not ignore it."""
    for ignores in (True, False):
        script = f"""
import os, signal, sys
signal.signal(signal.SIGPIPE, signal.{"SIG_IGN" if ignores else "SIG_DFL"})
try:
    while True: os.write(2, b"a line\\n" * 100)
except OSError as error: sys.exit(error.errno)
"""
        process = crunchstat.popen(["-poll", "10", sys.executable, "-c", script], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        process.stderr.read(100_000)
        process.stderr.close()
        assert process.wait(30) == (errno.EPIPE if ignores else 128 + 13)


def test_a_log_that_nobody_reads_is_bounded_and_tells_what_was_dropped(crunchstat, tree):
    """A reader that has stopped while the program writes nothing: the newest log lines are dropped, and counted."""
    tree.blkio({f"8:{n}": (n, n) for n in range(64)})
    read, write = os.pipe()
    job = crunchstat.start("-poll", "1", "-stats", "blkio", *tree.flags, "cat", stdin=subprocess.PIPE, stderr=write)
    os.close(write)
    until(lambda: len(text := os.read(read, 1 << 12)) and b"crunchstat: blkio" in text)
    time.sleep(1.5)
    job.process.stdin.close()
    text = b""
    while piece := os.read(read, 1 << 16):
        text += piece
    os.close(read)
    assert job.wait() == 0
    *lines, end = text.split(b"\n")
    assert end == b"" and all(line.startswith(b"crunchstat: ") for line in lines[1:])
    assert sum(b"log lines were dropped: stderr was blocked" in line for line in lines) == 1

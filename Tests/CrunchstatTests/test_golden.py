"""Recorded trees, and the lines that the original program logged for them.

A case is a folder with a root directory's `cgroup` and `proc`, the flags, maybe a container id, and the lines of
the first poll and of every later one; those of memory, which have no differences, are the same in both."""
import collections
import re

import pytest

from support import HERE

CASES = sorted(path for path in (HERE / "Fixtures/golden").iterdir() if path.is_dir())


def expected(case):
    head, later = (case / "expected.txt").read_text().split("# every later poll", 1)
    first, later = head.splitlines()[1:], later.splitlines()[1:]
    return first, later + [line for line in first if line.startswith("crunchstat: mem ")]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_recorded_tree(crunchstat, case):
    first, later = expected(case)
    flags = (case / "flags").read_text().split()
    done = crunchstat.run("-root", case, *flags, "-poll", "100", "sleep", "0.35", cwd=case)
    assert done.status == 0
    lines = [re.sub(r"interval \d+\.\d{4} seconds", "interval # seconds", sample.text) for sample in done.log.samples]
    # devices come in the kernel's order, which the original did not keep: polls are compared as sets
    assert sorted(lines[:len(first)]) == sorted(first)
    counts = collections.Counter(lines[len(first):])
    assert counts.keys() == set(later)
    assert min(counts.values()) >= 2

"""What the outside tests share: the executable's log taken apart, its runs, trees of files, control groups."""
import dataclasses
import errno
import os
import pathlib
import re
import select
import shlex
import shutil
import signal
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
DEFAULT = HERE.parents[1] / ".build/release/crunchstat"
MIB = 1 << 20


def command():
    """The words that start crunchstat. Tests change PATH and directory, so files are named absolutely."""
    words = shlex.split(os.environ.get("CRUNCHSTAT") or str(DEFAULT))
    words[0] = shutil.which(words[0]) or words[0]
    return [os.path.abspath(word) if "/" in word and os.path.exists(word) else word for word in words]


def until(condition, timeout=30):
    """Waits until the condition holds and returns its value. The bound notices a hang, it measures no speed."""
    end = time.monotonic() + timeout
    while not (value := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)
    return value


# --- the log -------------------------------------------------------------------------------------

PAIRS = r"\d+(?:\.\d+)? [a-z]+(?: \d+(?:\.\d+)? [a-z]+)*"
STATISTIC = re.compile(rf"crunchstat: (\S*[^\s:]) ({PAIRS})(?: -- interval (\d+\.\d{{4}}) seconds ({PAIRS}))?")
MESSAGE = re.compile(r"crunchstat: (notice|warning|error): (.+)")
OLD_FORMS = re.compile(r"crunchstat: (Running \[.*\]|caught signal: SIG[A-Z0-9+-]+)")
COST = re.compile(r"cost: (\d+) polls made, (\d+) missed, worst lateness (\d+(?:\.\d+)?) ms, "
                  r"(\d+(?:\.\d+)?) s of CPU, (\d+(?:\.\d+)?) % of one core")


def pairs(text):
    words = (text or "").split()
    return {key: float(value) if "." in value else int(value) for value, key in zip(words[::2], words[1::2])}


@dataclasses.dataclass
class Sample:
    name: str
    values: dict
    interval: float | None
    differences: dict
    text: str


class Log:
    """A stderr stream taken apart. A log line of no known form is a fault: readers would stumble on it."""

    def __init__(self, data):
        *lines, self.tail = data.decode(errors="surrogateescape").split("\n")
        self.lines = lines
        self.own = [line for line in lines if line.startswith("crunchstat: ")]
        self.program = [line for line in lines if not line.startswith("crunchstat: ")]
        self.samples, messages = [], []
        for line in self.own:
            if found := MESSAGE.fullmatch(line):
                messages.append(found.groups())
            elif found := STATISTIC.fullmatch(line):
                name, values, interval, differences = found.groups()
                self.samples.append(Sample(name, pairs(values), float(interval) if interval else None,
                                           pairs(differences), line))
            else:
                assert OLD_FORMS.fullmatch(line), f"neither statistic nor message: {line!r}"
        self.notices, self.warnings, self.errors = (
            [text for kind, text in messages if kind == wanted] for wanted in ("notice", "warning", "error"))

    def of(self, name):
        return [sample for sample in self.samples if sample.name == name]

    def cost(self):
        """(made, missed, lateness in ms, seconds of CPU, per cent) of the one cost notice."""
        found = [COST.fullmatch(text) for text in self.notices if text.startswith("cost: ")]
        assert len(found) == 1 and found[0], self.notices
        return tuple(float(number) if "." in number else int(number) for number in found[0].groups())


def intervals(samples):
    """Of all but the first; the last sample has none when it comes right after a poll."""
    return [sample.interval for sample in samples[1:] if sample is not samples[-1] or sample.interval]


def times_between(samples):
    """The same, with 0 of a poll less than 50 us after one that was late, whose line has no interval."""
    return [interval or 0 for interval in intervals(samples)]


def check_differences(samples):
    """Differences of one statistic are those of its values, in every line of one series."""
    for earlier, later in zip(samples, samples[1:]):
        for key, difference in later.differences.items():
            expected = later.values[key] - earlier.values[key]
            slack = 0.00021 if isinstance(difference, float) else 0  # three roundings to four decimals
            assert abs(difference - expected) <= slack, (earlier.text, later.text)


# --- runs ----------------------------------------------------------------------------------------

@dataclasses.dataclass
class Done:
    pid: int
    status: int
    out: bytes
    err: bytes

    @property
    def log(self):
        return Log(self.err)


class Job:
    """A crunchstat that runs while the test goes on; its stderr goes to a file that can be read at any time."""

    def __init__(self, process, errors):
        self.process, self.errors, self.pid = process, errors, process.pid

    @property
    def err(self):
        return self.errors.read_bytes()

    @property
    def log(self):
        return Log(self.err)

    def more(self, name, count=2):
        """Waits for more samples of a statistic than are there now."""
        before = len(self.log.of(name))
        until(lambda: len(self.log.of(name)) >= before + count)

    def wait(self, timeout=60):
        return self.process.wait(timeout)

    def finish(self):
        """Ends a program that reads its stdin, such as cat."""
        self.process.stdin.close()
        return self.wait()


class Runner:
    def __init__(self, folder, groups):
        self.folder, self.groups, self.processes = folder, groups, []

    def popen(self, arguments, **options):
        # a session of its own, so that close() reaches the program and what it leaves behind
        process = subprocess.Popen([*options.pop("command", command()), *map(os.fspath, arguments)],
                                   start_new_session=True, **options)
        self.processes.append(process)
        return process

    def run(self, *arguments, input=None, timeout=60, **options):
        options.setdefault("stdin", subprocess.DEVNULL if input is None else subprocess.PIPE)
        process = self.popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        out, err = process.communicate(input, timeout)
        return Done(process.pid, process.returncode, out, err)

    def start(self, *arguments, **options):
        errors = self.folder / f"stderr-{len(self.processes)}"
        with open(errors, "wb") as file:
            options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": file} | options
            return Job(self.popen(arguments, **options), errors)

    def close(self):
        for process in self.processes:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait(30)
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream:
                    stream.close()
            self.groups.remove(process.pid)


def gone(pid):
    """Whether no process is left of a run's session."""
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return True
    return False


def read_terminal(master, enough, seconds=20):
    """What a terminal shows until `enough` holds for it or nobody writes to it any more."""
    text, end = b"", time.monotonic() + seconds
    while not enough(text) and time.monotonic() < end:
        if select.select([master], [], [], 0.1)[0]:
            try:
                text += os.read(master, 4096)
            except OSError as error:
                assert error.errno == errno.EIO
                break
    return text


# --- trees of files ------------------------------------------------------------------------------

class Tree:
    """A made-up root directory with a control group tree in /cgroup."""

    def __init__(self, root):
        self.root = root
        self.flags = ["-root", root, "-cgroup-root", "/cgroup"]
        (root / "cgroup").mkdir(parents=True)

    def write(self, path, text):
        """Rewrites in place in one write, so that a poll in between never sees an empty file."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o644)
        os.pwrite(descriptor, text.encode(), 0)
        os.ftruncate(descriptor, len(text))
        os.close(descriptor)

    def memory(self, rss, path="cgroup/memory/memory.stat"):
        self.write(path, f"rss {rss}\n")

    def usage(self, total, user, system):
        """Nanoseconds; the total last, so that the three agree at the latest when it has changed."""
        for name, value in (("_user", user), ("_sys", system), ("", total)):
            self.write(f"cgroup/cpuacct/cpuacct.usage{name}", f"{value:020d}\n")

    def blkio(self, devices, name="blkio.throttle.io_service_bytes", folder="cgroup/blkio"):
        """devices: {"8:0": (written, read)}"""
        lines = "".join(f"{device} Read {read}\n{device} Write {written}\n{device} Total {(read + written) % 2**64}\n"
                        for device, (written, read) in devices.items())
        self.write(f"{folder}/{name}", lines + "Total 0\n")

    def net(self, interfaces, pid=4242):
        """interfaces: {"eth0": (sent, received)}"""
        self.write("cgroup/cpuacct/cgroup.procs", f"{pid}\n")
        head = "Inter-|   Receive |  Transmit\n face |bytes    packets errs |bytes    packets\n"
        self.write(f"proc/{pid}/net/dev", head + "".join(
            f"{name:>6}: {received} 1 0 0 0 0 0 0 {sent} 1 0 0 0 0 0 0\n"
            for name, (sent, received) in interfaces.items()))


# --- control groups ------------------------------------------------------------------------------

def enter(process, folders):
    for folder in folders:
        (folder / "cgroup.procs").write_text(str(process))


class Groups:
    """The control groups of this process: {controller, or "unified": folder}."""

    def __init__(self):
        places, self.paths = {}, {}
        for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines():
            _, names, place = line.split(":", 2)
            places.update(dict.fromkeys(names.split(","), place))
        for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
            mount, source = line.split(" - ", 1)
            root, point = mount.split(" ")[3:5]
            kind, _, options = source.split(" ", 2)
            names = {"cgroup": options.split(","), "cgroup2": [""]}.get(kind, [])
            for name in places.keys() & names:
                below = os.path.relpath(places[name], root)
                if not below.startswith(".."):
                    self.paths.setdefault(name or "unified", pathlib.Path(point, below))

    def shared(self, controller, other):
        """Whether two controllers are mounted together."""
        path = self.paths.get(controller)
        return path is not None and os.path.realpath(path) == os.path.realpath(self.paths.get(other, ""))

    def of(self, pid):
        """The groups, ours below, that the crunchstat with this process id made."""
        return sorted({group for path in self.paths.values() for group in path.glob(f"crunchstat-{pid}-*")})

    def remove(self, pid):
        for group in self.of(pid):
            for folder, _, _ in os.walk(group, topdown=False):
                until(lambda: self.removed(folder))  # a killed process leaves its group a moment later

    @staticmethod
    def removed(folder):
        try:
            os.rmdir(folder)
        except FileNotFoundError:
            pass
        except OSError:
            return False
        return True

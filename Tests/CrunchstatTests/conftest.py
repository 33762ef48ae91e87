"""Fixtures. Each removes what it made, by name, whether the test passed or not."""
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

import pytest

from support import HERE, Groups, Runner, Tree, command, enter, until


def pytest_configure(config):
    """What runs the tests may ignore these (nohup, a shell's background); programs would inherit that."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    config.addinivalue_line("markers", "user_time: CPU time in user mode alone; a tracer moves some to the kernel")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """Where all tests can run, one that is skipped has not been passed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CRUNCHSTAT_NO_SKIPS") and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def bounded():
    """A test that waits for ever fails; the bound measures no speed."""
    def late(number, frame):
        raise AssertionError("the test has waited too long")
    signal.signal(signal.SIGALRM, late)
    signal.alarm(180)
    yield
    signal.alarm(0)


@pytest.fixture(scope="session")
def executable():
    program = command()[-1]
    if not os.access(program, os.X_OK):
        pytest.exit(f"{program} can't be executed: build it, or name another one in CRUNCHSTAT", returncode=2)


@pytest.fixture
def groups():
    return Groups()


@pytest.fixture
def crunchstat(executable, tmp_path, groups):
    runner = Runner(tmp_path, groups)
    yield runner
    runner.close()


@pytest.fixture
def tree(tmp_path):
    return Tree(tmp_path / "tree")


def compiled(name, folder):
    if not shutil.which("cc"):
        pytest.skip(f"why: no C compiler (cc) for {name}.c")
    program = folder.mktemp(name) / name
    subprocess.run(["cc", "-O1", "-Wall", "-Werror", "-o", program, HERE / f"{name}.c"], check=True)
    return program


@pytest.fixture(scope="session")
def load(tmp_path_factory):
    """The load generator: in C, so that its own memory and CPU time are next to nothing."""
    return compiled("load", tmp_path_factory)


@pytest.fixture(scope="session")
def listener(tmp_path_factory):
    """Says which signals it gets: in C, since Python's handlers would merge them."""
    return compiled("listener", tmp_path_factory)


@pytest.fixture
def own(groups):
    """The groups, for tests that need crunchstat to make groups of its own in v1 hierarchies."""
    if os.geteuid() != 0:
        pytest.skip("why: making control groups takes root")
    missing = [name for name in ("memory", "blkio", "cpuacct") if name not in groups.paths]
    if missing:
        pytest.skip(f"why: no v1 hierarchy with {', '.join(missing)} is mounted here")
    if groups.shared("cpuacct", "cpu") and "unified" not in groups.paths:
        pytest.skip("why: cpuacct is mounted with cpu and there is no v2 side: no group here counts CPU")
    locked = [str(path) for path in groups.paths.values() if not os.access(path, os.W_OK)]
    if locked:
        pytest.skip(f"why: can't write to {', '.join(locked)}")
    return groups


@pytest.fixture
def place(own):
    """Makes groups below the tests' own memory and CPU groups; they are removed at the end."""
    made = []

    def make(name, controller):
        folder = own.paths[controller] / f"test-{name}-{os.getpid()}"
        folder.mkdir()
        made.append(folder)
        return folder

    yield make
    for folder in made:
        enter(os.getpid(), [folder.parent])
        for process in (folder / "cgroup.procs").read_text().split() if folder.exists() else ():
            enter(process, [folder.parent])
        until(lambda: Groups.removed(folder))


@pytest.fixture
def nobody():
    """Options that start crunchstat, from a folder that everybody may enter, as an unprivileged user."""
    if os.geteuid() != 0:
        pytest.skip("why: becoming another user takes root")
    with tempfile.TemporaryDirectory(prefix="crunchstat-test-") as folder:
        os.chmod(folder, 0o755)
        *prefix, program = command()
        copy = shutil.copy(program, pathlib.Path(folder, "crunchstat"))
        yield {"command": [*prefix, os.fspath(copy)], "cwd": "/", "user": 65534, "group": 65534, "extra_groups": []}


@pytest.fixture
def wire():
    """Two network namespaces with a veth pair, tube0, between 10.231.7.1 and 10.231.7.2."""
    if os.geteuid() != 0 or not shutil.which("ip") or not shutil.which("nsenter"):
        pytest.skip("why: network namespaces take root, ip and nsenter")
    names = [f"crunchstat-test-{os.getpid()}-{end}" for end in "ab"]
    commands = [f"netns add {name}" for name in names]
    commands.append(f"-n {names[0]} link add tube0 type veth peer name tube0 netns {names[1]}")
    for number, name in enumerate(names, 1):
        commands += [f"-n {name} addr add 10.231.7.{number}/24 dev tube0", f"-n {name} link set tube0 up"]
    try:
        for words in commands:
            done = subprocess.run(["ip", *words.split()], capture_output=True, text=True)
            if done.returncode != 0:
                pytest.skip(f"why: ip {words}: {done.stderr.strip()}")
        yield [["nsenter", f"--net=/run/netns/{name}"] for name in names]
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], capture_output=True)

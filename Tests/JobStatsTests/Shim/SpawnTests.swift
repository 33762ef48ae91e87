import CStatShim
import Glibc
import JobStats
import Testing

@Suite struct ShimSpawnTests {
  @Test(arguments: [0, 1, 2, 42, 126, 127, 128, 254, 255] as [CInt])
  func `a status is the program's own`(status: CInt) {
    #expect(Program.shell("exit \(status)").status() == status)
  }

  @Test(arguments: [SIGHUP, SIGINT, SIGKILL, SIGSEGV, SIGTERM, SIGUSR1])
  func `death by a signal is 128 and its number`(signal: CInt) {
    #expect(Program.shell("ulimit -c 0; kill -\(signal) $$").status() == 128 + signal)
  }

  @Test func `a process that runs on is not reaped, one that is not ours is an error`() throws {
    let child = try spawnShell("exec sleep 1000")
    var status: CInt = -1
    #expect(unsafe cstat_reap(child, &status) == 0)
    #expect(status == -1)
    kill(child, SIGKILL)
    #expect(reap(child) == 128 + SIGKILL)
    #expect(unsafe cstat_reap(child, &status) == -ECHILD)
    #expect(unsafe cstat_reap(1, &status) == -ECHILD)
  }

  @Test func `a child that is stopped and continued is told of, once each`() throws {
    let child = try spawnShell("kill -STOP $$; exec sleep 1000")
    var status: CInt = -1
    func next() -> CInt {
      while true {
        let news = unsafe cstat_reap(child, &status)
        if news != 0 { return news }
        usleep(200)
      }
    }
    #expect(next() == 2 && status == SIGSTOP)
    status = -1
    #expect(unsafe cstat_reap(child, &status) == 0)
    kill(child, SIGCONT)
    #expect(next() == 3)
    #expect(unsafe cstat_reap(child, &status) == 0 && status == -1)
    killAndReap(child)
  }

  @Test(arguments: [
    ("/nowhere/at/all", ENOENT), ("/etc/passwd", EACCES), ("/etc", EACCES),
    ("/etc/passwd/x", ENOTDIR), ("", ENOENT),
  ])
  func `what can't be run gives the error, and no process is left`(
    path: String, code: CInt
  ) async {
    await #expect(processExitsWith: .success) { [path = path as String, code = code as CInt] in
      var program = Program(path)
      for ignoresChild in [false, true] {
        program.ignoresChild = ignoresChild
        let (result, group) = program.spawn()
        #expect(result == -code && group == -1)
        #expect(hasNoChild())
      }
    }
  }

  @Test(arguments: [false, true])
  func `stderr becomes what it was to be, the others stay`(ignoresChild: Bool) throws {
    let pipe = try TestPipe()
    var program = Program.shell("echo to stderr >&2")
    program.standardError = pipe.input
    program.ignoresChild = ignoresChild
    #expect(program.status() == 0)
    #expect(pipe.takeText() == "to stderr\n")
  }

  @Test(arguments: [false, true], [0, 1, 2, 4, 5, 7] as [CInt])
  func `the descriptors that were closed are closed for it, and it has no others`(
    ignoresChild: Bool, closed: CInt
  ) throws {
    let ours = try TestPipe()
    var program = Program.shell(
      """
      cd /proc/$$/fd; missing=0
      [ -e 0 ] || missing=$((missing + 1))
      [ -e 1 ] || missing=$((missing + 2))
      [ -e 2 ] || missing=$((missing + 4))
      [ -e \(ours.input) ] && exit 99
      [ -e \(ours.output) ] && exit 99
      exit $missing
      """)
    program.closed = closed
    program.ignoresChild = ignoresChild
    #expect(program.status() == closed)
  }

  @Test(arguments: [false, true])
  func `it runs with the mask and the ignored signals that it was to have`(
    ignoresChild: Bool
  ) throws {
    let tree = try TemporaryTree()
    var program = Program("/bin/cp", "/proc/self/status", tree.path + "/status")
    program.blocked = [SIGUSR1, SIGTERM]
    program.ignoresChild = ignoresChild
    #expect(program.status() == 0)
    let status = try tree.text("/status")
    #expect(signals("SigBlk", status) == 1 << (SIGUSR1 - 1) | 1 << (SIGTERM - 1))
    let ignoresIt = signals("SigIgn", status) & 1 << (SIGCHLD - 1) != 0
    #expect(ignoresIt == ignoresChild)
  }

  @Test func `it enters its groups before its first instruction`() throws {
    let tree = try TemporaryTree()
    try tree.write("", to: "/one/cgroup.procs")
    try tree.write("", to: "/two/cgroup.procs")
    let one = try tree.root.open(BytePath("/one"), O_RDONLY | O_DIRECTORY)
    let two = try tree.root.open(BytePath("/two"), O_RDONLY | O_DIRECTORY)
    var program = Program.shell("cat \(tree.path)/*/cgroup.procs > \(tree.path)/seen")
    program.groups = [one.number, two.number]
    #expect(program.status() == 0)
    #expect(try tree.text("/seen") == "00")
  }

  @Test func `the group that can't be entered is named, and no process is left`() async {
    await #expect(processExitsWith: .success) {
      let tree = try TemporaryTree()
      try tree.write("", to: "/one/cgroup.procs")
      try tree.makeFolder("/two")
      let one = try tree.root.open(BytePath("/one"), O_RDONLY | O_DIRECTORY)
      let two = try tree.root.open(BytePath("/two"), O_RDONLY | O_DIRECTORY)
      var program = Program.shell("exit 0")
      program.groups = [one.number, two.number]
      let (result, group) = program.spawn()
      #expect(result == -ENOENT && group == 1)
      #expect(hasNoChild())
    }
  }

  @Test func `a script that does not say what runs it gives -ENOEXEC`() throws {
    let tree = try TemporaryTree()
    try tree.write("exit 5\n", to: "/script")
    #expect(unsafe chmod(tree.path + "/script", 0o755) == 0)
    for ignoresChild in [false, true] {
      var program = Program(tree.path + "/script")
      program.ignoresChild = ignoresChild
      #expect(program.spawn().result == -ENOEXEC)
    }
  }
}

/// Whether this process has no child, alive or dead.
private func hasNoChild() -> Bool {
  var status: CInt = 0
  return unsafe waitpid(-1, &status, WNOHANG) == -1 && errno == ECHILD
}

/// A set of signals in /proc/PID/status: bit N - 1 for signal N.
private func signals(_ key: String, _ status: String) -> UInt64 {
  let line = status.split(separator: "\n").first { $0.hasPrefix(key + ":\t") } ?? ""
  return UInt64(line.dropFirst(key.count + 2), radix: 16) ?? 0
}

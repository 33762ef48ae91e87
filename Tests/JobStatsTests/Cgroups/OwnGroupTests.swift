import Glibc
import JobStats
import Testing

/// On plain folders: what the kernel adds, the outside tests show.
@Suite struct OwnGroupTests {
  private let tree: TemporaryTree

  init() throws { tree = try TemporaryTree() }

  /// Makes groups below "/memory/job" and "/blkio/job", and maybe others.
  private func make(_ more: String...) throws -> (groups: [OwnGroup], failures: [SystemError]) {
    try tree.makeFolder("/memory/job")
    try tree.makeFolder("/blkio/job")
    let places = ["/memory", "/blkio"] + more
    let mounts = places.map { Mount($0, "/", ["rw", String($0.dropFirst())]) }
    let file = places.enumerated().map { "\($0):\($1.dropFirst()):/job\n" }.joined()
    try tree.write(file, to: "/proc/self/cgroup")
    let inherited = JobGroups.inherited(by: "self", tree.root, mounts: mounts.map(\.real))
    let plan = OwnGroupPlan(tree.root, inherited: inherited, insists: false)
    return OwnGroup.make(tree.root, below: plan.parents)
  }

  private func folders(_ place: String) -> [String] {
    tree.root.names(in: BytePath(place)).map(\.text).sorted()
  }

  @Test func `a group of one name is made in each hierarchy, and removed`() throws {
    let (made, failures) = try make()
    let name = "crunchstat-\(getpid())-0"
    #expect(made.map(\.path.text) == ["/memory/job/\(name)", "/blkio/job/\(name)"])
    #expect(made.map(\.controllers) == [[.memory], [.blkio]])
    #expect(failures.isEmpty)
    #expect(folders("/memory/job") == [name] && folders("/blkio/job") == [name])
    #expect(made.allSatisfy { $0.directoryNumber >= 0 })
    #expect(made.map { $0.remove() } == [true, true])
    #expect(folders("/memory/job").isEmpty && folders("/blkio/job").isEmpty)
    // Once more does no harm: it is gone.
    #expect(made.map { $0.remove() } == [true, true])
  }

  @Test func `another name is tried where one is taken, in all hierarchies`() throws {
    // Not empty, so that it is not taken for one left behind.
    try tree.makeFolder("/blkio/job/crunchstat-\(getpid())-0/in-use")
    let (made, failures) = try make()
    let name = "crunchstat-\(getpid())-1"
    #expect(made.map(\.path.text) == ["/memory/job/\(name)", "/blkio/job/\(name)"])
    #expect(failures.isEmpty)
    #expect(folders("/memory/job") == [name])
  }

  @Test func `where a group can't be made the others are, and the error names it`() throws {
    let (made, failures) = try make("/pids")
    #expect(made.count == 2)
    #expect(failures.count == 1)
    let path = "/pids/job/crunchstat-\(getpid())-0"
    #expect(failures.first?.message == "cannot make \(path): No such file or directory")
  }

  @Test func `groups whose crunchstat has died are removed, others stay`() throws {
    try tree.makeFolder("/memory/job/crunchstat-1-0")
    try tree.makeFolder("/memory/job/crunchstat-2-0/crunchstat-3-0")
    try tree.makeFolder("/memory/job/crunchstat-4-0/of-the-job")
    try tree.makeFolder("/memory/job/other")
    let held = try tree.root.open(BytePath("/memory/job"), O_RDONLY | O_DIRECTORY)
    #expect(mkdirat(held.number) == 0)
    let inUse = try tree.root.open(BytePath("/memory/job/crunchstat-5-0"))
    #expect(flock(inUse.number, LOCK_EX) == 0)
    let (made, _) = try make()
    #expect(made.count == 2)
    #expect(
      folders("/memory/job")
        == [
          "crunchstat-\(getpid())-0", "crunchstat-4-0", "crunchstat-5-0", "other",
        ].sorted())
  }

  @Test func `a group in use is not taken for one left behind`() throws {
    let first = try make()
    let second = try make()
    #expect(first.groups.count == 2 && second.groups.count == 2)
    #expect(folders("/memory/job").count == 2)
    #expect(second.groups.map { $0.remove() } == [true, true])
    #expect(folders("/memory/job").count == 1)
    withExtendedLifetime(first) {}
  }

  @Test func `what a crunchstat inside of it left behind is removed with it`() throws {
    let (made, _) = try make()
    try tree.makeFolder(made[0].path.text + "/crunchstat-7-0")
    #expect(made.map { $0.remove() } == [true, true])
    #expect(folders("/memory/job").isEmpty)
  }

  @Test func `whether processes are in it is told by their list`() throws {
    let (made, _) = try make()
    let list = made[0].path.text + "/cgroup.procs"
    #expect(!made[0].hasProcesses)
    try tree.write("", to: list)
    #expect(!made[0].hasProcesses)
    try tree.write("42\n", to: list)
    #expect(made[0].hasProcesses && !made[1].hasProcesses)
  }

  @Test func `a group with others in it stays`() throws {
    let (made, _) = try make()
    try tree.makeFolder(made[0].path.text + "/of-the-job")
    #expect(made.map { $0.remove() } == [false, true])
    #expect(tree.root.identity(made[0].path) != nil)
  }
}

private func mkdirat(_ folder: CInt) -> CInt {
  unsafe mkdirat(folder, "crunchstat-5-0", 0o755)
}

import JobStats
import Testing

@Suite struct JobGroupsTests {
  private let tree: TemporaryTree
  private let inherited: PerController<GroupPlace>

  init() throws {
    tree = try TemporaryTree()
    try tree.write("4:memory:/a/b\n7:cpu,cpuacct:/a\n0::/u/v\n", to: "/proc/self/cgroup")
    let mounts = [
      Mount("/m", "/", ["memory"]), Mount("/c", "/", ["cpu", "cpuacct"]), Mount("/2", "/", nil),
    ]
    inherited = JobGroups.inherited(by: "self", tree.root, mounts: mounts.map(\.real))
  }

  private func groups(_ own: [Controller: String] = [:], process: Int32? = nil) -> JobGroups {
    JobGroups(
      own: PerController(own.mapValues { BytePath($0) }), inherited: inherited, root: tree.root,
      process: process)
  }

  @Test func `the groups of a process are found by controller`() {
    let places = inherited.dictionary.mapValues { $0.directory.text }
    #expect(places == [.memory: "/m/a/b", .cpu: "/c/a", .cpuacct: "/c/a", .unified: "/2/u/v"])
    #expect(JobGroups.inherited(by: "7", tree.root, mounts: []).isEmpty)
  }

  @Test func `a group made for the job is the only place for its files`() {
    let groups = groups([.memory: "/m/a/b/own"], process: 42)
    let candidates = groups.candidates(.memory, "f")
    #expect(candidates == [Candidate(BytePath("/m/a/b/own/f"))])
    #expect(groups.isOwn && groups.marksAreTheJobs && !groups.isForeign)
    #expect(groups.process == 42)
  }

  @Test func `of groups that were inherited the nearest ancestor serves, and covers more`() {
    let candidates = groups().candidates(.memory, "f")
    #expect(
      candidates == [
        Candidate(BytePath("/m/a/b/f")), Candidate(BytePath("/m/a/f"), coversMore: true),
        Candidate(BytePath("/m/f"), coversMore: true),
      ])
    #expect(!groups().isOwn && !groups().marksAreTheJobs)
  }

  @Test func `beside a group of its own, an inherited one covers more than the job`() {
    let candidates = groups([.memory: "/m/a/b/own"]).candidates(.cpuacct, "f")
    #expect(candidates.map(\.path.text) == ["/c/a/f", "/c/f"])
    #expect(candidates.allSatisfy { $0.coversMore })
  }

  @Test func `controllers that are nowhere have no place`() {
    let places = inherited.filter { $0.key != .unified }
    let groups = JobGroups(own: [:], inherited: places, root: tree.root, process: nil)
    #expect(groups.candidates(.blkio, "f").isEmpty && groups.levels(.blkio).isEmpty)
  }

  @Test func `the root of the v2 hierarchy is the host's, and serves nobody`() throws {
    #expect(groups().candidates(.unified, "cpu.stat").isEmpty)
    try tree.write("populated 1\n", to: "/2/u/v/cgroup.events")
    let paths = groups().candidates(.unified, "cpu.stat").map(\.path.text)
    #expect(paths.first == "/2/u/v/cpu.stat")
  }

  @Test func `limits are looked for from the job's group up to the top`() {
    let levels = groups([.memory: "/m/a/b/own"]).levels(.memory)
    #expect(
      levels.map { $0.v1.map(\.text) } == [["/m/a/b/own"], ["/m/a/b"], ["/m/a"], ["/m"]])
    #expect(levels.map(\.coversMore) == [false, true, true, true])
    #expect(groups().levels(.cpu).map { $0.v1.map(\.text) } == [["/c/a"], ["/c"]])
  }

  @Test func `processes are listed in the job's own groups first of all`() {
    let lists = groups([.memory: "/m/a/b/own"]).processLists.map(\.text)
    #expect(lists.first == "/m/a/b/own/cgroup.procs")
    #expect(lists.contains("/c/a/cgroup.procs") && !lists.contains("/m/a/b/cgroup.procs"))
  }

  private let memory = GroupFile(v1: "one", v2: "two")

  @Test func `on a host with v2 alone its group has all files`() throws {
    let places = inherited.filter { $0.key == .unified }
    try tree.write("populated 1\n", to: "/2/u/v/cgroup.events")
    let groups = JobGroups(own: [:], inherited: places, root: tree.root, process: nil)
    #expect(
      groups.candidates(.memory, memory) == [
        Candidate(BytePath("/2/u/v/two")), Candidate(BytePath("/2/u/two"), coversMore: true),
        Candidate(BytePath("/2/two"), coversMore: true),
      ])
    #expect(groups.candidates(.cpuacct, GroupFile(v1: "cpuacct.usage")).isEmpty)
    #expect(groups.levels(.memory).map { $0.v2.map(\.text) } == [["/2/u/v"], ["/2/u"], ["/2"]])
    #expect(!groups.marksAreTheJobs)
  }

  @Test(arguments: [[.unified], [.unified, .memory]] as [[Controller]])
  func `a v2 group made for the job has all files, its ancestors none`(
    controllers: [Controller]
  ) {
    let places = inherited.filter { $0.key == .unified }
    let path = BytePath("/2/elsewhere/own")
    let own = PerController(Dictionary(uniqueKeysWithValues: controllers.map { ($0, path) }))
    let groups = JobGroups(own: own, inherited: places, root: tree.root, process: nil)
    #expect(groups.candidates(.memory, memory) == [Candidate(BytePath("/2/elsewhere/own/two"))])
    #expect(
      groups.candidates(.unified, "cpu.stat").map(\.path.text)
        == ["/2/elsewhere/own/cpu.stat"])
    let levels = groups.levels(.memory)
    #expect(
      levels.map { $0.v2.map(\.text) } == [["/2/elsewhere/own"], ["/2/elsewhere"], ["/2"]])
    #expect(levels.map(\.coversMore) == [false, true, true])
    #expect(groups.marksAreTheJobs)
  }

  @Test func `on a host with v2 alone the root's numbers serve, and cover more`() {
    let places = inherited.filter { $0.key == .unified }
    let groups = JobGroups(own: [:], inherited: places, root: tree.root, process: nil)
    #expect(groups.candidates(.unified, "cpu.stat").allSatisfy { $0.coversMore })
    #expect(groups.candidates(.memory, memory).allSatisfy { $0.coversMore })
    #expect(!groups.candidates(.memory, memory).isEmpty)
  }

  @Test func `what no v1 hierarchy carries, the v2 side of a hybrid does`() throws {
    try tree.write("populated 1\n", to: "/2/u/v/cgroup.events")
    #expect(
      groups().candidates(.blkio, GroupFile(v1: "one", v2: "io.stat")).map(\.path.text)
        == ["/2/u/v/io.stat", "/2/u/io.stat", "/2/io.stat"])
    #expect(groups().candidates(.memory, memory).first?.path.text == "/m/a/b/one")
  }
}

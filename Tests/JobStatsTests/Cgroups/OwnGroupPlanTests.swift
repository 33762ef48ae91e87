import JobStats
import Testing

@Suite struct OwnGroupPlanTests {
  /// The plan for a process in the group "/job" of each of the mounts.
  private func plan(
    _ words: [String?], insists: Bool = false, _ files: [String: String] = [:]
  ) throws -> OwnGroupPlan {
    let tree = try TemporaryTree()
    var groups = ""
    var mounts: [Mount] = []
    for (number, word) in words.enumerated() {
      let point = "/" + (word ?? "unified")
      groups += word.map { "\(number + 1):\($0):/job\n" } ?? "0::/job\n"
      mounts.append(
        Mount(point, "/", word.map { ["rw"] + $0.split(separator: ",").map(String.init) }))
    }
    try tree.write(groups, to: "/proc/self/cgroup")
    for (file, text) in files { try tree.write(text, to: file) }
    let inherited = JobGroups.inherited(by: "self", tree.root, mounts: mounts.map(\.real))
    return OwnGroupPlan(tree.root, inherited: inherited, insists: insists)
  }

  private func directories(_ plan: OwnGroupPlan) -> [String] {
    plan.parents.map(\.directory.text)
  }

  @Test func `on a hybrid there is one in each hierarchy that counts and has no cpu`() throws {
    let plan = try plan(["cpu", "cpuacct", "cpuset", "memory", "blkio", "pids", "freezer", nil])
    #expect(
      directories(plan) == ["/memory/job", "/cpuacct/job", "/blkio/job", "/pids/job"])
    #expect(plan.parents.map(\.controllers) == [[.memory], [.cpuacct], [.blkio], [.pids]])
    #expect(plan.unified?.directory.text == "/unified/job")
    #expect(
      Set(plan.elsewhere) == [.cpu, .cpuacct, .cpuset, .memory, .blkio, .pids])
    #expect(plan.remarks.isEmpty)
  }

  @Test func `controllers that are mounted together share one`() throws {
    let plan = try plan(["memory,pids", "blkio,cpuacct"])
    #expect(plan.parents.map(\.controllers) == [[.memory, .pids], [.cpuacct, .blkio]])
  }

  @Test func `a hierarchy that carries cpu is left out, unless the user insists`() throws {
    let auto = try plan(["memory", "cpu,cpuacct", nil])
    #expect(directories(auto) == ["/memory/job"])
    #expect(auto.remarks.count == 1 && auto.remarks[0].hasPrefix("/cpu,cpuacct: "))
    let own = try plan(["memory", "cpu,cpuacct", nil], insists: true)
    #expect(directories(own) == ["/memory/job", "/cpu,cpuacct/job"])
    #expect(own.remarks == auto.remarks)
  }

  @Test(
    arguments: [
      ("0\n", false, ["/blkio/job"], 1), ("0\n", true, ["/memory/job", "/blkio/job"], 1),
      ("1\n", false, ["/memory/job", "/blkio/job"], 0),
      (nil, false, ["/memory/job", "/blkio/job"], 0),
    ] as [(String?, Bool, [String], Int)])
  func `below a memory group without hierarchy the job would escape its limit`(
    hierarchy: String?, insists: Bool, expected: [String], remarks: Int
  ) throws {
    let files = hierarchy.map { ["/memory/job/memory.use_hierarchy": $0] } ?? [:]
    let plan = try plan(["memory", "blkio"], insists: insists, files)
    #expect(directories(plan) == expected)
    #expect(plan.remarks.count == remarks)
    #expect(plan.remarks.allSatisfy { $0.contains("/memory: use_hierarchy is 0") })
  }

  @Test func `on a host with v2 alone there is the place where crunchstat was started`() throws
  {
    let plan = try plan([nil])
    #expect(plan.parents.isEmpty && plan.elsewhere.isEmpty)
    #expect(plan.unified?.directory.text == "/unified/job")
  }

  @Test func `where nothing is mounted there is nothing to make`() throws {
    let plan = try plan([])
    #expect(plan.parents.isEmpty && plan.unified == nil && plan.remarks.isEmpty)
  }

  @Test func `each hierarchy gets one below the group that the process is in there`() throws {
    let tree = try TemporaryTree()
    try tree.write("4:memory:/a/b\n3:blkio:/\n0::/../x\n", to: "/proc/self/cgroup")
    let mounts = [
      Mount("/m", "/a", ["memory"]), Mount("/b", "/", ["blkio"]), Mount("/2", "/", nil),
    ]
    let inherited = JobGroups.inherited(by: "self", tree.root, mounts: mounts.map(\.real))
    let plan = OwnGroupPlan(tree.root, inherited: inherited, insists: false)
    #expect(directories(plan) == ["/m/b", "/b"])
  }
}

import Glibc
import JobStats
import Testing

private let container =
  "/docker/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/// Trees that were recorded on real systems; what is expected was read from their files by
/// hand.
@Suite struct RecordedTreesTests {
  private func groups(_ root: RootDirectory, process: Int32) -> PerController<GroupPlace> {
    JobGroups.inherited(by: "\(process)", root, mounts: MountTable.read(root))
  }

  private func observation(_ root: RootDirectory, process: Int32) throws -> Observation {
    let locator = JobGroups(
      own: [:], inherited: groups(root, process: process), root: root, process: process)
    return try Observation(Registry.byDefault, root, locator)
  }

  @Test func `on the hybrid host each controller's group is found`() throws {
    let root = try Fixtures.tree("v1-hybrid-host")
    let places = groups(root, process: 29939).dictionary.mapValues { $0.directory.text }
    #expect(
      places == [
        .memory: "/sys/fs/cgroup/memory/cs-job", .cpuacct: "/sys/fs/cgroup/cpuacct/cs-job",
        .cpuset: "/sys/fs/cgroup/cpuset/cs-job", .blkio: "/sys/fs/cgroup/blkio/cs-job",
        .pids: "/sys/fs/cgroup/pids/cs-job", .cpu: "/sys/fs/cgroup/cpu/cs-job",
        .unified: "/sys/fs/cgroup/unified/cs-job",
      ])
  }

  private static let hybrid = [
    "mem 33558528 cache 0 swap 0 pgmajfault 68210688 rss", "cpu 0.8779 user 0.1683 sys 2 cpus",
    "blkio:254:0 67117056 write 33554432 read", "net:ifb0 0 tx 0 rx", "net:ifb1 0 tx 0 rx",
    "net:eth0 332644 tx 422218573 rx",
  ]

  @Test func `on the hybrid host the job's numbers are logged`() throws {
    let job = try observation(try Fixtures.tree("v1-hybrid-host"), process: 29939)
    let (samples, messages) = job.poll(seconds(0))
    #expect(samples == Self.hybrid)
    let folder = "/sys/fs/cgroup/"
    #expect(
      messages == [
        "notice: reading stats from \(folder)memory/cs-job/memory.stat",
        "notice: reading stats from \(folder)unified/cs-job/cpu.stat",
        "notice: reading stats from "
          + "\(folder)blkio/cs-job/blkio.throttle.io_service_bytes_recursive",
        "notice: reading stats from /proc/29939/net/dev",
      ])
    #expect(job.poll(seconds(1)).messages.isEmpty)
  }

  @Test func `on the hybrid host a tree that is named gives the same numbers`() throws {
    let root = try Fixtures.tree("v1-hybrid-host")
    let tree = ExplicitTree(
      root: BytePath("/sys/fs/cgroup"), parent: BytePath(""), id: BytePath("cs-job"))
    let job = try Observation(Registry.byDefault, root, tree)
    #expect(job.samples(seconds(0)) == Self.hybrid)
    let interval = " -- interval 0.0100 seconds "
    #expect(
      job.samples(milliseconds(10)) == [
        Self.hybrid[0], Self.hybrid[1] + interval + "0.0000 user 0.0000 sys",
        Self.hybrid[2] + interval + "0 write 0 read", Self.hybrid[3] + interval + "0 tx 0 rx",
        Self.hybrid[4] + interval + "0 tx 0 rx", Self.hybrid[5] + interval + "0 tx 0 rx",
      ])
    #expect(
      job.summary() == [
        "notice: peak memory 103022592 bytes (memory.max_usage_in_bytes)",
        "notice: total cpu 0.0000 user 0.0000 sys", "notice: total blkio:254:0 0 write 0 read",
        "notice: total net:ifb0 0 tx 0 rx", "notice: total net:ifb1 0 tx 0 rx",
        "notice: total net:eth0 0 tx 0 rx",
      ])
  }

  @Test func `on the hybrid host v1's exact time serves where v2 has none`() throws {
    let root = try Fixtures.tree("v1-hybrid-host")
    let locator = JobGroups(
      own: [.cpuacct: BytePath("/sys/fs/cgroup/cpuacct/cs-job")], inherited: [:], root: root,
      process: nil)
    let job = try Observation([CPUStatistic.self], root, locator)
    // 1046241071 ns in the proportion of 875925101 to 167953686; no processors are known.
    #expect(job.samples(seconds(0)) == ["cpu 0.8779 user 0.1683 sys 0 cpus"])
  }

  @Test func `on the hybrid host a group is planned wherever it does no harm`() throws {
    let root = try Fixtures.tree("v1-hybrid-host")
    let inherited = groups(root, process: 29939)
    let plan = OwnGroupPlan(root, inherited: inherited, insists: false)
    #expect(
      plan.parents.map(\.directory.text)
        == ["memory", "cpuacct", "blkio", "pids"].map { "/sys/fs/cgroup/\($0)/cs-job" })
    #expect(plan.unified?.directory.text == "/sys/fs/cgroup/unified/cs-job")
    #expect(plan.remarks.isEmpty)
  }

  @Test func `in the container on Debian 12 each controller's group is found`() throws {
    let root = try Fixtures.tree("v1-debian12-kernel61")
    let places = groups(root, process: 157).dictionary.mapValues { $0.directory.text }
    let folder = "/sys/fs/cgroup/"
    #expect(
      places == [
        .memory: folder + "memory" + container, .cpuacct: folder + "cpu,cpuacct" + container,
        .cpuset: folder + "cpuset" + container, .blkio: folder + "blkio" + container,
        .pids: folder + "pids" + container, .cpu: folder + "cpu,cpuacct" + container,
        .unified: folder + "unified",
      ])
  }

  private static let debian = [
    "mem 16920576 cache 0 swap 0 pgmajfault 51433472 rss",
    "blkio:254:0 33688576 write 16779264 read", "net:eth0 686 tx 238 rx",
  ]

  @Test func `in the container on Debian 12 what was recorded at its mounts is logged`() throws
  {
    // The record has "cpu,cpuacct" under the name of its link, "cpu"; and the v2 group is
    // the host's, whose numbers are not the job's.
    let job = try observation(try Fixtures.tree("v1-debian12-kernel61"), process: 157)
    let (samples, messages) = job.poll(seconds(0))
    #expect(samples == Self.debian)
    #expect(
      messages.contains("notice: did not find cpu: no CPU time in the job's control group"))
  }

  @Test func `in the container on Debian 12 a tree that is named gives its numbers`() throws {
    let root = try Fixtures.tree("v1-debian12-kernel61")
    let tree = ExplicitTree(
      root: BytePath("/sys/fs/cgroup"), parent: BytePath("docker"),
      id: BytePath(String(container.dropFirst(8))))
    let job = try Observation(Registry.byDefault, root, tree)
    #expect(job.samples(seconds(0)) == Self.debian)
    #expect(
      job.summary().first == "notice: peak memory 70762496 bytes (memory.max_usage_in_bytes)")
  }

  @Test func `in the container on Debian 12 the exact time is split`() throws {
    let root = try Fixtures.tree("v1-debian12-kernel61")
    let inherited = groups(root, process: 157).filter { $0.key == .cpuset }
    let locator = JobGroups(
      own: [.cpuacct: BytePath("/sys/fs/cgroup/cpu" + container)], inherited: inherited,
      root: root, process: nil)
    let job = try Observation([CPUStatistic.self], root, locator)
    // 2020345204 ns in the proportion of 1400000000 to 588000000; the cpuset has one.
    #expect(job.samples(seconds(0)) == ["cpu 1.4228 user 0.5976 sys 1 cpus"])
  }

  @Test func `in the container on Debian 12 no group is planned where cpu is`() throws {
    let root = try Fixtures.tree("v1-debian12-kernel61")
    let inherited = groups(root, process: 157)
    let auto = OwnGroupPlan(root, inherited: inherited, insists: false)
    #expect(auto.parents.map(\.controllers) == [[.memory], [.blkio], [.pids]])
    #expect(auto.unified != nil)
    #expect(auto.remarks.count == 1)
    #expect(auto.remarks.first?.hasPrefix("/sys/fs/cgroup/cpu,cpuacct: ") == true)
    let own = OwnGroupPlan(root, inherited: inherited, insists: true)
    #expect(own.parents.map(\.controllers).contains([.cpuacct]))
  }

  @Test(arguments: ["v1-hybrid-host", "v1-debian12-kernel61"])
  func `mounts tells the same as mountinfo`(name: String) throws {
    let root = try Fixtures.tree(name)
    let file = { (path: String) in try root.contents(BytePath(path)) }
    let mountinfo = MountTable.parse(mountinfo: try file("/proc/self/mountinfo"))
    let mounts = MountTable.parse(mounts: try file("/proc/mounts"))
    #expect(mountinfo.map(\.point) == mounts.map(\.point))
    for controller in Controller.allCases {
      #expect(
        mountinfo.map { $0.carries(controller) } == mounts.map { $0.carries(controller) })
    }
  }

  private static let further = [
    "pressure:cpu 0.0002 some 0.0002 full", "pressure:memory 0.0000 some 0.0000 full",
    "pressure:io 0.0026 some 0.0026 full",
    "oom 0 kills", "usage 103022592 current", "procs 1 current 1 peak",
  ]

  private static let debianFurther = [
    "oom 0 kills", "usage 70762496 current",
    "procs 1 current 1 peak",
  ]

  @Test func `on the hybrid host further statistics have their numbers`() throws {
    let root = try Fixtures.tree("v1-hybrid-host")
    let inherited = groups(root, process: 29939)
    let locator = JobGroups(own: [:], inherited: inherited, root: root, process: 29939)
    let job = try Observation(furtherStatistics, root, locator)
    #expect(job.samples(seconds(0)) == Self.further)
  }

  @Test func `in the container on Debian 12 further statistics have their numbers`() throws {
    let root = try Fixtures.tree("v1-debian12-kernel61")
    let tree = ExplicitTree(
      root: BytePath("/sys/fs/cgroup"), parent: BytePath("docker"),
      id: BytePath(String(container.dropFirst(8))))
    let job = try Observation(furtherStatistics, root, tree)
    #expect(job.samples(seconds(0)) == Self.debianFurther)
  }
}

import JobStats
import Testing

private let events = "/cg/job/memory.events"
private let stat = "/cg/job/memory.stat"

/// What is told when the kernel has killed a process of the job, with default statistics.
@Suite struct OOMWatchTests {
  private let tree: TemporaryTree

  init() throws {
    tree = try TemporaryTree()
    try write(kills: 0, rss: 50 << 20)
  }

  private func write(kills: UInt64, rss: UInt64) throws {
    try tree.write("low 0\noom \(kills)\noom_kill \(kills)\n", to: events)
    try tree.write("anon \(rss)\nfile 0\n", to: stat)
  }

  private func observe() throws -> Observation { try Observation([MemoryStatistic.self], tree) }

  private func told(_ messages: [String]) -> [String] {
    messages.filter { $0.hasPrefix("notice: out of memory: ") }
  }

  @Test func `it is told at the next poll, and once more at the end`() throws {
    try tree.write("33554432\n", to: "/cg/memory.max")
    try tree.write("40000000\n", to: "/cg/job/memory.max")
    try tree.write("62914560\n", to: "/cg/job/memory.peak")
    let job = try observe()
    #expect(told(job.poll(milliseconds(0)).messages).isEmpty)
    #expect(told(job.poll(milliseconds(10)).messages).isEmpty)
    try write(kills: 1, rss: 1 << 20)
    let notice =
      "notice: out of memory: the kernel killed 1 process of the job: "
      + "peak memory 62914560 bytes (memory.peak), "
      + "tightest limit 33554432 bytes of /cg (memory.max)"
    #expect(told(job.poll(milliseconds(20)).messages) == [notice])
    for time in 3..<300 as Range<UInt64> {
      #expect(told(job.poll(milliseconds(time * 10)).messages).isEmpty)
    }
    #expect(told(job.summary()) == [notice])
  }

  @Test func `the peak at the end is the one that was told, though its group has gone`() throws
  {
    try tree.write("1000\n", to: "/cg/job/memory.peak")
    let job = try observe()
    _ = job.poll(milliseconds(0))
    try tree.write("62914560\n", to: "/cg/job/memory.peak")
    try write(kills: 1, rss: 1 << 20)
    #expect(told(job.poll(milliseconds(100)).messages).count == 1)
    for file in [events, stat, "/cg/job/memory.peak"] { tree.remove(file) }
    _ = job.poll(milliseconds(200), isLast: true)
    #expect(job.summary().contains("notice: peak memory 62914560 bytes (memory.peak)"))
  }

  @Test func `a kill that does not show in the group's memory is told within 100 ms`() throws {
    let job = try observe()
    _ = job.poll(milliseconds(0))
    try write(kills: 2, rss: 50 << 20)
    #expect(told(job.poll(milliseconds(90)).messages).isEmpty)
    let messages = told(job.poll(milliseconds(100)).messages)
    #expect(
      messages == [
        "notice: out of memory: the kernel killed 2 processes of the job: "
          + "peak memory 52428800 bytes (rss, sampled), "
          + "no limit that can be seen from here"
      ])
  }

  @Test func `a kill right before the end is told, whatever the statistics`() throws {
    let job = try Observation([NetworkStatistic.self], tree)
    _ = job.poll(milliseconds(0))
    try write(kills: 1, rss: 0)
    #expect(told(job.poll(milliseconds(10), isLast: true).messages).count == 1)
    #expect(told(job.summary()).count == 1)
  }

  @Test func `all that were killed are counted at the end`() throws {
    let job = try observe()
    _ = job.poll(seconds(0))
    try write(kills: 1, rss: 0)
    _ = job.poll(seconds(1))
    try write(kills: 4, rss: 0)
    let notices = told(job.poll(seconds(2)).messages)
    #expect(notices.first?.contains("killed 3 processes") == true)
    // Made anew: it counts from 0 again.
    try write(kills: 2, rss: 0)
    #expect(told(job.poll(seconds(3)).messages).first?.contains("killed 2 processes") == true)
    #expect(told(job.summary()).first?.contains("killed 6 processes") == true)
  }

  @Test func `what was killed before is not told`() throws {
    try write(kills: 7, rss: 0)
    let job = try observe()
    _ = job.poll(seconds(0))
    #expect(told(job.poll(seconds(1)).messages + job.summary()).isEmpty)
  }

  @Test func `a group that was not there at first counts from 0`() throws {
    tree.remove(events)
    let job = try observe()
    _ = job.poll(seconds(0))
    try write(kills: 1, rss: 0)
    #expect(told(job.poll(seconds(2)).messages).count == 1)
  }

  @Test func `v1 has it in memory.oom_control, and the limit in another file`() throws {
    let folder = "/cg/memory/job/"
    try tree.write(
      "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n", to: folder + "memory.oom_control")
    try tree.write("33554432\n", to: folder + "memory.limit_in_bytes")
    try tree.write("33554433\n", to: folder + "memory.max_usage_in_bytes")
    let job = try Observation([CPUStatistic.self], tree)
    _ = job.poll(seconds(0))
    try tree.write(
      "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n", to: folder + "memory.oom_control")
    #expect(
      told(job.poll(seconds(1)).messages) == [
        "notice: out of memory: the kernel killed 1 process of the job: "
          + "peak memory 33554433 bytes (memory.max_usage_in_bytes), "
          + "tightest limit 33554432 bytes of /cg/memory/job (memory.limit_in_bytes)"
      ])
  }

  @Test(arguments: garbage)
  func `garbage kills nobody`(bytes: [UInt8]) throws {
    let job = try observe()
    _ = job.poll(seconds(0))
    try tree.write(bytes, to: events)
    #expect(told(job.poll(seconds(1)).messages + job.summary()).isEmpty)
  }

  @Test func `a kill is told though the group is gone before the next poll`() throws {
    let job = try observe()
    _ = job.poll(seconds(0))
    #expect(told(job.attend(until: milliseconds(450))).isEmpty)
    try write(kills: 1, rss: 0)
    #expect(told(job.attend(until: milliseconds(550))).count == 1)
    tree.remove("/cg/job")
    #expect(told(job.poll(seconds(1000), isLast: true).messages).isEmpty)
    #expect(told(job.summary()).count == 1)
  }

  @Test func `in a whole host, its root is named`() throws {
    try tree.write("oom 0\noom_kill 0\n", to: "/cg/memory.events")
    let host = ExplicitTree(root: BytePath("/cg"), parent: BytePath(""), id: BytePath(""))
    let job = try Observation([NetworkStatistic.self], tree.root, host)
    _ = job.poll(seconds(0))
    try tree.write("oom 1\noom_kill 1\n", to: "/cg/memory.events")
    let message = told(job.poll(seconds(1)).messages).first ?? ""
    #expect(message.contains("killed 1 process in /cg: "))
  }

  /// Where crunchstat was started, and where that group is an ancestor's; also where the
  /// job's processes are counted in place of it.
  @Test(arguments: ["/u/a", "/u"], [false, true])
  func `in a group that is not made for the job, the group is named`(
    group: String, countsProcesses: Bool
  ) throws {
    try tree.write("0::/a\n", to: "/proc/self/cgroup")
    try tree.write("populated 1\n", to: "/u/a/cgroup.events")
    try tree.write("oom 0\noom_kill 0\n", to: group + "/memory.events")
    let inherited = JobGroups.inherited(
      by: "self", tree.root, mounts: [Mount("/u", "/", nil).real])
    let groups = JobGroups(
      own: [:], inherited: inherited, root: tree.root, process: nil,
      processes: countsProcesses ? JobProcesses(.process(1), .always) : nil)
    let job = try Observation([NetworkStatistic.self], tree.root, groups)
    _ = job.poll(seconds(0))
    try tree.write("oom 1\noom_kill 1\n", to: group + "/memory.events")
    #expect(told(job.poll(milliseconds(990)).messages).isEmpty)
    let message = told(job.poll(seconds(1)).messages).first ?? ""
    #expect(message.contains("killed 1 process in \(group): "))
  }
}

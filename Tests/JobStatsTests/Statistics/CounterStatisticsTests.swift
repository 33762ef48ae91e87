import JobStats
import Testing

/// pressure, throttle and oom: counters out of one file each, or one file per line.
@Suite struct CounterStatisticsTests {
  private let tree: TemporaryTree

  init() throws {
    tree = try TemporaryTree()
    try tree.write("20000 100000\n", to: "/cg/job/cpu.max")
  }

  /// A statistic by its name, so that test cases can be told apart.
  private func observe(_ name: String) throws -> Observation {
    try Observation([try #require(Registry.named(name))], tree)
  }

  private static let averages = "avg10=1.25 avg60=0.00 avg300=0.00"

  struct Case: Sendable {
    let statistic: String
    let path: String
    let file: String
    let line: String?

    init(_ statistic: String, _ path: String, _ file: String, _ line: String?) {
      (self.statistic, self.path, self.file, self.line) = (statistic, path, file, line)
    }
  }

  static let pressures = [
    Case(
      "pressure", "job/cpu.pressure",
      "some \(averages) total=1500000\nfull \(averages) total=250049\n",
      "pressure:cpu 1.5000 some 0.2500 full"),
    Case(
      "pressure", "unified/job/memory.pressure", "full total=2000000\nsome total=1\n",
      "pressure:memory 0.0000 some 2.0000 full"),
    // before Linux 5.13; absent is not 0
    Case(
      "pressure", "job/cpu.pressure", "some \(averages) total=1500000\n",
      "pressure:cpu 1.5000 some"),
    // averages that are not known today, in any order
    Case(
      "pressure", "job/io.pressure", "some total=50 avg1000=7.00\nfull new=1 total=100\n",
      "pressure:io 0.0001 some 0.0001 full"),
    Case(
      "pressure", "job/io.pressure",
      "some \(averages) total=18446744073709551\nfull \(averages) total=18446744073709552\n",
      "pressure:io 18446744073.7096 some"),
    Case(
      "pressure", "job/io.pressure", "some total=\(tooLarge)\nfull total=1\n",
      "pressure:io 0.0000 full"),
    Case("pressure", "job/io.pressure", "some \(averages) total=5", nil),
    Case("pressure", "job/io.pressure", "some total=\nfull total=x\nmost total=5\n", nil),
    Case("pressure", "job/io.pressure", "some total= 5\n", nil),
    Case("pressure", "job/io.pressure", "some \(averages)\n\nfull\n", nil),
    Case("pressure", "job/io.pressure", "", nil),
  ]

  static let throttles = [
    Case(
      "throttle", "job/cpu.stat",
      "usage_usec 9\nnr_periods 31\nnr_throttled 30\nthrottled_usec 2350982\nnr_bursts 0\n",
      "throttle 31 periods 30 throttled 2.3510 waited"),
    Case(
      "throttle", "cpu/job/cpu.stat",
      "nr_periods 3\nnr_throttled 2\nthrottled_time 1500000000\n",
      "throttle 3 periods 2 throttled 1.5000 waited"),
    Case("throttle", "cpu/job/cpu.stat", "nr_throttled 0\n", "throttle 0 throttled"),
    // v2, where the controller is not enabled
    Case("throttle", "job/cpu.stat", "usage_usec 1\nuser_usec 2\nsystem_usec 3\n", nil),
    Case(
      "throttle", "job/cpu.stat", "nr_periods \(largest)\nthrottled_usec \(largest)\n",
      "throttle \(largest) periods"),
    Case(
      "throttle", "job/cpu.stat", "nr_periods \(tooLarge)\nnr_throttled 1\n",
      "throttle 1 throttled"),
    Case("throttle", "job/cpu.stat", "nr_periods x\nnr_throttled\nthrottled_usec -1\n", nil),
    Case("throttle", "job/cpu.stat", "nr_periods 5", nil),
    Case("throttle", "job/cpu.stat", "", nil),
  ]

  static let kills = [
    Case(
      "oom", "job/memory.events",
      "low 0\nhigh 0\nmax 35\noom 2\noom_kill 1\noom_group_kill 9\n",
      "oom 2 events 1 kills"),
    Case("oom", "memory/job/memory.oom_control", "under_oom 0\noom_kill 3\n", "oom 3 kills"),
    // before Linux 4.13
    Case("oom", "memory/job/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\n", nil),
    Case(
      "oom", "job/memory.events", "oom \(tooLarge)\noom_kill \(largest)\n",
      "oom \(largest) kills"),
    Case("oom", "job/memory.events", "oom x\noom_kill\noom_kills 5\n", nil),
    Case("oom", "job/memory.events", "oom 1\noom_kill 2", "oom 1 events"),
    Case("oom", "job/memory.events", "", nil),
  ]

  @Test(arguments: pressures + throttles + kills)
  func `a file gives the values that it has`(example: Case) throws {
    try tree.write(example.file, to: "/cg/" + example.path)
    let job = try observe(example.statistic)
    #expect(job.samples(seconds(0)) == (example.line.map { [$0] } ?? []))
  }

  @Test(arguments: [
    (
      "pressure", "unified/job/io.pressure", "some total=%\nfull total=5\n",
      "pressure:io 0.0000 some 0.0000 full", "pressure:io 1.0000 some 0.0000 full",
      "1.0000 some 0.0000 full"
    ),
    (
      "throttle", "cpu/job/cpu.stat", "nr_periods %\nnr_throttled 2\nthrottled_time 0\n",
      "throttle 0 periods 2 throttled 0.0000 waited",
      "throttle 1000000 periods 2 throttled 0.0000 waited",
      "1000000 periods 0 throttled 0.0000 waited"
    ),
    (
      "oom", "job/memory.events", "oom 7\noom_kill %\n", "oom 7 events 0 kills",
      "oom 7 events 1000000 kills", "0 events 1000000 kills"
    ),
  ])
  func `differences are logged, and a counter that goes backwards starts a new series`(
    statistic: String, path: String, file: String, before: String, after: String,
    differences: String
  ) throws {
    let job = try observe(statistic)
    func at(_ second: UInt64, _ value: String) throws -> [String] {
      try tree.write(file.replacing("%", with: value), to: "/cg/" + path)
      return job.samples(seconds(second))
    }
    #expect(try at(0, "0") == [before])
    #expect(try at(2, "1000000") == [after + " -- interval 2.0000 seconds " + differences])
    #expect(try at(3, "0") == [before])
    #expect(try at(4, "1000000") == [after + " -- interval 1.0000 seconds " + differences])
    // The file is gone, and comes back.
    tree.remove("/cg/" + path)
    #expect(job.samples(seconds(5)).isEmpty)
    #expect(try at(10, "1000000").count == 1)
  }

  @Test(arguments: [
    ("pressure", "unified/job/cpu.pressure"), ("throttle", "cpu/job/cpu.stat"),
    ("oom", "memory/job/memory.oom_control"), ("oom", "job/memory.events"),
  ])
  func `a missing file is told once, garbage gives no line`(statistic: String, path: String)
    throws
  {
    let job = try observe(statistic)
    let messages = job.poll(seconds(0)).messages
    #expect(messages.count == 1)
    #expect(messages.first?.hasPrefix("notice: did not find \(statistic): ") == true)
    for time in 1..<9 as Range<UInt64> { #expect(job.poll(milliseconds(time)) == ([], [])) }
    for (time, bytes) in garbage.enumerated() {
      try tree.write(bytes, to: "/cg/" + path)
      #expect(job.samples(seconds(5 + UInt64(time))).isEmpty)
    }
  }

  @Test(arguments: [
    (
      "pressure", "job/cpu.pressure",
      "some avg10=0.00 total=1200\nfull avg10=0.00 total=345000\n",
      [" 0.0012 some", " 0.3450 full"]
    ),
    (
      "throttle", "job/cpu.stat", "nr_periods 12\nnr_throttled 345\nthrottled_usec 6700\n",
      [" 12 periods", " 345 throttled", " 0.0067 waited"]
    ),
    ("oom", "job/memory.events", "oom 12\noom_kill 345\n", [" 12 events", " 345 kills"]),
  ])
  func `cut off anywhere, a value is right or absent`(
    statistic: String, path: String, file: String, fields: [String]
  ) throws {
    for part in truncations(of: file) {
      try tree.write(part, to: "/cg/" + path)
      let line = try observe(statistic).samples(seconds(0))
      let name = statistic == "pressure" ? "pressure:cpu" : statistic
      let expected = fields.prefix(wholeLines(part).count).joined()
      #expect(line == (expected.isEmpty ? [] : [name + expected]))
    }
  }

  @Test func `malformed lines are counted, in a warning at the end`() throws {
    try tree.write("oom x\n\noom_kill 1\nto", to: "/cg/job/memory.events")
    let job = try observe("oom")
    _ = job.samples(seconds(0))
    #expect(
      job.summary().contains("warning: skipped 3 malformed lines in /cg/job/memory.events"))
  }

  @Test func `that kills are not counted is told once, and not of those that are`() throws {
    let path = "/cg/memory/job/memory.oom_control"
    try tree.write("oom_kill_disable 0\nunder_oom 0\n", to: path)
    let job = try observe("oom")
    #expect(
      job.poll(seconds(0)) == (
        [],
        [
          "notice: reading stats from \(path)",
          "notice: did not find oom: no kills are counted there "
            + "(v1 counts them since Linux 4.13)",
        ]
      ))
    #expect(job.poll(seconds(1)) == ([], []))
    try tree.write("oom_kill 3\n", to: path)
    #expect(job.samples(seconds(2)) == ["oom 3 kills"])
  }

  @Test func `what was lost is not said to have been missing`() throws {
    let path = "/cg/memory/job/memory.oom_control"
    try tree.write("oom_kill 3\n", to: path)
    let job = try observe("oom")
    _ = job.samples(seconds(0))
    tree.remove(path)
    #expect(job.poll(seconds(5)) == ([], ["notice: lost \(path)"]))
  }

  @Test func `of a v2 group without the cpu controller the ancestor's quota is told of`() throws
  {
    try tree.write("0::/a/job\n", to: "/proc/self/cgroup")
    try tree.write("populated 1\n", to: "/u/a/job/cgroup.events")
    try tree.write("usage_usec 1\nuser_usec 1\nsystem_usec 0\n", to: "/u/a/job/own/cpu.stat")
    try tree.write("usage_usec 1\nuser_usec 1\nsystem_usec 0\n", to: "/u/a/job/cpu.stat")
    try tree.write("nr_periods 5\nnr_throttled 4\nthrottled_usec 3\n", to: "/u/a/cpu.stat")
    try tree.write("20000 100000\n", to: "/u/a/cpu.max")
    let inherited = JobGroups.inherited(
      by: "self", tree.root, mounts: [Mount("/u", "/", nil).real])
    let groups = JobGroups(
      own: [.unified: BytePath("/u/a/job/own")], inherited: inherited, root: tree.root,
      process: nil)
    let job = try Observation([ThrottleStatistic.self], tree.root, groups)
    let (samples, messages) = job.poll(seconds(0))
    #expect(samples == ["throttle 5 periods 4 throttled 0.0000 waited"])
    #expect(
      messages == [
        "notice: reading stats from /u/a/cpu.stat (an ancestor: covers more than the job)"
      ])
    #expect(job.poll(seconds(1)).messages.isEmpty)
  }

  @Test func `a container's quota is its own, not that of a group above it`() throws {
    try tree.write("user_usec 1\nsystem_usec 0\n", to: "/cg/job/cpu.stat")
    try tree.write("nr_periods 5\nnr_throttled 4\nthrottled_usec 3\n", to: "/cg/cpu.stat")
    try tree.write("20000 100000\n", to: "/cg/cpu.max")
    #expect(try observe("throttle").samples(seconds(0)).isEmpty)
  }

  /// The group "/a/job" of a v1 hierarchy, in which crunchstat was started.
  private func observeQuotas() throws -> Observation {
    try tree.write("2:cpu:/a/job\n", to: "/proc/self/cgroup")
    let inherited = JobGroups.inherited(
      by: "self", tree.root, mounts: [Mount("/q", "/", ["cpu"]).real])
    let groups = JobGroups(own: [:], inherited: inherited, root: tree.root, process: nil)
    return try Observation([ThrottleStatistic.self], tree.root, groups)
  }

  private func write(_ group: String, quota: String, periods: Int) throws {
    try tree.write(quota + "\n", to: group + "/cpu.cfs_quota_us")
    try tree.write("100000\n", to: group + "/cpu.cfs_period_us")
    try tree.write(
      "nr_periods \(periods)\nnr_throttled 0\nthrottled_time 0\n", to: group + "/cpu.stat")
  }

  @Test func `a group without a quota does not hide the one of a group above it`() throws {
    try write("/q/a/job", quota: "-1", periods: 0)
    try write("/q/a", quota: "20000", periods: 7)
    try write("/q", quota: "-1", periods: 0)
    let job = try observeQuotas()
    #expect(job.samples(seconds(0)) == ["throttle 7 periods 0 throttled 0.0000 waited"])
    // The nearest one that has a quota, once there is one.
    try write("/q/a/job", quota: "10000", periods: 3)
    #expect(job.samples(seconds(2)) == ["throttle 3 periods 0 throttled 0.0000 waited"])
  }

  @Test func `where no group has a quota there is no line, and that is told once`() throws {
    try write("/q/a/job", quota: "-1", periods: 0)
    try write("/q/a", quota: "-1", periods: 0)
    try write("/q", quota: "-1", periods: 0)
    let job = try observeQuotas()
    let notice = "notice: did not find throttle: no cpu.stat of a group with a CPU quota"
    #expect(job.poll(seconds(0)) == ([], [notice]))
    #expect(job.poll(seconds(2)) == ([], []))
    try write("/q/a", quota: "5000", periods: 1)
    #expect(job.samples(seconds(4)) == ["throttle 1 periods 0 throttled 0.0000 waited"])
  }
}

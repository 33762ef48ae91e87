import JobStats
import Testing

private let unified = "/cg/unified/job/cpu.stat"
private let usage = "/cg/cpuacct/job/cpuacct.usage"
private let ticks = "/cg/cpuacct/job/cpuacct.stat"

@Suite struct CPUStatisticTests {
  private let tree: TemporaryTree
  private let job: Observation

  init() throws {
    tree = try TemporaryTree()
    job = try Observation([CPUStatistic.self], tree)
  }

  private func writeUsage(_ total: UInt64, user: UInt64, system: UInt64) throws {
    try tree.write("\(total)\n", to: usage)
    try tree.write("\(user)\n", to: usage + "_user")
    try tree.write("\(system)\n", to: usage + "_sys")
  }

  @Test(
    arguments: [
      (
        unified, "usage_usec 5\nuser_usec 1500000\nsystem_usec 250049\n",
        "1.5000 user 0.2500 sys"
      ),
      (unified, "system_usec 250050\nuser_usec 1\nnew_key 7\n", "0.0000 user 0.2501 sys"),
      (unified, "user_usec 0\nsystem_usec 0\n", "0.0000 user 0.0000 sys"),
      (
        unified, "user_usec 18446744073709551\nsystem_usec 0\n",
        "18446744073.7096 user 0.0000 sys"
      ),
      (unified, "user_usec 18446744073709552\nsystem_usec 0\n", nil),
      (unified, "user_usec \(tooLarge)\nsystem_usec 0\n", nil),
      (unified, "user_usec 1\n", nil), (unified, "system_usec 1\n", nil), (unified, "", nil),
      (unified, "user_usec 1\nsystem_usec 2", nil),
      (unified, "user_usec 1\nsystem_usec x\n", nil),
      // v1's file of this name tells of throttling alone
      (unified, "nr_periods 0\nnr_throttled 0\nthrottled_time 0\n", nil),
      (ticks, "user 1496\nsystem 1689\n", "14.9600 user 16.8900 sys"),
      (ticks, "system 1\nuser 0\n", "0.0000 user 0.0100 sys"), (ticks, "user 1496\n", nil),
      (ticks, "user 1496\nsystem 16", nil), (ticks, "user -1\nsystem 5\n", nil),
      (ticks, "user 1844674407370\nsystem 0\n", "18446744073.7000 user 0.0000 sys"),
      (ticks, "user 1844674407371\nsystem 0\n", nil),
      (ticks, "user \(largest)\nsystem 0\n", nil),
      (ticks, "", nil),
      ("/cg/job/cpuacct.stat", "user 5\nsystem 6\n", "0.0500 user 0.0600 sys"),
    ] as [(String, String, String?)])
  func `a file gives both times, or there is no line`(
    path: String, file: String, times: String?
  ) throws {
    try tree.write(file, to: path)
    #expect(job.samples(seconds(0)) == (times.map { ["cpu \($0) 0 cpus"] } ?? []))
  }

  @Test func `of three sources the most exact serves`() throws {
    try tree.write("user 1\nsystem 1\n", to: ticks)
    #expect(job.samples(seconds(0)) == ["cpu 0.0100 user 0.0100 sys 0 cpus"])
    try writeUsage(3_000_000_000, user: 20, system: 10)
    let next = "cpu 2.0000 user 1.0000 sys 0 cpus"
    let (samples, messages) = job.poll(seconds(10))
    // Another source counts from another start: no interval part.
    #expect(samples == [next] && messages == ["notice: reading stats from \(usage)"])
    try tree.write("user_usec 5000000\nsystem_usec 6000000\n", to: unified)
    #expect(job.samples(seconds(20)) == ["cpu 5.0000 user 6.0000 sys 0 cpus"])
    #expect(
      job.samples(seconds(21)) == [
        "cpu 5.0000 user 6.0000 sys 0 cpus -- interval 1.0000 seconds 0.0000 user 0.0000 sys"
      ])
  }

  @Test(arguments: [(unified, "_usec"), (ticks, "")])
  func `the same file in another folder starts a new series`(path: String, unit: String) throws
  {
    let other = path.replacing(/\/cg\/[a-z]+\//, with: "/cg/")
    try tree.write("user\(unit) 100\nsystem\(unit) 100\n", to: other)
    #expect(job.samples(seconds(0)).count == 1)
    try tree.write("user\(unit) 500\nsystem\(unit) 500\n", to: path)
    #expect(job.samples(seconds(5)).map { $0.contains("interval") } == [false])
    #expect(job.samples(seconds(6)).map { $0.contains("interval") } == [true])
  }

  @Test func `a group that was not there at first counts from 0 in the total`() throws {
    #expect(job.samples(seconds(0)).isEmpty)
    try tree.write("user_usec 3000000\nsystem_usec 1000000\n", to: unified)
    #expect(job.samples(seconds(5)).map { $0.contains("interval") } == [false])
    try tree.write("user_usec 3500000\nsystem_usec 1000000\n", to: unified)
    _ = job.samples(seconds(6))
    #expect(job.summary() == ["notice: total cpu 3.5000 user 1.0000 sys"])
  }

  /// Polls after a file has come to say something.
  private func poll(_ time: UInt64, _ file: String, _ text: String) throws {
    try tree.write(text, to: file)
    _ = job.samples(time)
  }

  @Test func `of a group that is made while others watch, all sources count from 0`() throws {
    #expect(job.samples(seconds(0)).isEmpty)
    // A container engine makes the groups of a container one after the other.
    try poll(seconds(10), ticks, "user 100\nsystem 50\n")
    try poll(seconds(20), unified, "user_usec 3000000\nsystem_usec 1000000\n")
    try poll(seconds(21), unified, "user_usec 3500000\nsystem_usec 1000000\n")
    // ... and removes them so.
    tree.remove(unified)
    try poll(seconds(30), ticks, "user 400\nsystem 150\n")
    // The next one of its name.
    tree.remove(ticks)
    #expect(job.samples(seconds(40)).isEmpty)
    try poll(seconds(50), unified, "user_usec 10000\nsystem_usec 20000\n")
    #expect(job.summary() == ["notice: total cpu 4.0100 user 1.5200 sys"])
  }

  @Test func `a source that is not looked for is no next group's`() throws {
    // All are looked for once a second by now.
    for second in 0...10 as ClosedRange<UInt64> {
      #expect(job.samples(seconds(second)).isEmpty)
    }
    // v1's is seen first, and goes first.
    try tree.write("user 100\nsystem 50\n", to: ticks)
    #expect(job.samples(seconds(11)).count == 1)
    try tree.write("user_usec 1000000\nsystem_usec 500000\n", to: unified)
    tree.remove(ticks)
    #expect(job.samples(milliseconds(11_100)) == ["cpu 1.0000 user 0.5000 sys 0 cpus"])
    _ = job.samples(milliseconds(11_200), isLast: true)
    #expect(job.summary() == ["notice: total cpu 1.0000 user 0.5000 sys"])
  }

  @Test func `the parts of the total are those of the source that serves`() throws {
    #expect(job.samples(seconds(0)).isEmpty)
    try writeUsage(3_000_001_900, user: 20, system: 10)
    _ = job.samples(seconds(10))
    // Nothing has been used since, but it is rounded down.
    try poll(seconds(20), unified, "user_usec 1000000\nsystem_usec 2000000\n")
    #expect(job.summary() == ["notice: total cpu 1.0000 user 2.0000 sys"])
  }

  @Test func `of a group that was there before, what it counted then is in no total`() throws {
    try poll(seconds(0), ticks, "user 100\nsystem 50\n")
    try poll(seconds(1), ticks, "user 150\nsystem 60\n")
    try poll(seconds(10), unified, "user_usec 3000000\nsystem_usec 1000000\n")
    try poll(seconds(11), unified, "user_usec 3100000\nsystem_usec 1000000\n")
    #expect(job.summary() == ["notice: total cpu 0.6000 user 0.1000 sys"])
  }

  @Test func `all three files of the exact total are needed`() throws {
    try tree.write("3000000000\n", to: usage)
    #expect(job.samples(seconds(0)).isEmpty)
    try tree.write("20\n", to: usage + "_user")
    #expect(job.samples(seconds(10)).isEmpty)
    try tree.write("10\n", to: usage + "_sys")
    #expect(job.samples(seconds(20)) == ["cpu 2.0000 user 1.0000 sys 0 cpus"])
  }

  @Test(arguments: ["", "\n", "5", "x\n", "-1\n", "\(tooLarge)\n", "1 2\n", "1\n2\n"])
  func `where the exact total can't be read the ticks serve`(file: String) throws {
    try tree.write("user 7\nsystem 8\n", to: ticks)
    for broken in [usage, usage + "_user", usage + "_sys"] {
      try writeUsage(1_000_000_000, user: 1, system: 1)
      try tree.write(file, to: broken)
      let job = try Observation([CPUStatistic.self], tree)
      #expect(job.samples(seconds(0)) == ["cpu 0.0700 user 0.0800 sys 0 cpus"])
      #expect(job.summary().contains("warning: skipped 1 malformed lines in \(broken)"))
    }
  }

  @Test func `cut off anywhere, a file gives the right times or none`() throws {
    for (path, file, right) in [
      (
        unified, "usage_usec 99\nuser_usec 1200000\nsystem_usec 3400000\nnr 5\n",
        "1.2000 user 3.4000"
      ),
      (ticks, "user 1234\nsystem 5678\n", "12.3400 user 56.7800"),
    ] {
      for (time, part) in truncations(of: file).enumerated() {
        try tree.write(part, to: path)
        let isWhole =
          wholeLines(part).count { $0.hasPrefix("user") || $0.hasPrefix("sys") } == 2
        let line = job.samples(seconds(UInt64(time) * 2), isLast: true)
          .map { $0.split(separator: " sys ")[0] }
        #expect(line == (isWhole ? ["cpu \(right)"] : []))
      }
      tree.remove(path)
    }
  }

  @Test(arguments: garbage)
  func `garbage gives no line`(bytes: [UInt8]) throws {
    for path in [unified, usage, usage + "_user", usage + "_sys", ticks] {
      try tree.write(bytes, to: path)
    }
    #expect(job.samples(seconds(0)).isEmpty)
  }

  @Test func `differences are since the last sample, over the time that went by`() throws {
    try tree.write("user_usec 1000000\nsystem_usec 2000000\n", to: unified)
    #expect(job.samples(milliseconds(0)) == ["cpu 1.0000 user 2.0000 sys 0 cpus"])
    try tree.write("user_usec 1007500\nsystem_usec 2000040\n", to: unified)
    #expect(
      job.samples(milliseconds(10)) == [
        "cpu 1.0075 user 2.0000 sys 0 cpus -- interval 0.0100 seconds 0.0075 user 0.0000 sys"
      ])
    try tree.write("user_usec 3007500\nsystem_usec 2000090\n", to: unified)
    #expect(
      job.samples(milliseconds(2010)) == [
        "cpu 3.0075 user 2.0001 sys 0 cpus -- interval 2.0000 seconds 2.0000 user 0.0001 sys"
      ])
    #expect(job.summary() == ["notice: total cpu 2.0075 user 0.0001 sys"])
  }

  @Test func `a counter that went backwards starts a new series`() throws {
    try tree.write("user 1000\nsystem 1000\n", to: ticks)
    _ = job.samples(seconds(0))
    try tree.write("user 5\nsystem 1001\n", to: ticks)
    #expect(job.samples(seconds(1)) == ["cpu 0.0500 user 10.0100 sys 0 cpus"])
    try tree.write("user 6\nsystem 1001\n", to: ticks)
    #expect(
      job.samples(seconds(2)) == [
        "cpu 0.0600 user 10.0100 sys 0 cpus -- interval 1.0000 seconds 0.0100 user 0.0000 sys"
      ])
  }

  @Test func `a last sample right after a poll has no interval part`() throws {
    try tree.write("user 5\nsystem 5\n", to: ticks)
    _ = job.samples(milliseconds(0))
    let line = "cpu 0.0500 user 0.0500 sys 0 cpus"
    #expect(job.samples(milliseconds(1) - 1, isLast: true) == [line])
  }

  @Test func `where there is none it is told once`() throws {
    let notice = "notice: did not find cpu: no CPU time in the job's control group"
    #expect(job.poll(seconds(0)) == ([], [notice]))
    #expect(job.poll(seconds(1)) == ([], []))
    #expect(job.summary().isEmpty)
  }

  @Test func `of a group made for the job all that it counts is the job's`() throws {
    let own = try observationOfOwnGroup()
    try tree.write("user_usec 1000000\nsystem_usec 500000\n", to: "/2/own/cpu.stat")
    _ = own.samples(seconds(0))
    try tree.write("user_usec 3000000\nsystem_usec 700000\n", to: "/2/own/cpu.stat")
    _ = own.samples(seconds(1))
    #expect(own.summary() == ["notice: total cpu 3.0000 user 0.7000 sys"])
  }

  @Test func `no time is counted twice when another source of the same group serves`() throws {
    let own = try observationOfOwnGroup()
    try tree.write("user_usec 3000000\nsystem_usec 700000\n", to: "/2/own/cpu.stat")
    _ = own.samples(seconds(0))
    tree.remove("/2/own/cpu.stat")
    try tree.write("user 300\nsystem 70\n", to: "/c/own/cpuacct.stat")
    _ = own.samples(seconds(10))
    let total = own.summary().filter { $0.hasPrefix("notice: total") }
    #expect(total == ["notice: total cpu 3.0000 user 0.7000 sys"])
  }

  private func observationOfOwnGroup() throws -> Observation {
    let groups = JobGroups(
      own: [.unified: BytePath("/2/own"), .cpuacct: BytePath("/c/own")], inherited: [:],
      root: tree.root, process: nil)
    return try Observation([CPUStatistic.self], tree.root, groups)
  }
}

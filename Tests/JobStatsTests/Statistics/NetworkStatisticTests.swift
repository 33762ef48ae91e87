import JobStats
import Testing

private let list = "/cg/cpuacct/job/cgroup.procs"
private let heading = """
  Inter-|   Receive                                                |  Transmit
   face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed

  """

/// A line of net/dev.
private func line(_ name: String, tx: UInt64, rx: UInt64) -> String {
  "\(name) \(rx) 10 0 0 0 0 0 0 \(tx) 20 0 0 0 0 0 0\n"
}

@Suite struct NetworkStatisticTests {
  private let tree: TemporaryTree
  private let job: Observation

  init() throws {
    tree = try TemporaryTree()
    job = try Observation([NetworkStatistic.self], tree)
  }

  private func at(_ second: UInt64, _ text: String, process: Int = 42) throws -> [String] {
    try tree.write("\(process)\n", to: list)
    try tree.write(heading + text, to: "/proc/\(process)/net/dev")
    return job.samples(seconds(second))
  }

  @Test(arguments: [
    (line("  eth0:", tx: 1, rx: 2), ["net:eth0 1 tx 2 rx"]),
    (line("lo:", tx: 5, rx: 5) + line("eth0:", tx: 1, rx: 2), ["net:eth0 1 tx 2 rx"]),
    // in the kernel's order
    (
      line("eth1:", tx: 1, rx: 2) + line("eth0:", tx: 3, rx: 4),
      ["net:eth1 1 tx 2 rx", "net:eth0 3 tx 4 rx"]
    ),
    // no blank after the colon
    ("eth0:2 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n", ["net:eth0 1 tx 2 rx"]),
    ("  eth0:12345678 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n", ["net:eth0 1 tx 12345678 rx"]),
    (line("veth0@if7:", tx: 6, rx: 5), ["net:veth0@if7 6 tx 5 rx"]),
    // a bar where the heading has one
    (line("veth12|x:", tx: 6, rx: 5), ["net:veth12|x 6 tx 5 rx"]),
    // more numbers than there are today, and fewer
    ("eth0: 2 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0 7 8\n", ["net:eth0 1 tx 2 rx"]),
    ("eth0: 2 1 0 0 0 0 0 0 1 1 0 0 0 0 0\n", []), ("eth0:\n", []), ("eth0: 5\n", []),
    // the largest number, and one more
    (line("a:", tx: .max, rx: 0), ["net:a \(largest) tx 0 rx"]),
    ("a: \(tooLarge) 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n", []),
    ("a: 1 1 0 0 0 0 0 0 \(tooLarge) 1 0 0 0 0 0 0\n", []),
    // lines that are not of the form
    ("a: x 1 0 0 0 0 0 0 6 1 0 0 0 0 0 0\n", []), ("a: -1 1 0 0 0 0 0 0 6 1 0 0 0 0 0 0\n", []),
    ("a: 2 1.5 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n", []),
    ("a: 2 1 0 0 0 0 0 0 1 1 0 0 0 -5 0 0\n", []),
    ("a: 2 1 0 0 0 0 0 0 1 1 0 0 0 0 0 x\n", []),
    (": 2 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n", []), ("no colon\n", []), ("\n \n", []),
    ("a: 2 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0", []), ("", []),
    ("a\u{7}: 2 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n", ["net:a\\x07 1 tx 2 rx"]),
    // a blank in a name is no end of a word
    (line("a b :", tx: 1, rx: 2), ["net:a\\x20b\\x20 1 tx 2 rx"]),
  ])
  func `an interface has a line, but lo`(text: String, samples: [String]) throws {
    #expect(try at(0, text) == samples)
  }

  @Test func `cut off anywhere, an interface's numbers are right or it has no line`() throws {
    let file =
      heading + line("    lo:", tx: 3, rx: 3) + line("  eth0:", tx: 123, rx: 45)
      + line("a:", tx: 6, rx: 789)
    try tree.write("42\n", to: list)
    for (time, part) in truncations(of: file).enumerated() {
      try tree.write(part, to: "/proc/42/net/dev")
      let whole = wholeLines(part)
      var expected: [String] = []
      if whole.count > 3 { expected.append("net:eth0 123 tx 45 rx") }
      if whole.count > 4 { expected.append("net:a 6 tx 789 rx") }
      let samples = job.samples(seconds(UInt64(time) * 2))
      #expect(samples.map { $0.split(separator: " --").first.map(String.init) } == expected)
    }
  }

  @Test(arguments: garbage)
  func `garbage gives no line`(bytes: [UInt8]) throws {
    try tree.write("42\n", to: list)
    try tree.write(bytes, to: "/proc/42/net/dev")
    #expect(job.samples(seconds(0)).isEmpty)
    try tree.write(bytes, to: list)
    #expect(try Observation([NetworkStatistic.self], tree).samples(seconds(0)).isEmpty)
  }

  @Test func `a process of the group is found, and where it was found is told`() throws {
    try tree.write(heading + line("a:", tx: 1, rx: 2), to: "/proc/43/net/dev")
    // Those of other process id namespaces are 0; some have gone since.
    try tree.write("0\n41\n0\n43\n44\n", to: list)
    let (samples, messages) = job.poll(seconds(0))
    #expect(samples == ["net:a 1 tx 2 rx"])
    #expect(messages == ["notice: reading stats from /proc/43/net/dev"])
  }

  @Test func `a process may come later, and that there is none is told once`() throws {
    let notice = "notice: did not find net: no process whose net/dev can be read"
    #expect(job.poll(seconds(0)) == ([], [notice]))
    for time in 1..<20 as Range<UInt64> { #expect(job.poll(milliseconds(time)) == ([], [])) }
    #expect(try at(2, line("a:", tx: 1, rx: 2)) == ["net:a 1 tx 2 rx"])
  }

  @Test func `differences, a counter that goes backwards, an interface that comes and goes`()
    throws
  {
    #expect(try at(0, line("a:", tx: 10, rx: 20)) == ["net:a 10 tx 20 rx"])
    #expect(
      try at(1, line("a:", tx: 11, rx: 120)) == [
        "net:a 11 tx 120 rx -- interval 1.0000 seconds 1 tx 100 rx"
      ])
    #expect(try at(2, line("a:", tx: 12, rx: 0)) == ["net:a 12 tx 0 rx"])
    #expect(try at(3, line("b:", tx: 5, rx: 5)) == ["net:b 5 tx 5 rx"])
    #expect(
      try at(5, line("b:", tx: 5, rx: 5) + line("a:", tx: 12, rx: 9)) == [
        "net:b 5 tx 5 rx -- interval 2.0000 seconds 0 tx 0 rx",
        "net:a 12 tx 9 rx -- interval 3.0000 seconds 0 tx 9 rx",
      ])
  }

  @Test func `when the process ends another one of the group serves`() throws {
    _ = try at(0, line("a:", tx: 10, rx: 20))
    tree.remove("/proc/42")
    try tree.write("43\n", to: list)
    try tree.write(heading + line("a:", tx: 12, rx: 23), to: "/proc/43/net/dev")
    let (samples, messages) = job.poll(seconds(5))
    #expect(samples.map { $0.hasPrefix("net:a 12 tx 23 rx") } == [true])
    #expect(messages == ["notice: reading stats from /proc/43/net/dev"])
  }

  @Test func `when the last process ends, nothing is shown and nothing held`() throws {
    _ = try at(0, line("a:", tx: 10, rx: 20))
    tree.remove("/proc/42")
    try tree.write("", to: list)
    #expect(job.samples(seconds(5)).isEmpty)
    #expect(job.samples(seconds(6)).isEmpty)
  }

  @Test func `a group that empties between polls lets go of its namespace in a second`()
    throws
  {
    _ = try at(0, line("a:", tx: 10, rx: 20))
    _ = job.attend(until: seconds(20))
    tree.remove("/proc/42")
    try tree.write("43\n", to: list)
    try tree.write(heading + line("a:", tx: 5, rx: 5), to: "/proc/43/net/dev")
    #expect(
      job.attend(until: seconds(21)) == ["notice: reading stats from /proc/43/net/dev"])
    tree.remove("/proc/43")
    try tree.write("", to: list)
    _ = job.attend(until: seconds(23))
    // Nothing is held any more, so nothing is looked after.
    try tree.write(heading + line("a:", tx: 6, rx: 6), to: "/proc/43/net/dev")
    try tree.write("43\n", to: list)
    #expect(job.attend(until: seconds(30)).isEmpty)
  }

  @Test func `a program that ended unseen is not said to share crunchstat's namespace`() throws
  {
    try tree.write("", to: "/proc/self/ns/net")
    try tree.write(heading + line("a:", tx: 1, rx: 2), to: "/proc/self/net/dev")
    let groups = JobGroups(own: [:], inherited: [:], root: tree.root, process: 42)
    let job = try Observation([NetworkStatistic.self], tree.root, groups)
    let (samples, messages) = job.poll(seconds(0))
    #expect(samples == ["net:a 1 tx 2 rx"])
    #expect(
      messages == [
        "notice: reading stats from /proc/self/net/dev",
        "notice: net: the program's network namespace was not seen (it may have ended too "
          + "soon): crunchstat's own is shown",
      ])
  }

  @Test func `another process's counters do not add to the totals what was before`() throws {
    _ = try at(0, line("a:", tx: 10, rx: 20))
    _ = try at(1, line("a:", tx: 13, rx: 25))
    tree.remove("/proc/42")
    _ = try at(5, line("a:", tx: 5000, rx: 6000), process: 43)
    _ = try at(6, line("a:", tx: 5001, rx: 6002), process: 43)
    #expect(job.summary() == ["notice: total net:a 4 tx 7 rx"])
  }

  @Test func `the totals are what was added while it was watched`() throws {
    _ = try at(0, line("a:", tx: 10, rx: 20))
    _ = try at(1, line("a:", tx: 13, rx: 25) + line("b:", tx: 6, rx: 7))
    #expect(
      job.summary() == ["notice: total net:a 3 tx 5 rx", "notice: total net:b 6 tx 7 rx"])
  }

  @Test func `malformed lines are counted in a warning at the end`() throws {
    _ = try at(0, "a: x\nno colon\n" + line("b:", tx: 1, rx: 1) + "torn: 5")
    let warnings = job.summary().filter { $0.hasPrefix("warning") }
    #expect(warnings == ["warning: skipped 3 malformed lines in net/dev"])
  }

  @Test func `columns that stay the same are known, and what comes behind them is looked at`()
    throws
  {
    let columns = "    0    0    0     0          0         0"
    func line(rx: Int, tx: Int, behind: (String, String)) -> String {
      "a: \(rx) \(rx)\(columns)\(behind.0) \(tx) \(tx)\(columns)\(behind.1)\n"
    }
    for second in 0..<3 as Range<UInt64> {
      let lines = try at(second, line(rx: 5, tx: 6 + Int(second), behind: ("", "")))
      #expect(lines.map { $0.hasPrefix("net:a \(6 + second) tx 5 rx") } == [true])
    }
    #expect(try at(3, line(rx: 5, tx: 9, behind: ("7", "7 8 "))).count == 1)
    #expect(try at(4, line(rx: 5, tx: 9, behind: ("x", ""))).isEmpty)
    #expect(try at(5, line(rx: 5, tx: 9, behind: ("", "x"))).isEmpty)
    #expect(try at(6, line(rx: 5, tx: 9, behind: ("", " 8"))).count == 1)
    #expect(job.summary().contains("warning: skipped 2 malformed lines in net/dev"))
  }

  @Test func `that the namespace is shared is told once`() throws {
    try tree.write("", to: "/proc/self/ns/net")
    try tree.makeFolder("/proc/42/ns")
    try tree.link("/proc/42/ns/net", to: "../../self/ns/net")
    try tree.write("42\n", to: list)
    try tree.write(heading, to: "/proc/42/net/dev")
    let notice =
      "notice: net: covers the whole network namespace, which the job shares with crunchstat"
    #expect(
      job.poll(seconds(0)).messages == ["notice: reading stats from /proc/42/net/dev", notice])
    #expect(job.poll(seconds(1)).messages.isEmpty)
  }

  @Test func `a process that enters another namespace starts a new series`() throws {
    try tree.write("1", to: "/proc/42/ns/net")
    _ = try at(0, line("a:", tx: 10, rx: 20))
    try tree.replace("/proc/42/ns/net", with: "2")
    #expect(try at(5, line("a:", tx: 11, rx: 21)) == ["net:a 11 tx 21 rx"])
  }

  @Test func `the same numbers in another namespace start a new series too`() throws {
    try tree.write("1", to: "/proc/42/ns/net")
    let text = line("a:", tx: 10, rx: 20)
    for second in 0...3 as ClosedRange<UInt64> { _ = try at(second, text) }
    try tree.replace("/proc/42/ns/net", with: "2")
    #expect(try at(4, text) == ["net:a 10 tx 20 rx"])
    for second in 5...7 as ClosedRange<UInt64> {
      #expect(
        try at(second, text) == ["net:a 10 tx 20 rx -- interval 1.0000 seconds 0 tx 0 rx"])
    }
  }

  @Test func `totals count each counter, and stay when the namespace has been left`() throws {
    func poll(_ second: UInt64, tx: UInt64, rx: UInt64) throws {
      _ = try at(second, line("eth0:", tx: tx, rx: rx))
    }
    try poll(1, tx: 10_000_000_000, rx: 5000)
    // Only one of the two goes backwards.
    try poll(2, tx: 10_000_000_500, rx: 7)
    try poll(3, tx: 10_000_000_600, rx: 17)
    #expect(job.summary().contains("notice: total net:eth0 600 tx 17 rx"))
    // The process is in another namespace, with no interface.
    tree.remove("/proc/42/net/dev")
    _ = try at(4, "", process: 43)
    _ = try at(6, "", process: 43)
    #expect(job.summary().contains("notice: total net:eth0 600 tx 17 rx"))
  }
}

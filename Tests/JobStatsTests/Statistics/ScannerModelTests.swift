import JobStats
import Testing

/// The scanners against plain ones over Strings, on files that are put together at random
/// out of good and bad parts. Bad lines have to be counted where they hold what is wanted;
/// of others no more need be looked at than their ends.
@Suite struct ScannerModelTests {
  private let tree: TemporaryTree
  private var random = SeededGenerator(5)

  init() throws { tree = try TemporaryTree() }

  private static let badNumbers = [
    "", "x", "-1", "+1", "1.5", "1,5", "1e3", "0x1", tooLarge, "99999999999999999999", "١",
    "1/2",
  ]

  private mutating func number(badOneIn: Int) -> String {
    switch random.number(0...badOneIn) {
    case 0: return Self.badNumbers.randomElement(using: &random)!
    case 1: return largest
    case 2: return "0"
    case 3: return "000\(random.number(0...99))"
    default: return "\(UInt64.random(in: 0...(1 << random.number(0...63)), using: &random))"
    }
  }

  /// The lines as a file, of which the last may be cut off.
  private mutating func file(_ lines: [String], isTorn: Bool) -> [UInt8] {
    let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
    return isTorn ? Array(bytes.dropLast(random.number(0...min(20, bytes.count)))) : bytes
  }

  private func warned(_ job: Observation) -> Int {
    let warning = job.summary().first { $0.hasPrefix("warning: skipped ") }
    return warning.flatMap { Int($0.split(separator: " ")[2]) } ?? 0
  }

  @Test mutating func `memory is read as by a plain scanner`() throws {
    let wanted = ["cache", "swap", "pgmajfault", "rss"]
    let keys =
      wanted + [
        "rss_huge", "cach", "cachee", "pgmajfaul", "pgmajfaults", "swapcached", "pgfault", "a",
        "hierarchical_memory_limit", "inactive_file", "Cache", "xrss", "s",
      ]
    let job = try Observation([MemoryStatistic.self], tree)
    var malformed = 0
    var counted = 0
    for poll in 0..<3000 as Range<UInt64> {
      let hasTotals = random.number(0...1) == 0
      var lines: [String] = []
      for _ in 0..<random.number(0...12) {
        let key = keys.randomElement(using: &random)!
        lines.append(key + " " + number(badOneIn: hasTotals ? .max : 12))
      }
      if hasTotals { lines += wanted.map { "total_\($0) \(random.number(0...1 << 40))" } }
      if hasTotals { lines += ["total_rss_huge 5", "total_cachee 6", "total_ 7"] }
      lines.shuffle(using: &random)
      let bytes = file(lines, isTorn: !hasTotals && random.number(0...3) == 0)
      try tree.write(bytes, to: "/cg/memory/job/memory.stat")

      var values: [String: UInt64] = [:]
      for line in wholeLines(bytes) {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        if words.count == 2, let value = plainNumber(words[1]), words[0] != "total_" {
          values[String(words[0])] = value
        } else {
          malformed += 1
          counted += wanted.contains(String(words[0])) ? 1 : 0
        }
      }
      if !bytes.isEmpty, bytes.last != 0x0A {
        (malformed, counted) = (malformed + 1, counted + 1)
      }
      let fields = wanted.compactMap { key in
        (values["total_" + key] ?? values[key]).map { " \($0) \(key)" }
      }
      let samples = job.samples(milliseconds(poll))
      #expect(samples == (fields.isEmpty ? [] : ["mem" + fields.joined()]))
      guard samples.joined() == (fields.isEmpty ? "" : "mem" + fields.joined()) else { return }
    }
    #expect((counted...malformed).contains(warned(job)))
  }

  @Test mutating func `interfaces are read as by a plain scanner`() throws {
    let heading = [
      "Inter-|   Receive                                                |  Transmit",
      " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs "
        + "drop fifo colls carrier compressed",
    ]
    let names = ["eth0", "lo", "l", "loo", "ib0", "veth0@if7", "a-very-long-name", "x"]
    // What lines begin with, mostly the same as at the poll before.
    var starts: [String] = []
    try tree.write("7\n", to: "/cg/cpuacct/job/cgroup.procs")
    let job = try Observation([NetworkStatistic.self], tree)
    var malformed = 0
    for poll in 0..<3000 as Range<UInt64> {
      var lines = poll % 100 == 0 ? ["Inter-|   Receive |  Transmit", " face |bytes"] : heading
      if random.number(0...3) == 0 {
        starts = names.shuffled(using: &random).prefix(random.number(0...names.count)).map {
          ["", " ", "   "].randomElement(using: &random)! + $0 + ":"
        }
      }
      for start in starts {
        let count = random.number(0...19) == 0 ? random.number(0...20) : 16
        // Only the two that are wanted can be too large.
        let fields = (0..<count).map { index in
          let field = number(badOneIn: 150)
          return index % 8 != 0 && field.count > 19 ? "7" : field
        }
        let blanks = ["", " ", "   "].randomElement(using: &random)!
        let between = [" ", "   ", "        "].randomElement(using: &random)!
        lines.append(
          start + blanks + fields.filter { $0 != "" }.joined(separator: between))
      }
      let bytes = file(lines, isTorn: random.number(0...3) == 0)
      try tree.write(bytes, to: "/proc/7/net/dev")

      var expected: [String] = []
      for line in wholeLines(bytes) where !line.contains("|") {
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts[0].drop { $0 == " " }
        if name == "lo" { continue }
        let words = parts.count == 2 ? parts[1].split(separator: " ") : []
        let values = words.prefix(16).map(plainNumber)
        if values.count == 16, !values.contains(nil), let rx = values[0], let tx = values[8] {
          expected.append("net:\(name) \(tx) tx \(rx) rx")
        } else {
          malformed += 1
        }
      }
      malformed += bytes.last == 0x0A ? 0 : 1
      let samples = job.samples(seconds(poll)).map { $0.split(separator: " --")[0] }
      guard samples.elementsEqual(expected, by: ==) else {
        Issue.record("\(String(decoding: bytes, as: UTF8.self)): \(samples), not \(expected)")
        return
      }
    }
    #expect(warned(job) == malformed)
  }

  @Test mutating func `devices are read as by a plain scanner`() throws {
    let operations = [
      "Read", "Write", "Read", "Write", "Sync", "Async", "Total", "Rea", "Writer",
    ]
    let job = try Observation([BlockIOStatistic.self], tree)
    var malformed = 0
    var counted = 0
    for poll in 0..<3000 as Range<UInt64> {
      var lines: [String] = []
      for _ in 0..<random.number(0...15) {
        let name = ["8:0", "8:16", "259:1", "(unknown)", "Total"].randomElement(using: &random)!
        let operation = operations.randomElement(using: &random)!
        var words = [name, operation, number(badOneIn: 12)].filter { $0 != "" }
        if random.number(0...15) == 0 { words.removeLast(random.number(0...words.count)) }
        if random.number(0...30) == 0 { words.append("9") }
        lines.append(words.joined(separator: " "))
      }
      lines.append("Total 5")
      let bytes = file(lines, isTorn: random.number(0...3) == 0)
      try tree.write(bytes, to: "/cg/blkio/job/blkio.io_service_bytes")

      var order: [String] = []
      var values: [String: [String: UInt64]] = [:]
      for line in wholeLines(bytes) {
        let words = line.split(separator: " ").map(String.init)
        if words.count == 2, words[0] == "Total" { continue }
        guard words.count == 3, let value = plainNumber(words[2][...]) else {
          malformed += 1
          counted += words.count > 1 && ["Read", "Write"].contains(words[1]) ? 1 : 0
          continue
        }
        guard ["Read", "Write"].contains(words[1]) else { continue }
        if !order.contains(words[0]) { order.append(words[0]) }
        values[words[0], default: [:]][words[1]] = value
      }
      if !bytes.isEmpty, bytes.last != 0x0A {
        (malformed, counted) = (malformed + 1, counted + 1)
      }
      let expected = order.compactMap { name -> String? in
        guard let write = values[name]?["Write"], let read = values[name]?["Read"] else {
          return nil
        }
        return "blkio:\(name) \(write) write \(read) read"
      }
      let samples = job.samples(seconds(poll)).map { $0.split(separator: " --")[0] }
      guard samples.elementsEqual(expected, by: ==) else {
        Issue.record("\(String(decoding: bytes, as: UTF8.self)): \(samples), not \(expected)")
        return
      }
    }
    #expect((counted...malformed).contains(warned(job)))
  }
}

/// A number as the kernel writes it.
private func plainNumber(_ word: Substring) -> UInt64? {
  word.utf8.allSatisfy { (0x30...0x39).contains($0) } ? UInt64(word) : nil
}

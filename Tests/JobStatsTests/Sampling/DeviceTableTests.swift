import JobStats
import Testing

/// The table of devices against a dictionary, with devices that come, go, change places, counters
/// that go backwards and polls at which nothing has changed.
@Suite struct DeviceTableTests {
  @Test(arguments: 0..<12 as Range<UInt64>)
  func `lines come in the kernel's order, with the differences of each device`(
    seed: UInt64
  ) throws {
    var random = SeededGenerator(seed)
    let tree = try TemporaryTree()
    let job = try Observation([BlockIOStatistic.self], tree)
    let all = (0..<random.number(1...20)).map { "8:\($0 * 16)" }
    var present = all
    var isSorted = true
    var values: [String: (write: UInt64, read: UInt64)] = [:]
    var before: [String: (write: UInt64, read: UInt64, time: UInt64)] = [:]
    var time = seconds(0)
    for poll in 0..<200 {
      let isStill = poll > 0 && random.number(0...2) > 0
      if !isStill, random.number(0...3) == 0 {
        present = all.filter { _ in random.number(0...3) > 0 }
      }
      if !isStill, random.number(0...5) == 0 { present.shuffle(using: &random) }
      // Those of which two are shown alike, and others.
      time += [10_000_000, 10_049_999, 10_050_000, 3_000_000_000][random.number(0...3)]
      var reads = ""
      var writes = ""
      var expected: [String] = []
      if !isStill { isSorted = random.number(0...1) == 0 }
      for name in present {
        var value = values[name] ?? (0, 0)
        if !isStill {
          value.write += UInt64(random.number(0...1) * random.number(0...1_000_000))
          value.read += UInt64(random.number(0...1_000_000_000))
          if random.number(0...30) == 0 { value.write /= 2 }
        }
        values[name] = value
        reads += "\(name) Read \(value.read)\n"
        if isSorted { reads += "\(name) Write \(value.write)\n" }
        writes += isSorted ? "" : "\(name) Write \(value.write)\n"
        var line = "blkio:\(name) \(value.write) write \(value.read) read"
        if let old = before[name], value.write >= old.write, value.read >= old.read {
          let interval = ((time - old.time) / 50_000 + 1) / 2
          let digits = String(interval + 10_000).suffix(4)
          line += " -- interval \(interval / 10_000).\(digits) seconds"
          line += " \(value.write - old.write) write \(value.read - old.read) read"
        }
        expected.append(line)
        before[name] = (value.write, value.read, time)
      }
      try tree.write(
        reads + writes + "Total 0\n", to: "/cg/blkio/job/blkio.io_service_bytes")
      let samples = job.samples(time)
      guard samples == expected else {
        Issue.record("poll \(poll): \(samples) instead of \(expected)")
        return
      }
    }
  }

  @Test func `lines that come again have the time of their own poll`() {
    var table = DeviceTable.blockIO
    var malformed: UInt64 = 0
    ByteScanner.scan(Array("8:0 Read 1\n8:0 Write 2\n".utf8)) {
      BlockIOStatistic.scan($0, &table, malformed: &malformed)
    }
    for second in 1...5 as ClosedRange<UInt64> {
      let lines = LineBuffer()
      let time = second * 1_000_000_000
      // Without it at the fourth poll.
      table.write(
        Poll(time: time, timeOfDay: second == 4 ? nil : time, lines: lines), startsAtZero: false
      )
      let text = String(decoding: lines.bytes.array, as: UTF8.self)
      let stamp = second == 4 ? "" : "1970-01-01T00:00:0\(second).000000000Z "
      let interval = second == 1 ? "" : " -- interval 1.0000 seconds 0 write 0 read"
      #expect(text == "\(stamp)crunchstat: blkio:8:0 2 write 1 read\(interval)\n")
    }
  }

  /// What a line begins with is put into it 48 bytes at a time, the rest in pieces of sixteen.
  @Test func `names of any length are whole`() throws {
    let tree = try TemporaryTree()
    let job = try Observation([BlockIOStatistic.self], tree)
    let names = (1...90).map { String(repeating: "n", count: $0 - 1) + "\($0 % 10)" }
    let lines = names.enumerated().map { "\($1) Read \($0)\n\($1) Write 7\n" }.joined()
    try tree.write(lines + "Total 0\n", to: "/cg/blkio/job/blkio.io_service_bytes")
    let expected = names.enumerated().map { "blkio:\($1) 7 write \($0) read" }
    #expect(job.samples(seconds(1)) == expected)
    #expect(
      job.samples(seconds(2))
        == expected.map { $0 + " -- interval 1.0000 seconds 0 write 0 read" })
  }

  /// The largest, the smallest and the longest, each after the others, and after 285 years.
  @Test(arguments: [1, 7, 8, 9, 15, 16, 17, 19, 20])
  func `numbers of any length are whole`(digits: Int) throws {
    let tree = try TemporaryTree()
    let job = try Observation([BlockIOStatistic.self], tree)
    let most = digits == 20 ? "\(UInt64.max)" : String(repeating: "9", count: digits)
    let least = digits == 1 ? "0" : "1" + String(repeating: "0", count: digits - 1)
    var polls: [[String]] = []
    for (poll, read) in [least, most, "00" + most, most].enumerated() {
      try tree.write(
        "8:0 Read \(read)\n8:0 Write \(least)\n8:0 Discard \(most)\nTotal \(most)\n",
        to: "/cg/blkio/job/blkio.io_service_bytes")
      polls.append(job.samples(seconds(poll < 3 ? UInt64(poll) : 9_000_000_000)))
    }
    let growth = UInt64(most)! - UInt64(least)!
    let line = "blkio:8:0 \(least) write \(most) read -- interval"
    #expect(
      polls == [
        ["blkio:8:0 \(least) write \(least) read"],
        ["\(line) 1.0000 seconds 0 write \(growth) read"],
        ["\(line) 1.0000 seconds 0 write 0 read"],
        ["\(line) 8999999998.0000 seconds 0 write 0 read"],
      ])
  }
}

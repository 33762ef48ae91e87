import JobStats
import Testing

/// The table of devices against a dictionary, with devices that come, go, change places and
/// counters that go backwards.
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
    var values: [String: (write: UInt64, read: UInt64)] = [:]
    var before: [String: (write: UInt64, read: UInt64, time: UInt64)] = [:]
    for poll in 0..<60 as Range<UInt64> {
      if random.number(0...3) == 0 { present = all.filter { _ in random.number(0...3) > 0 } }
      if random.number(0...5) == 0 { present.shuffle(using: &random) }
      let time = seconds(poll)
      var reads = ""
      var writes = ""
      var expected: [String] = []
      let isSorted = random.number(0...1) == 0
      for name in present {
        var value = values[name] ?? (0, 0)
        value.write += UInt64(random.number(0...1) * random.number(0...1_000_000))
        value.read += UInt64(random.number(0...1_000_000_000))
        if random.number(0...30) == 0 { value.write /= 2 }
        values[name] = value
        reads += "\(name) Read \(value.read)\n"
        if isSorted { reads += "\(name) Write \(value.write)\n" }
        writes += isSorted ? "" : "\(name) Write \(value.write)\n"
        var line = "blkio:\(name) \(value.write) write \(value.read) read"
        if let old = before[name], value.write >= old.write, value.read >= old.read {
          line += " -- interval \((time - old.time) / 1_000_000_000).0000 seconds"
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
}

import Glibc
import JobStats

/// How a poll's cost grows with the bytes that it reads: polls of recorded trees, of the largest
/// hosts that there are and of parts of them.
enum GrowthSection {
  private static let shares = [1.0 / 64, 1.0 / 16, 0.25, 0.5, 1]

  static func run(_ report: Report, isQuick: Bool) throws {
    report.begin(
      .growth, "Growth with the bytes read",
      """
      Wall time of a poll of a recorded tree in which every value changes, median, crunchstat and
      floor in turns. The last lines are of all at once: 1,000 interfaces, 256 devices and 4 KB
      of memory.stat, and parts of that. Growth is told by the exponent of time over bytes, from
      a quarter of it to all: 1 is linear, 2 would be quadratic.
      """)
    let polls = isQuick ? 30 : 150
    var table = Table(
      "", "bytes in", "bytes out", "us/poll", "floor us/poll", "ns/byte", "of its own")
    func add(_ name: String, _ turns: PollSection.Turns) {
      let (ours, floor) = (turns.product.median, turns.system.median)
      table.add(
        name, fixed(turns.bytesIn, 0), fixed(turns.bytesOut, 0), fixed(ours / 1000, 1),
        fixed(floor / 1000, 1), fixed(ours / turns.bytesIn, 2),
        fixed((ours - floor) / turns.bytesIn, 2))
    }
    let sizes: [(String, RecordedSize)] = [
      ("3 interfaces, 2 devices, 1 KB", RecordedSize()),
      ("the same with 100 interfaces", RecordedSize(interfaces: 100)),
      ("with 1,000 interfaces", RecordedSize(interfaces: 1000)),
      ("with 64 devices", RecordedSize(devices: 64)),
      ("with 256 devices", RecordedSize(devices: 256)),
      ("with 4 KB of memory.stat", RecordedSize(memory: 4096)),
    ]
    for (name, size) in sizes {
      add(name, try PollSection.measure(size.tree(), polls: polls))
    }
    var points: [[Double]] = []
    for share in shares {
      let turns = try PollSection.measure(RecordedSize.share(share).tree(), polls: polls)
      add("all, \(fixed(100 * share, 1)) %", turns)
      points.append([turns.bytesIn, turns.product.median / 1000, turns.system.median / 1000])
    }
    report.add(table)
    report.add("cost by bytes", points)
    let floor = points[points.count - 1][2] * 1000 / points[points.count - 1][0]
    report.add(try row(rounds: isQuick ? 5 : 11, polls: isQuick ? 15 : 40, floor: floor))
  }

  /// Polls of the whole and of a quarter of it in turns, so that the machine is the same to both.
  private static func row(rounds: Int, polls: Int, floor: Double) throws -> Row {
    var pair: [(recorded: RecordedPolls, bytes: Double)] = []
    for share in [0.25, 1] {
      let recorded = try RecordedPolls(RecordedSize.share(share).tree(), Registry.byDefault)
      try recorded.warmUp()
      pair.append((recorded, try PollSection.bytes(recorded).read))
    }
    var (exponents, perByte) = (Samples(), Samples())
    for _ in 0..<rounds {
      var times = [Samples(), Samples()]
      for _ in 0..<polls {
        for index in pair.indices {
          try pair[index].recorded.change()
          let start = MonotonicClock.now()
          pair[index].recorded.poll()
          times[index].append(MonotonicClock.now() - start)
        }
      }
      exponents.append(
        log(times[1].median / times[0].median) / log(pair[1].bytes / pair[0].bytes))
      perByte.append(times[1].median / pair[1].bytes)
    }
    return Row(
      demand: .growth, figure: Quantity(perByte), floor: Quantity(exactly: floor),
      ratio: Quantity(exponents))
  }
}

import Glibc

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
    report.add(try row(rounds: isQuick ? 5 : 9, polls: isQuick ? 15 : 40))
  }

  private static func row(rounds: Int, polls: Int) throws -> Row {
    var (exponents, ours, floor) = (Samples(), Samples(), Samples())
    for _ in 0..<rounds {
      let part = try PollSection.measure(RecordedSize.share(0.25).tree(), polls: polls)
      let whole = try PollSection.measure(RecordedSize.share(1).tree(), polls: polls)
      exponents.append(
        log(whole.product.median / part.product.median) / log(whole.bytesIn / part.bytesIn))
      ours.append(whole.product.median / whole.bytesIn)
      floor.append(whole.system.median / whole.bytesIn)
    }
    return Row(
      demand: .growth, figure: Quantity(ours), floor: Quantity(floor),
      ratio: Quantity(exponents))
  }
}

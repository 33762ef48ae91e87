import JobStats
import Testing

private let folder = "/cg/blkio/job/"
private let recursive = folder + "blkio.throttle.io_service_bytes_recursive"
private let bfq = folder + "blkio.bfq.io_service_bytes_recursive"
private let throttle = folder + "blkio.throttle.io_service_bytes"
private let plain = folder + "blkio.io_service_bytes"

@Suite struct BlockIOStatisticTests {
  private let tree: TemporaryTree
  private let job: Observation

  init() throws {
    tree = try TemporaryTree()
    job = try Observation([BlockIOStatistic.self], tree)
  }

  private func device(_ name: String, write: UInt64, read: UInt64) -> String {
    "\(name) Read \(read)\n\(name) Write \(write)\n\(name) Sync 9\n\(name) Total 99\n"
  }

  @Test(arguments: [
    ("8:0 Read 1\n8:0 Write 2\nTotal 3\n", ["blkio:8:0 2 write 1 read"]),
    ("8:0 Write 2\n8:0 Read 1\n", ["blkio:8:0 2 write 1 read"]),
    // in the kernel's order
    (
      "259:0 Read 1\n259:0 Write 2\n8:16 Read 3\n8:16 Write 4\nTotal 10\n",
      ["blkio:259:0 2 write 1 read", "blkio:8:16 4 write 3 read"]
    ),
    // one device's lines apart from each other
    (
      "8:0 Read 1\n8:16 Read 3\n8:0 Write 2\n8:16 Write 4\n",
      ["blkio:8:0 2 write 1 read", "blkio:8:16 4 write 3 read"]
    ),
    // operations not known today, and devices that have gone
    ("8:0 Discard 7\n8:0 Read 1\n8:0 New 5\n8:0 Write 2\n", ["blkio:8:0 2 write 1 read"]),
    ("(unknown) Read 1\n(unknown) Write 2\n", ["blkio:(unknown) 2 write 1 read"]),
    // a device that lacks one of the two
    ("7:0 Read 100\n7:0 Total 100\n8:0 Read 1\n8:0 Write 2\n", ["blkio:8:0 2 write 1 read"]),
    ("Total 0\n", []), ("", []), ("8:0 Read 1\n8:0 Write 2", []),
    // the largest number, and one more
    ("8:0 Read \(largest)\n8:0 Write 0\n", ["blkio:8:0 0 write \(largest) read"]),
    (
      "8:0 Read \(tooLarge)\n8:0 Write 0\n8:1 Read 1\n8:1 Write 2\n",
      ["blkio:8:1 2 write 1 read"]
    ),
    // lines that are not of the form
    ("8:0 Read\n8:0 Write 2\n", []), ("8:0 Read 1 2\n8:0 Write 2\n", []),
    ("8:0 Read -1\n8:0 Write x\n\n \n8:1 Read 1\n8:1 Write 2\n", ["blkio:8:1 2 write 1 read"]),
    ("8:0 read 1\n8:0 write 2\n", []),
    // nothing in a name breaks a line
    ("8\u{1B}:0 Read 1\n8\u{1B}:0 Write 2\n", ["blkio:8\\x1b:0 2 write 1 read"]),
  ])
  func `a device with both operations has a line`(file: String, samples: [String]) throws {
    try tree.write(file, to: plain)
    #expect(job.samples(seconds(0)) == samples)
  }

  @Test func `cut off anywhere, a device's numbers are right or it has no line`() throws {
    let file =
      device("8:0", write: 123, read: 45) + device("259:10", write: 6, read: 789)
      + "Total 198\n"
    for (time, part) in truncations(of: file).enumerated() {
      try tree.write(part, to: plain)
      let whole = Set(wholeLines(part))
      var expected: [String] = []
      if whole.contains("8:0 Write 123") { expected.append("blkio:8:0 123 write 45 read") }
      if whole.contains("259:10 Write 6") { expected.append("blkio:259:10 6 write 789 read") }
      let samples = job.samples(seconds(UInt64(time) * 2))
      #expect(samples.map { $0.split(separator: " --").first.map(String.init) } == expected)
    }
  }

  @Test(arguments: garbage)
  func `garbage gives no line`(bytes: [UInt8]) throws {
    try tree.write(bytes, to: plain)
    #expect(job.samples(seconds(0)).isEmpty)
  }

  @Test func `the first file that names a device serves`() throws {
    try tree.write("Total 0\n", to: recursive)
    try tree.write("Total 0\n", to: bfq)
    try tree.write(device("8:0", write: 1, read: 2), to: throttle)
    try tree.write(device("8:0", write: 3, read: 4), to: plain)
    let (samples, messages) = job.poll(seconds(0))
    #expect(samples == ["blkio:8:0 1 write 2 read"])
    #expect(messages == ["notice: reading stats from \(throttle)"])
    #expect(job.poll(seconds(1)).messages.isEmpty)
  }

  @Test func `a first device is seen at once where the first file is there`() throws {
    try tree.write("Total 0\n", to: recursive)
    #expect(job.poll(milliseconds(0)) == ([], []))
    for time in 1..<100 as Range<UInt64> {
      #expect(job.poll(milliseconds(time * 10)) == ([], []))
    }
    try tree.write(device("8:0", write: 1, read: 2), to: recursive)
    #expect(job.samples(milliseconds(1000)) == ["blkio:8:0 1 write 2 read"])
    // None was there before: all that it counts came while it was watched.
    #expect(job.summary() == ["notice: total blkio:8:0 1 write 2 read"])
  }

  @Test func `the same file in another folder starts a new series`() throws {
    try tree.write(device("8:0", write: 10, read: 20), to: "/cg/job/blkio.io_service_bytes")
    #expect(job.samples(seconds(0)) == ["blkio:8:0 10 write 20 read"])
    try tree.write(device("8:0", write: 50, read: 60), to: plain)
    #expect(job.samples(seconds(5)) == ["blkio:8:0 50 write 60 read"])
  }

  @Test func `another file starts a new series`() throws {
    try tree.write(device("8:0", write: 10, read: 20), to: throttle)
    _ = job.samples(seconds(0))
    try tree.write("Total 0\n", to: throttle)
    try tree.write(device("8:0", write: 50, read: 60), to: plain)
    #expect(job.samples(seconds(5)) == ["blkio:8:0 50 write 60 read"])
    try tree.write(device("8:0", write: 51, read: 60), to: plain)
    #expect(
      job.samples(seconds(6)) == [
        "blkio:8:0 51 write 60 read -- interval 1.0000 seconds 1 write 0 read"
      ])
  }

  @Test func `differences, a counter that goes backwards, a device that comes and goes`() throws
  {
    func at(_ second: UInt64, _ text: String) throws -> [String] {
      try tree.write(text + "Total 0\n", to: plain)
      return job.samples(seconds(second))
    }
    let other = device("8:16", write: 0, read: 0)
    #expect(
      try at(0, device("8:0", write: 10, read: 20) + other)
        == ["blkio:8:0 10 write 20 read", "blkio:8:16 0 write 0 read"])
    let still = " -- interval 1.0000 seconds 0 write 0 read"
    #expect(
      try at(1, device("8:0", write: 15, read: 120) + other) == [
        "blkio:8:0 15 write 120 read -- interval 1.0000 seconds 5 write 100 read",
        "blkio:8:16 0 write 0 read" + still,
      ])
    // One of the two went backwards: no interval part.
    #expect(
      try at(2, device("8:0", write: 16, read: 0) + other)
        == ["blkio:8:0 16 write 0 read", "blkio:8:16 0 write 0 read" + still])
    #expect(try at(3, other) == ["blkio:8:16 0 write 0 read" + still])
    // It is back: the difference is over the time that it was away.
    #expect(
      try at(5, other + device("8:0", write: 18, read: 7)) == [
        "blkio:8:16 0 write 0 read -- interval 2.0000 seconds 0 write 0 read",
        "blkio:8:0 18 write 7 read -- interval 3.0000 seconds 2 write 7 read",
      ])
  }

  @Test func `no number is left over from an earlier poll`() throws {
    try tree.write(device("8:0", write: 1, read: 2), to: plain)
    _ = job.samples(seconds(0))
    for half in ["8:0 Write 3\n", "8:0 Read 3\n", "8:0 Write 3\n8:0 Read x\n"] {
      try tree.write(half, to: plain)
      #expect(job.samples(seconds(1)).isEmpty)
    }
  }

  @Test func `the totals are what was added while it was watched`() throws {
    try tree.write(device("8:0", write: 100, read: 200), to: plain)
    _ = job.samples(seconds(0))
    try tree.write(device("8:0", write: 103, read: 200), to: plain)
    _ = job.samples(seconds(1))
    // Made anew: all that it counts came since.
    try tree.write(
      device("8:0", write: 4, read: 5) + device("8:16", write: 6, read: 0), to: plain)
    _ = job.samples(seconds(2))
    #expect(
      job.summary() == [
        "notice: total blkio:8:0 7 write 5 read", "notice: total blkio:8:16 6 write 0 read",
      ])
  }

  @Test func `another file's counters do not add to the totals what was before`() throws {
    try tree.write(device("8:0", write: 100, read: 200), to: throttle)
    _ = job.samples(seconds(0))
    tree.remove(throttle)
    try tree.write(device("8:0", write: 5000, read: 6000), to: plain)
    _ = job.samples(seconds(5))
    try tree.write(device("8:0", write: 5001, read: 6002), to: plain)
    _ = job.samples(seconds(6))
    #expect(job.summary() == ["notice: total blkio:8:0 1 write 2 read"])
  }

  @Test func `what one file has counted before is not new because another counts nothing`()
    throws
  {
    try tree.write("Total 0\n", to: recursive)
    try tree.write(device("8:0", write: 7, read: 5), to: bfq)
    #expect(job.samples(seconds(1)) == ["blkio:8:0 7 write 5 read"])
    try tree.write(device("8:0", write: 9, read: 6), to: bfq)
    _ = job.samples(seconds(2))
    #expect(job.summary() == ["notice: total blkio:8:0 2 write 1 read"])
  }

  @Test func `a line of which no more is there than its device is counted`() throws {
    try tree.write("8:0 Read 2\n8:0 Write 1\n8:0 ", to: plain)
    #expect(job.samples(seconds(0)) == ["blkio:8:0 1 write 2 read"])
    let warnings = job.summary().filter { $0.hasPrefix("warning") }
    #expect(warnings == ["warning: skipped 1 malformed lines in \(plain)"])
  }

  @Test func `a malformed line of all devices together is counted`() throws {
    try tree.write(device("8:0", write: 1, read: 2) + "Total 11x\n", to: plain)
    #expect(job.samples(seconds(0)) == ["blkio:8:0 1 write 2 read"])
    let warnings = job.summary().filter { $0.hasPrefix("warning") }
    #expect(warnings == ["warning: skipped 1 malformed lines in \(plain)"])
  }

  @Test func `an empty line is no beginning of a device with a long name`() throws {
    let long = "averylongdevicename0"
    try tree.write(
      device(long, write: 6, read: 5) + device("8:16", write: 8, read: 7), to: plain)
    _ = job.samples(seconds(0))
    try tree.write(
      "\n" + device("8:16", write: 80, read: 70) + device(long, write: 60, read: 50), to: plain)
    #expect(
      Set(job.samples(seconds(1)).map { $0.prefix { $0 != "-" } }) == [
        "blkio:\(long) 60 write 50 read ", "blkio:8:16 80 write 70 read ",
      ])
  }

  @Test func `malformed lines are counted by file, in a warning at the end`() throws {
    try tree.write(device("8:0", write: 1, read: 2) + "8:0 Read x\n\n8:0 Write 5", to: plain)
    _ = job.samples(seconds(0))
    let warnings = job.summary().filter { $0.hasPrefix("warning") }
    #expect(warnings == ["warning: skipped 3 malformed lines in \(plain)"])
  }

  @Test func `where there is no file it is told once`() {
    let notice = "notice: did not find blkio: no blkio file in the job's control group"
    #expect(job.poll(seconds(0)) == ([], [notice]))
    for time in 1..<9 as Range<UInt64> { #expect(job.poll(seconds(time)) == ([], [])) }
  }
}

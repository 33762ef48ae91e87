import JobStats
import Testing

private let path = "/cg/job/io.stat"

/// io.stat of a v2 group, with all that kernels print into it.
@Suite struct UnifiedBlockIOTests {
  private let tree: TemporaryTree
  private let job: Observation

  init() throws {
    tree = try TemporaryTree()
    job = try Observation([BlockIOStatistic.self], tree)
  }

  private static let rest = "rios=3 wios=4 dbytes=5 dios=6"

  @Test(arguments: [
    ("8:0 rbytes=1 wbytes=2 \(rest)\n", ["blkio:8:0 2 write 1 read"]),
    // in the kernel's order
    (
      "259:0 rbytes=1 wbytes=2 \(rest)\n8:16 rbytes=3 wbytes=4 \(rest)\n",
      ["blkio:259:0 2 write 1 read", "blkio:8:16 4 write 3 read"]
    ),
    // a device with no values
    ("252:0 \n8:0 rbytes=1 wbytes=2 \(rest)\n", ["blkio:8:0 2 write 1 read"]),
    ("252:0\n", []), ("252:0 \n", []), ("", []),
    // several before one set of values, which is the last one's
    ("7:7 7:6 7:5 rbytes=1 wbytes=2 \(rest)\n", ["blkio:7:5 2 write 1 read"]),
    (
      "7:7 7:6 rbytes=1 wbytes=2 7:5 rbytes=3 wbytes=4\n",
      ["blkio:7:6 2 write 1 read", "blkio:7:5 4 write 3 read"]
    ),
    // keys in any order, and keys not known today
    (
      "8:0 cost.vrate=100.00 wbytes=2 xrbytes=9 new=max rbytes=1 rbytess=7\n",
      ["blkio:8:0 2 write 1 read"]
    ),
    ("(unknown) rbytes=1 wbytes=2 \(rest)\n", ["blkio:(unknown) 2 write 1 read"]),
    // a device that lacks one of the two
    ("8:0 rbytes=1\n8:16 rbytes=3 wbytes=4\n", ["blkio:8:16 4 write 3 read"]),
    // the largest number, and one more
    ("8:0 rbytes=\(largest) wbytes=0\n", ["blkio:8:0 0 write \(largest) read"]),
    (
      "8:0 rbytes=\(tooLarge) wbytes=0\n8:1 rbytes=1 wbytes=2\n", ["blkio:8:1 2 write 1 read"]
    ),
    // what is not of the form
    ("8:0 rbytes= wbytes=2\n", []), ("8:0 rbytes=-1 wbytes=2\n", []),
    ("8:0 rbytes= 1 wbytes=2\n", []),
    // an empty value is not the end of what comes behind it
    ("8:0 rbytes= rbytes=1 wbytes=2\n", ["blkio:8:0 2 write 1 read"]),
    ("8:0 rbytes=1x wbytes=2\n", []), ("8:0 rbytes=max wbytes=2\n", []),
    ("8:0 RBYTES=1 WBYTES=2\n", []), ("rbytes=1 wbytes=2\n", []),
    ("8:0 rbytes=1 wbytes=2", []),
    ("8\u{1B}:0 rbytes=1 wbytes=2\n", ["blkio:8\\x1b:0 2 write 1 read"]),
    // a colon at the end of a name would make a message of the line
    ("8:0: rbytes=1 wbytes=2\n", ["blkio:8:0\\x3a 2 write 1 read"]),
  ])
  func `a device with both values has a line`(file: String, samples: [String]) throws {
    try tree.write(file, to: path)
    #expect(job.samples(seconds(0)) == samples)
  }

  @Test func `a device that stood in front of another gets its own values`() throws {
    try tree.write("7:7 7:6 rbytes=1 wbytes=2 \(Self.rest)\n", to: path)
    #expect(job.samples(seconds(0)) == ["blkio:7:6 2 write 1 read"])
    try tree.write("7:7 rbytes=5 wbytes=6 \(Self.rest)\n", to: path)
    #expect(job.samples(seconds(2)) == ["blkio:7:7 6 write 5 read"])
  }

  @Test func `cut off anywhere, a device's numbers are right or it has no line`() throws {
    let file = "253:0 \n8:0 rbytes=45 wbytes=123 rios=1\n259:10 rbytes=789 wbytes=6\n"
    for (time, part) in truncations(of: file).enumerated() {
      try tree.write(part, to: path)
      let whole = wholeLines(part)
      var expected: [String] = []
      if whole.count > 1 { expected.append("blkio:8:0 123 write 45 read") }
      if whole.count > 2 { expected.append("blkio:259:10 6 write 789 read") }
      let samples = job.samples(seconds(UInt64(time) * 2))
      #expect(samples.map { $0.split(separator: " --").first.map(String.init) } == expected)
    }
  }

  @Test(arguments: garbage)
  func `garbage gives no line`(bytes: [UInt8]) throws {
    try tree.write(bytes, to: path)
    #expect(job.samples(seconds(0)).isEmpty)
  }

  @Test func `it is announced, and the differences are logged`() throws {
    try tree.write("", to: path)
    #expect(job.poll(seconds(0)) == ([], []))
    try tree.write("8:0 rbytes=10 wbytes=20\n", to: path)
    let (samples, messages) = job.poll(seconds(1))
    #expect(samples == ["blkio:8:0 20 write 10 read"])
    #expect(messages == ["notice: reading stats from \(path)"])
    try tree.write("8:0 rbytes=15 wbytes=29\n", to: path)
    #expect(
      job.samples(seconds(2)) == [
        "blkio:8:0 29 write 15 read -- interval 1.0000 seconds 9 write 5 read"
      ])
    // None was there at first: all that it counts came while it was watched.
    #expect(job.summary() == ["notice: total blkio:8:0 29 write 15 read"])
  }

  @Test func `malformed values are counted, in a warning at the end`() throws {
    try tree.write("8:0 rbytes=x wbytes=2\nrbytes=1\n8:1 rbytes=", to: path)
    _ = job.samples(seconds(0))
    let warnings = job.summary().filter { $0.hasPrefix("warning") }
    #expect(warnings == ["warning: skipped 3 malformed lines in \(path)"])
  }

  @Test func `where no device was used it is told at the end`() throws {
    try tree.write("253:0 \n", to: path)
    #expect(job.poll(seconds(0)) == ([], []))
    #expect(job.summary() == ["notice: did not find blkio: no device was counted"])
  }
}

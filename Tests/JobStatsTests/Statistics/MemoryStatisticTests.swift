import JobStats
import Testing

private let path = "/cg/memory/job/memory.stat"

@Suite struct MemoryStatisticTests {
  private let tree: TemporaryTree
  private let job: Observation

  init() throws {
    tree = try TemporaryTree()
    job = try Observation([MemoryStatistic.self], tree)
  }

  @Test(arguments: [
    ("cache 1\nrss 2\nswap 3\npgmajfault 4\n", ["mem 1 cache 3 swap 4 pgmajfault 2 rss"]),
    // in any order, among keys that are not known today
    ("pgmajfault 4\nnew_key 9\nrss 2\nrss_huge 8\nmapped_file 7\n", ["mem 4 pgmajfault 2 rss"]),
    // what counts the groups below too comes first, wherever it stands
    ("total_cache 10\ncache 1\n", ["mem 10 cache"]),
    ("cache 1\ntotal_cache 10\n", ["mem 10 cache"]),
    ("cache 1\nrss 2\ntotal_cache 0\ntotal_rss 5\n", ["mem 0 cache 5 rss"]),
    // absent is not 0
    ("rss 0\n", ["mem 0 rss"]), ("", []), ("inactive_anon 5\n", []),
    // the largest number, and one more
    ("rss \(largest)\n", ["mem \(largest) rss"]),
    ("rss \(tooLarge)\ncache 1\n", ["mem 1 cache"]),
    ("rss \(tooLarge)\n", []),
    // lines that are not of the form
    (
      "cache\nrss twelve\npgmajfault 9\n\n   \nrss 55\nsome thing else\n",
      ["mem 9 pgmajfault 55 rss"]
    ),
    ("cache -1\nrss +1\nswap 1.5\n", []), ("cache  1\nrss 2 \n swap 3\n", []),
    ("total_ 5\nrss 1\n", ["mem 1 rss"]), ("rss 1\nrss", ["mem 1 rss"]), ("rss 1", []),
  ])
  func `a file gives the values that it has`(file: String, samples: [String]) throws {
    try tree.write(file, to: path)
    #expect(job.samples(seconds(0)) == samples)
    // Memory has no interval part.
    #expect(job.samples(seconds(1)) == samples)
  }

  @Test func `where the kernel counts groups below too, no value is without them`() throws {
    // What follows the first of these keys was torn off, or is too large.
    try tree.write("cache 1\nrss 2\nswap 3\ntotal_cache 10\ntotal_rs", to: path)
    #expect(job.samples(seconds(0)) == ["mem 10 cache"])
    try tree.write("cache 1\nrss 2\ntotal_cache 10\ntotal_rss \(tooLarge)\n", to: path)
    #expect(job.samples(seconds(1)) == ["mem 10 cache"])
  }

  @Test func `cut off anywhere, a value is right or absent`() throws {
    let file = "cache 123\nrss 4567\nrss_huge 0\nswap 0\npgmajfault 89\nunevictable 12410880\n"
    for (time, part) in truncations(of: file).enumerated() {
      try tree.write(part, to: path)
      var values: [String: String] = [:]
      for line in wholeLines(part) {
        let words = line.split(separator: " ").map(String.init)
        values[words[0]] = words[1]
      }
      let fields = ["cache", "swap", "pgmajfault", "rss"].compactMap { key in
        values[key].map { " \($0) \(key)" }
      }
      let expected = fields.isEmpty ? [] : ["mem" + fields.joined()]
      #expect(job.samples(milliseconds(UInt64(time))) == expected)
    }
  }

  @Test func `what was read before changes nothing`() throws {
    let recorded = try Fixtures.tree("v1-hybrid-host").contents(
      BytePath("/sys/fs/cgroup/memory/cs-job/memory.stat"))
    let keys = wholeLines(recorded).compactMap { $0.split(separator: " ").first }
    var random = SeededGenerator(23)
    for time in 0..<600 as Range<UInt64> {
      let most = [0, 9, 1 << 20, 1 << 60].randomElement(using: &random)!
      var kept = keys.filter { _ in random.number(0...200) > 0 }
      if random.number(0...9) == 0 { kept.shuffle(using: &random) }
      let file = kept.map { "\($0) \(random.number(0...most))\n" }.joined()
      try tree.write(file, to: path)
      let anew = try Observation([MemoryStatistic.self], tree).samples(seconds(0))
      #expect(job.samples(milliseconds(time)) == anew)
    }
  }

  @Test(arguments: garbage)
  func `garbage gives no line`(bytes: [UInt8]) throws {
    try tree.write(bytes, to: path)
    #expect(job.samples(seconds(0)).isEmpty)
  }

  @Test func `a missing file is told once, not at every poll`() throws {
    let notice = "notice: did not find mem: no memory.stat in the job's control group"
    #expect(job.poll(seconds(0)) == ([], [notice]))
    for time in 1..<20 { #expect(job.poll(milliseconds(UInt64(time))) == ([], [])) }
    try tree.write("rss 1\n", to: path)
    #expect(job.poll(seconds(2)) == (["mem 1 rss"], ["notice: reading stats from \(path)"]))
    #expect(job.poll(seconds(3)) == (["mem 1 rss"], []))
  }

  @Test func `malformed lines are counted in a warning at the end`() throws {
    try tree.write("rss 1\ncache x\n\nswap \(tooLarge)\ntorn", to: path)
    _ = job.samples(seconds(0))
    _ = job.samples(seconds(1))
    #expect(job.summary().contains("warning: skipped 8 malformed lines in \(path)"))
  }

  /// Looked for in front of it would be what is not the buffer's, which the sanitizer sees.
  @Test func `an empty line is malformed, the first one too`() throws {
    let whole = "cache 1\nrss 2\nswap 3\npgmajfault 4\n"
    let line = ["mem 1 cache 3 swap 4 pgmajfault 2 rss"]
    for (second, file) in [whole, "\nother 5\n" + whole, whole].enumerated() {
      try tree.write(file, to: path)
      #expect(job.samples(seconds(UInt64(second))) == line)
    }
    #expect(job.summary().contains("warning: skipped 1 malformed lines in \(path)"))
  }

  @Test func `no warning where there is nothing to warn of`() throws {
    try tree.write("rss 1\n", to: path)
    _ = job.samples(seconds(0))
    #expect(!job.summary().contains { $0.hasPrefix("warning") })
  }

  @Test func `the peak is the kernel's mark, or else the largest that was sampled`() throws {
    for rss in [5, 700, 60] {
      try tree.write("rss \(rss)\n", to: path)
      _ = job.samples(seconds(UInt64(rss)))
    }
    #expect(job.summary() == ["notice: peak memory 700 bytes (rss, sampled)"])
    try tree.write("103022592\n", to: "/cg/memory/job/memory.max_usage_in_bytes")
    _ = job.samples(seconds(800), isLast: true)
    #expect(
      job.summary() == ["notice: peak memory 103022592 bytes (memory.max_usage_in_bytes)"])
  }

  @Test func `a mark is seen between polls that are far apart`() throws {
    let mark = "/cg/memory/job/memory.max_usage_in_bytes"
    try tree.write("rss 5\n", to: path)
    try tree.write("700\n", to: mark)
    _ = job.samples(seconds(0))
    try tree.write("900\n", to: mark)
    _ = job.attend(until: seconds(2))
    tree.remove("/cg/memory/job")
    #expect(job.samples(seconds(5), isLast: true).isEmpty)
    #expect(
      job.summary() == ["notice: peak memory 900 bytes (memory.max_usage_in_bytes)"])
  }

  @Test func `what was lost is not said to have been missing`() throws {
    try tree.write("rss 1\n", to: path)
    _ = job.samples(seconds(0))
    tree.remove("/cg/memory/job")
    #expect(job.poll(seconds(5)) == ([], ["notice: lost \(path)"]))
  }

  @Test func `a mark that is gone at the end has been seen a second before at the latest`()
    throws
  {
    let mark = "/cg/memory/job/memory.max_usage_in_bytes"
    try tree.write("rss 5\n", to: path)
    try tree.write("700\n", to: mark)
    _ = job.samples(milliseconds(0))
    try tree.write("800\n", to: mark)
    _ = job.samples(milliseconds(999))
    _ = job.samples(milliseconds(1000))
    tree.remove(mark)
    _ = job.samples(milliseconds(1010), isLast: true)
    #expect(job.summary() == ["notice: peak memory 800 bytes (memory.max_usage_in_bytes)"])
    // What was sampled later may be more.
    try tree.write("rss 900\n", to: path)
    _ = job.samples(milliseconds(1020))
    #expect(job.summary() == ["notice: peak memory 900 bytes (rss, sampled)"])
  }

  @Test func `nothing was read, nothing is summed up`() {
    _ = job.samples(seconds(0))
    #expect(job.summary().isEmpty)
  }
}

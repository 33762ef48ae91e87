import JobStats
import Testing

private let path = "/cg/job/memory.stat"
private let swap = "/cg/job/memory.swap.current"

/// Memory of a v2 group: memory.stat and memory.swap.current.
@Suite struct UnifiedMemoryTests {
  private let tree: TemporaryTree
  private let job: Observation

  init() throws {
    tree = try TemporaryTree()
    job = try Observation([MemoryStatistic.self], tree)
  }

  @Test(
    arguments: [
      (
        "anon 2\nfile 1\npgmajfault 4\n", "3\n", "mem 1 cache 3 swap 4 pgmajfault 2 rss"
      ),
      // in any order, among keys that begin alike
      (
        "file_mapped 9\npgmajfault 4\nanon_thp 8\nfile 1\nanonymous 7\nanon 2\n", "3\n",
        "mem 1 cache 3 swap 4 pgmajfault 2 rss"
      ),
      // absent is not 0
      ("anon 2\nfile 1\n", nil, "mem 1 cache 2 rss"), ("anon 2\n", "0\n", "mem 0 swap 2 rss"),
      ("pgmajfault 4\n", "3\n", "mem 4 pgmajfault"), ("anon_thp 5\n", "3\n", nil),
      ("anon 2\nfile 1\n", "", "mem 1 cache 2 rss"), ("anon 2\n", "max\n", "mem 2 rss"),
      ("anon 2\n", "3", "mem 2 rss"), ("anon 2\n", "\(tooLarge)\n", "mem 2 rss"),
      ("anon \(largest)\n", "\(largest)\n", "mem \(largest) swap \(largest) rss"),
      ("anon \(tooLarge)\nfile 1\n", nil, "mem 1 cache"),
      ("anon x\nfile 1\n", nil, "mem 1 cache"),
      ("anon 2\nfile 1", nil, "mem 2 rss"),
      // keys of both versions, as no kernel has them: none of use is left
      ("anon 2\ntotal_swap 5\n", nil, nil),
    ] as [(String, String?, String?)])
  func `a file gives the values that it has`(stat: String, swapped: String?, line: String?)
    throws
  {
    try tree.write(stat, to: path)
    if let swapped { try tree.write(swapped, to: swap) }
    #expect(job.samples(seconds(0)) == (line.map { [$0] } ?? []))
  }

  @Test func `v1 tells of swap itself`() throws {
    try tree.write("cache 1\nrss 2\nswap 5\n", to: "/cg/memory/job/memory.stat")
    try tree.write("3\n", to: swap)
    #expect(job.samples(seconds(0)) == ["mem 1 cache 5 swap 2 rss"])
  }

  @Test func `cut off anywhere, a value is right or absent`() throws {
    let file = "anon 123\nfile 4567\nkernel 5\npgmajfault 89\npgrefill 12410880\n"
    for (time, part) in truncations(of: file).enumerated() {
      try tree.write(part, to: path)
      let lines = Set(wholeLines(part))
      let fields = [
        ("file 4567", " 4567 cache"), ("pgmajfault 89", " 89 pgmajfault"),
        ("anon 123", " 123 rss"),
      ].filter { lines.contains($0.0) }.map(\.1)
      #expect(
        job.samples(milliseconds(UInt64(time)))
          == (fields.isEmpty ? [] : ["mem" + fields.joined()]))
    }
  }

  @Test(arguments: garbage)
  func `garbage gives no line, and no swap`(bytes: [UInt8]) throws {
    try tree.write(bytes, to: path)
    try tree.write(bytes, to: swap)
    #expect(job.samples(seconds(0)).isEmpty)
    try tree.write("anon 2\n", to: path)
    #expect(job.samples(seconds(5)) == ["mem 2 rss"])
  }

  @Test func `the peak is memory.peak, and a recorded one is never written to`() throws {
    try tree.write("anon 5\n", to: path)
    try tree.write("103022592\n", to: "/cg/job/memory.peak")
    #expect(job.samples(seconds(0)) == ["mem 5 rss"])
    #expect(job.summary() == ["notice: peak memory 103022592 bytes (memory.peak)"])
    #expect(try tree.text("/cg/job/memory.peak") == "103022592\n")
  }

  @Test func `malformed lines are counted by file, in a warning at the end`() throws {
    try tree.write("anon 5\nfile x\n\n", to: path)
    try tree.write("much\n", to: swap)
    _ = job.samples(seconds(0))
    let warnings = job.summary().filter { $0.hasPrefix("warning") }
    #expect(
      warnings == [
        "warning: skipped 2 malformed lines in \(path)",
        "warning: skipped 1 malformed lines in \(swap)",
      ])
  }
}

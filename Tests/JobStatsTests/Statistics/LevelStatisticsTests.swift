import Glibc
import JobStats
import Testing

/// usage, procs and statfs: how much there is now.
@Suite struct LevelStatisticsTests {
  private let tree: TemporaryTree

  init() throws { tree = try TemporaryTree() }

  private func line(_ statistic: any Statistic.Type, _ files: [String: String]) throws
    -> String?
  {
    for (name, text) in files { try tree.write(text, to: "/cg/" + name) }
    return try Observation([statistic], tree).samples(seconds(0)).first
  }

  @Test(
    arguments: [
      (["job/memory.current": "5\n"], "usage 5 current"),
      (["job/memory.current": "5\n", "job/memory.max": "max\n"], "usage 5 current"),
      (["job/memory.current": "5\n", "job/memory.max": "70\n"], "usage 5 current 70 limit"),
      // the tightest up the tree
      (
        ["job/memory.current": "5\n", "job/memory.max": "70\n", "memory.max": "60\n"],
        "usage 5 current 60 limit"
      ),
      (["job/memory.current": "5\n", "memory.max": "0\n"], "usage 5 current 0 limit"),
      (["memory/job/memory.usage_in_bytes": "0\n"], "usage 0 current"),
      (
        [
          "memory/job/memory.usage_in_bytes": "5\n",
          "memory/job/memory.limit_in_bytes": "9223372036854771712\n",
          "memory/memory.limit_in_bytes": "33554432\n",
        ], "usage 5 current 33554432 limit"
      ),
      // v1's ways to write that there is none: pages of 4 KiB, of 64 KiB, Linux 3.10
      (
        [
          "memory/job/memory.usage_in_bytes": "5\n",
          "memory/job/memory.limit_in_bytes": "9223372036854710272\n",
          "memory/memory.limit_in_bytes": "9223372036854775807\n",
        ], "usage 5 current"
      ),
      (["job/memory.current": "\(largest)\n"], "usage \(largest) current"),
      (["job/memory.current": "\(tooLarge)\n"], nil), (["job/memory.current": "5"], nil),
      (["job/memory.current": "\n"], nil), (["job/memory.current": ""], nil), ([:], nil),
      (["job/memory.max": "5\n"], nil),
      (["job/memory.current": "5\n", "job/memory.max": "7"], "usage 5 current"),
    ] as [([String: String], String?)])
  func `usage is what is charged, with the tightest limit`(
    files: [String: String], shown: String?
  )
    throws
  {
    #expect(try line(UsageStatistic.self, files) == shown)
  }

  @Test(
    arguments: [
      (["job/pids.current": "3\n", "job/pids.peak": "7\n"], "procs 3 current 7 peak"),
      (["pids/job/pids.current": "3\n"], "procs 3 current"),
      (
        ["pids/job/pids.current": "0\n", "pids/job/pids.peak": "1\n"], "procs 0 current 1 peak"
      ),
      (["pids/job/pids.current": "x\n", "pids/job/pids.peak": "1\n"], "procs 1 peak"),
      (["job/pids.current": "3", "job/pids.peak": ""], nil), ([:], nil),
      (["job/pids.current": "\(tooLarge)\n"], nil),
    ] as [([String: String], String?)])
  func `procs are counted, with the most there were`(files: [String: String], shown: String?)
    throws
  {
    #expect(try line(ProcessesStatistic.self, files) == shown)
  }

  @Test(arguments: [
    ("usage", "memory/job/memory.usage_in_bytes"), ("usage", "job/memory.current"),
    ("procs", "job/pids.current"),
  ])
  func `a missing file is told once, garbage gives no line`(name: String, path: String) throws {
    let job = try Observation([try #require(Registry.named(name))], tree)
    let messages = job.poll(seconds(0)).messages
    #expect(messages.count == 1)
    #expect(messages.first?.hasPrefix("notice: did not find \(name): ") == true)
    for time in 1..<9 as Range<UInt64> { #expect(job.poll(milliseconds(time)) == ([], [])) }
    for (time, bytes) in garbage.enumerated() {
      try tree.write(bytes, to: "/cg/" + path)
      #expect(job.samples(seconds(5 + UInt64(time))).isEmpty)
    }
    for (time, part) in truncations(of: "12345\n").enumerated() {
      try tree.write(part, to: "/cg/" + path)
      let expected = part.last == 0x0A ? ["\(name) 12345 current"] : []
      #expect(job.samples(seconds(50 + UInt64(time))) == expected)
    }
  }

  @Test func `a limit is looked at once a second at most`() throws {
    try tree.write("5\n", to: "/cg/job/memory.current")
    try tree.write("70\n", to: "/cg/job/memory.max")
    let job = try Observation([UsageStatistic.self], tree)
    #expect(job.samples(milliseconds(0)) == ["usage 5 current 70 limit"])
    try tree.write("60\n", to: "/cg/job/memory.max")
    #expect(job.samples(milliseconds(999)) == ["usage 5 current 70 limit"])
    #expect(job.samples(milliseconds(1000)) == ["usage 5 current 60 limit"])
  }

  @Test func `statfs tells of the file system that the directory is on`() throws {
    let name = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? ""
    let directory = name.isEmpty ? "/tmp" : name
    try tree.makeFolder(directory)
    let job = try Observation([SpaceStatistic.self], tree)
    let (samples, messages) = job.poll(seconds(0))
    #expect(messages == ["notice: reading stats from the file system of \(directory)"])
    var status = statvfs()
    #expect(unsafe statvfs(tree.path, &status) == 0)
    let total = UInt64(status.f_blocks) * UInt64(status.f_frsize)
    let words = try #require(samples.first).split(separator: " ")
    #expect(words[0] == "statfs" && words[2] == "available" && words[4] == "used")
    #expect(words[5...].joined(separator: " ") == "\(total) total")
    let (available, used) = (try #require(UInt64(words[1])), try #require(UInt64(words[3])))
    #expect(available > 0 && available + used <= total)
    // Others may write meanwhile, or remove; then there is no difference.
    let later = job.samples(seconds(1))
    #expect(later.count == 1)
    if let part = later.first?.split(separator: " -- ").dropFirst().first {
      #expect(part.hasPrefix("interval 1.0000 seconds ") && part.hasSuffix(" used"))
    }
  }

  @Test func `where there is no such directory it is told once`() throws {
    let job = try Observation([SpaceStatistic.self], tree)
    let messages = job.poll(seconds(0)).messages
    #expect(messages.count == 1)
    #expect(messages.first?.hasPrefix("notice: did not find statfs: no directory ") == true)
    #expect(job.poll(seconds(1)) == ([], []))
  }
}

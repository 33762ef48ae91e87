import JobStats
import Testing

/// The job's processes in a recorded /proc, looked at by the statistics that log them.
@Suite struct ProcessTreeTests {
  private let proc = RecordedProcesses()

  @Test func `the descendants of a process are added up and nobody else`() throws {
    try proc.write(100, parent: 1, user: 10, system: 1, pages: 5)
    try proc.write(7, parent: 100, user: 20, system: 2, pages: 6)
    try proc.write(300, parent: 7, user: 40, system: 4, pages: 7)
    try proc.write(200, parent: 1, user: 1000, system: 1000, pages: 1000)
    try proc.write(1, parent: 0, user: 1000, system: 1000, pages: 1000)
    let job = try proc.observe([CPUStatistic.self, MemoryStatistic.self])
    let lines = job.samples(seconds(1))
    #expect(lines.first == "cpu 0.7000 user 0.0700 sys 0 cpus")
    #expect(lines.last == "mem 0 swap 0 pgmajfault \(18 * 4096) rss")
  }

  @Test func `they are found by lists of children where there are some`() throws {
    // 7 and 300 were started by different threads; 200 is in nobody's list.
    try proc.write(100, parent: 1, user: 10, threads: 2)
    try proc.write(7, parent: 100, user: 20)
    try proc.write(300, parent: 100, user: 40)
    try proc.write(200, parent: 100, user: 1000)
    try proc.tree.write("7 ", to: "/proc/100/task/100/children")
    try proc.tree.write("300 ", to: "/proc/100/task/101/children")
    for leaf in [7, 300] { try proc.tree.write("", to: "/proc/\(leaf)/task/\(leaf)/children") }
    let job = try proc.observe([CPUStatistic.self])
    #expect(job.samples(seconds(1)) == ["cpu 0.7000 user 0.0000 sys 0 cpus"])
    // A new one is found, whoever its parent is.
    try proc.write(301, parent: 300, user: 5)
    try proc.tree.write("301 ", to: "/proc/300/task/300/children")
    #expect(job.samples(seconds(2)).first?.hasPrefix("cpu 0.7500 user") == true)
  }

  @Test func `what a process has used goes over to the parent that reaps it`() throws {
    try proc.write(100, parent: 1, user: 10)
    try proc.write(101, parent: 100, user: 30, childUser: 5, majorFaults: 3)
    let job = try proc.observe([CPUStatistic.self, MemoryStatistic.self])
    #expect(job.samples(seconds(1)).first == "cpu 0.4500 user 0.0000 sys 0 cpus")
    // Reaped with two ticks more than were seen; a second one came and went unseen.
    proc.remove(101)
    try proc.write(100, parent: 1, user: 11, childUser: 37 + 8, childFaults: 3)
    #expect(job.samples(seconds(2)).first?.hasPrefix("cpu 0.5600 user") == true)
    let lines = job.samples(seconds(3))
    #expect(lines.first?.hasPrefix("cpu 0.5600 user") == true)
    #expect(lines.last?.hasPrefix("mem 0 swap 3 pgmajfault ") == true)
  }

  @Test func `a parent that was read before its child was reaped tells it a look later`() throws
  {
    try proc.write(100, parent: 1, user: 10)
    try proc.write(101, parent: 100, user: 30)
    let job = try proc.observe([CPUStatistic.self])
    #expect(job.samples(seconds(1)) == ["cpu 0.4000 user 0.0000 sys 0 cpus"])
    proc.remove(101)
    #expect(job.samples(seconds(2)).first?.hasPrefix("cpu 0.4000 user") == true)
    try proc.write(100, parent: 1, user: 10, childUser: 30)
    #expect(job.samples(seconds(3)).first?.hasPrefix("cpu 0.4000 user") == true)
    try proc.write(100, parent: 1, user: 12, childUser: 30)
    #expect(job.samples(seconds(4)).first?.hasPrefix("cpu 0.4200 user") == true)
  }

  @Test func `what goes to nobody is kept as it was seen last`() throws {
    // The parent ignores SIGCHLD: its children's times never come.
    try proc.write(100, parent: 1, user: 10)
    try proc.write(101, parent: 100, user: 30, system: 2)
    let job = try proc.observe([CPUStatistic.self])
    _ = job.samples(seconds(1))
    proc.remove(101)
    try proc.write(100, parent: 1, user: 11)
    _ = job.samples(seconds(2))
    #expect(job.samples(seconds(3)).first?.hasPrefix("cpu 0.4100 user 0.0200 sys") == true)
    // At the last sample there is no next look.
    try proc.write(102, parent: 100, user: 7)
    _ = job.samples(seconds(4))
    proc.remove(102)
    #expect(job.samples(seconds(5), isLast: true).first?.hasPrefix("cpu 0.4800 user") == true)
  }

  @Test func `an orphan is followed, and kept when a stranger has reaped it`() throws {
    try proc.write(100, parent: 1, user: 10)
    try proc.write(101, parent: 100, user: 30)
    try proc.write(102, parent: 101, user: 5)
    let job = try proc.observe([CPUStatistic.self])
    _ = job.samples(seconds(1))
    proc.remove(101)
    try proc.write(100, parent: 1, user: 10, childUser: 30)
    try proc.write(102, parent: 1, user: 8)
    #expect(job.samples(seconds(2)).first?.hasPrefix("cpu 0.4800 user") == true)
    // It still has children of its own.
    try proc.write(103, parent: 102, user: 2)
    #expect(job.samples(seconds(4)).first?.hasPrefix("cpu 0.5000 user") == true)
    proc.remove(102)
    try proc.write(103, parent: 1, user: 3)
    #expect(job.samples(seconds(5)).first?.hasPrefix("cpu 0.5100 user") == true)
    #expect(job.samples(seconds(6)).first?.hasPrefix("cpu 0.5100 user") == true)
  }

  @Test func `another process with the id of one that has ended is not the job's`() throws {
    try proc.write(100, parent: 1, user: 10)
    try proc.write(101, parent: 100, user: 30)
    let job = try proc.observe([CPUStatistic.self])
    _ = job.samples(seconds(1))
    try proc.write(101, parent: 1, start: 777, user: 5000)
    try proc.write(100, parent: 1, user: 10, childUser: 30)
    for second in 2...4 {
      #expect(job.samples(seconds(UInt64(second))).first?.hasPrefix("cpu 0.4000 user") == true)
    }
    // But if it is a child of the job's, it is.
    try proc.write(101, parent: 100, start: 778, user: 5)
    _ = job.samples(seconds(5))
    #expect(job.samples(seconds(6)).first?.hasPrefix("cpu 0.4500 user") == true)
  }

  @Test func `a file that can't be read right leaves what was seen before`() throws {
    try proc.write(100, parent: 1, user: 10)
    try proc.write(101, parent: 100, user: 30)
    let job = try proc.observe([CPUStatistic.self])
    _ = job.samples(seconds(1))
    try proc.tree.write("101 (x) S 100 1 1", to: "/proc/101/stat")
    #expect(job.samples(seconds(2)).first?.hasPrefix("cpu 0.4000 user") == true)
    try proc.write(101, parent: 100, user: 31)
    #expect(job.samples(seconds(3)).first?.hasPrefix("cpu 0.4100 user") == true)
  }

  @Test func `bytes are added up, and those of ended processes stay`() throws {
    try proc.write(100, parent: 1)
    try proc.write(101, parent: 100)
    try proc.write(102, parent: 100)
    try proc.writeBytes(100, written: 1000, read: 10)
    try proc.writeBytes(101, written: 200, read: 2000)
    let job = try proc.observe([BlockIOStatistic.self])
    // That of 102 can't be read.
    let first = job.poll(seconds(1))
    #expect(first.samples == ["blkio:tree 1200 write 2010 read"])
    #expect(first.messages.contains { $0.contains("lacks processes") })
    // 101 is reaped: its bytes are its parent's.
    proc.remove(101)
    try proc.writeBytes(100, written: 1201, read: 2010)
    #expect(
      job.samples(seconds(2)) == [
        "blkio:tree 1201 write 2010 read -- interval 1.0000 seconds 1 write 0 read"
      ])
    // 100 itself goes, to a stranger.
    proc.remove(100)
    #expect(job.samples(seconds(3)).first?.hasPrefix("blkio:tree 1201 write 2010 read") == true)
    #expect(job.summary() == ["notice: total blkio:tree 1 write 0 read"])
  }

  @Test func `where no process tells its bytes there is no line`() throws {
    try proc.write(100, parent: 1)
    let job = try proc.observe([BlockIOStatistic.self])
    #expect(job.samples(seconds(1)) == [])
    #expect(job.samples(seconds(2)) == [])
  }

  @Test func `an explicit group that counts no bytes has those of its processes`() throws {
    try proc.tree.write("Total 0\n", to: "/cg/blkio/job/blkio.throttle.io_service_bytes")
    try proc.tree.write("100\n101\n", to: "/cg/memory/job/cgroup.procs")
    for process in 100...102 { try proc.write(process, parent: 1) }
    try proc.writeBytes(100, written: 500_000, read: 6)
    try proc.writeBytes(101, written: 10, read: 20)
    try proc.writeBytes(102, written: 1000, read: 1000)
    let job = try Observation([BlockIOStatistic.self, CPUStatistic.self], proc.tree)
    #expect(job.samples(seconds(1)) == ["blkio:tree 500010 write 26 read"])
    // A rule is set: the processes' counters hold what the group counts from then on too.
    try proc.tree.write(
      "8:0 Read 1\n8:0 Write 2\nTotal 3\n",
      to: "/cg/blkio/job/blkio.throttle.io_service_bytes")
    try proc.writeBytes(101, written: 12, read: 21)
    #expect(
      job.samples(seconds(2)) == [
        "blkio:tree 500012 write 27 read -- interval 1.0000 seconds 2 write 1 read"
      ])
    // But nobody's are told when the group is gone.
    proc.tree.remove("/cg/blkio/job/blkio.throttle.io_service_bytes")
    #expect(job.samples(seconds(3)) == [])
  }

  @Test(arguments: [true, false])
  func `each byte is told once, by the group or by its processes`(groupCounts: Bool) throws {
    let (job, file) = try ownGroupWithoutRule()
    for time in 0..<40 as Range<UInt64> { _ = job.samples(milliseconds(time * 50)) }
    // The file rests when the first bytes come.
    try proc.writeBytes(100, written: 700000, read: 3)
    let devices = "8:0 Read 3\n8:0 Write 700000\nTotal 700003\n"
    if groupCounts { try proc.tree.write(devices, to: file) }
    let name = groupCounts ? "8:0" : "tree"
    let first = job.samples(milliseconds(2000))
    #expect(first.count == 1 && first[0].hasPrefix("blkio:\(name) 700000 write 3 read"))
    // A rule is set later, or has been all along: nothing changes.
    try proc.tree.write(devices, to: file)
    for time in 41..<80 as Range<UInt64> {
      let samples = job.samples(milliseconds(time * 50))
      #expect(
        samples == [
          "blkio:\(name) 700000 write 3 read -- interval 0.0500 seconds 0 write 0 read"
        ])
    }
    let totals = job.summary().filter { !$0.contains(" 0 write 0 read") }
    #expect(totals == ["notice: total blkio:\(name) 700000 write 3 read"])
  }

  @Test func `what a file counts that no process tells is seen after a while, and at the end`()
    throws
  {
    for isLast in [false, true] {
      let (job, file) = try ownGroupWithoutRule()
      _ = job.samples(seconds(1))
      try proc.tree.write("8:0 Read 3\n8:0 Write 7\nTotal 10\n", to: file)
      if !isLast {
        #expect(job.samples(seconds(8)).first?.hasPrefix("blkio:tree 0 write 0 read") == true)
      }
      #expect(
        job.samples(seconds(isLast ? 2 : 9), isLast: isLast).first?.hasPrefix(
          "blkio:8:0 7 write 3 read")
          == true)
    }
  }

  /// A group of the job's own that counts nothing in a file, with a process that has not read or
  /// written anything.
  private func ownGroupWithoutRule() throws -> (Observation, file: String) {
    let file = "/cg/blkio/job/blkio.throttle.io_service_bytes"
    try proc.tree.write("Total 0\n", to: file)
    try proc.write(100, parent: 1)
    try proc.writeBytes(100, written: 0, read: 0)
    let groups = JobGroups(
      own: [.blkio: BytePath("/cg/blkio/job")], inherited: [:], root: proc.tree.root,
      process: 100,
      processes: JobProcesses(.process(100), .whereGroupsDoNot))
    return (try Observation([BlockIOStatistic.self], proc.tree.root, groups), file)
  }

  /// A watched group that counts nothing in a file, with a process that has used so much.
  private func withoutRule(written: Int, read: Int) throws -> (Observation, file: String) {
    let file = "/cg/blkio/job/blkio.throttle.io_service_bytes"
    try proc.tree.write("Total 0\n", to: file)
    try proc.tree.write("100\n", to: "/cg/memory/job/cgroup.procs")
    try proc.write(100, parent: 1)
    try proc.writeBytes(100, written: written, read: read)
    return (try Observation([BlockIOStatistic.self], proc.tree), file)
  }

  /// A program is read from the disk before it can set the rule that has the kernel count.
  @Test(arguments: [(60_000, 1_000_000), (70_000, 0), (0, 70_000_000)] as [(Int, Int)])
  func `a file that begins to count takes over from processes that have told of little`(
    written: Int, read: Int
  ) throws {
    let isLittle = written < 1 << 16 && read < 1 << 26
    let (job, file) = try withoutRule(written: 0, read: 0)
    _ = job.samples(seconds(1))
    try proc.writeBytes(100, written: written, read: read)
    for time in 2...5 as ClosedRange<UInt64> {
      let samples = job.samples(seconds(time))
      #expect(
        samples.count == 1 && samples[0].hasPrefix("blkio:tree \(written) write \(read) read"))
    }
    try proc.tree.write("8:0 Read 2\n8:0 Write 500000\nTotal 500002\n", to: file)
    try proc.writeBytes(100, written: written + 500_000, read: read + 2)
    let part = " -- interval 1.0000 seconds 500000 write 2 read"
    #expect(
      job.samples(seconds(6)) == [
        isLittle
          ? "blkio:8:0 500000 write 2 read"
          : "blkio:tree \(written + 500_000) write \(read + 2) read\(part)"
      ])
    #expect(
      job.summary().filter { $0.hasPrefix("notice: total") } == [
        "notice: total blkio:tree \(written + (isLittle ? 0 : 500_000)) write "
          + "\(read + (isLittle ? 0 : 2)) read"
      ] + (isLittle ? ["notice: total blkio:8:0 500000 write 2 read"] : []))
    // When the file is gone nobody tells its bytes again.
    proc.tree.remove(file)
    #expect(job.samples(seconds(7)) == [])
  }

  @Test
  func `what came before a rule is told though the file that takes over has not counted it`()
    throws
  {
    let (job, file) = try withoutRule(written: 0, read: 1_000_000)
    #expect(job.samples(seconds(1)) == ["blkio:tree 0 write 1000000 read"])
    try proc.writeBytes(100, written: 4096, read: 900_000_000)
    try proc.tree.write("8:0 Read 0\n8:0 Write 4096\nTotal 4096\n", to: file)
    #expect(
      job.samples(seconds(2)) == [
        "blkio:tree 0 write 900000000 read -- interval 1.0000 seconds 0 write 899000000 read",
        "blkio:8:0 4096 write 0 read",
      ])
    try proc.writeBytes(100, written: 8192, read: 900_000_000)
    try proc.tree.write("8:0 Read 0\n8:0 Write 8192\nTotal 8192\n", to: file)
    #expect(
      job.samples(seconds(3)) == [
        "blkio:8:0 8192 write 0 read -- interval 1.0000 seconds 4096 write 0 read"
      ])
  }

  @Test func `a group that names a device and counts nothing has those of its processes`()
    throws
  {
    let file = "/cg/blkio/job/blkio.throttle.io_service_bytes_recursive"
    try proc.tree.write("8:0 Read 0\n8:0 Write 0\nTotal 0\n", to: file)
    try proc.tree.write("100\n", to: "/cg/memory/job/cgroup.procs")
    try proc.write(100, parent: 1)
    // As long as nobody tells more, it is what there is.
    let silent = try Observation([BlockIOStatistic.self], proc.tree)
    #expect(silent.samples(seconds(1)) == ["blkio:8:0 0 write 0 read"])
    try proc.writeBytes(100, written: 500_000, read: 6)
    let job = try Observation([BlockIOStatistic.self], proc.tree)
    #expect(job.samples(seconds(1)) == ["blkio:tree 500000 write 6 read"])
    #expect(
      job.samples(seconds(2)).first?.hasPrefix("blkio:tree 500000 write 6 read --") == true)
    try proc.tree.write("8:0 Read 0\n8:0 Write 7\nTotal 7\n", to: file)
    // Bytes that the processes have told, or will: they go on serving.
    #expect(
      job.samples(seconds(3)).first?.hasPrefix("blkio:tree 500000 write 6 read --") == true)
    #expect(!job.summary().contains { $0.contains("8:0") })
  }

  @Test func `no group that is not there has bytes of its processes`() throws {
    try proc.tree.write("100\n", to: "/cg/memory/job/cgroup.procs")
    try proc.write(100, parent: 1)
    try proc.writeBytes(100, written: 5, read: 6)
    let job = try Observation([BlockIOStatistic.self, CPUStatistic.self], proc.tree)
    #expect(job.samples(seconds(1)) == [])
  }

  @Test func `swap is read where something is swapped out`() throws {
    try proc.write(100, parent: 1, pages: 1)
    try proc.write(101, parent: 100, pages: 1)
    try proc.tree.write("Name:\tx\nVmSwap:\t      12 kB\n", to: "/proc/100/status")
    try proc.tree.write("VmSwap:\t  8 kB\nThreads:\t1\n", to: "/proc/101/status")
    try proc.tree.write("SwapTotal:  100 kB\nSwapFree:  100 kB\n", to: "/proc/meminfo")
    let job = try proc.observe([MemoryStatistic.self])
    #expect(job.samples(seconds(1)) == ["mem 0 swap 0 pgmajfault 8192 rss"])
    try proc.tree.write("SwapTotal:  100 kB\nSwapFree:   80 kB\n", to: "/proc/meminfo")
    #expect(job.samples(seconds(2)) == ["mem 20480 swap 0 pgmajfault 8192 rss"])
    // All of it is back in memory.
    try proc.tree.write("SwapTotal:  100 kB\nSwapFree:  100 kB\n", to: "/proc/meminfo")
    #expect(job.samples(seconds(3)) == ["mem 0 swap 0 pgmajfault 8192 rss"])
    #expect(job.summary() == ["notice: peak memory 8192 bytes (rss, sampled)"])
  }

  @Test func `a deep tree in the order that is worst for it is found`() throws {
    try proc.write(100, parent: 1, user: 1)
    for process in 1..<200 {
      try proc.write(1000 - process, parent: process == 1 ? 100 : 1001 - process, user: 1)
    }
    let job = try proc.observe([CPUStatistic.self])
    #expect(job.samples(seconds(1)) == ["cpu 2.0000 user 0.0000 sys 0 cpus"])
  }

  @Test func `the recorded processes are told from their own files`() throws {
    for (name, process) in [("v1-hybrid-host", 29939), ("v1-debian12-kernel61", 157)] {
      let root = try Fixtures.tree(name)
      let bytes = try root.contents(BytePath("/proc/\(process)/stat"))
      let stat = try #require(ByteScanner.scan(bytes) { ProcessStat($0) })
      let job = try Observation(
        [MemoryStatistic.self, CPUStatistic.self, BlockIOStatistic.self], root,
        RecordedProcesses.locator(root, Int32(process)))
      let lines = job.samples(seconds(1))
      #expect(lines.count == 3)
      #expect(lines[0].hasSuffix(" \(stat.residentPages * 4096) rss"))
      #expect(lines[2].hasPrefix("blkio:tree "))
    }
  }
}

/// A /proc in which tests write processes; the job is process 100 and its descendants.
final class RecordedProcesses {
  let tree = try! TemporaryTree()

  static func locator(_ root: RootDirectory, _ process: Int32) -> JobGroups {
    JobGroups(
      own: [:], inherited: [:], root: root, process: process, isProgram: false,
      processes: JobProcesses(.process(process), .always))
  }

  func observe(_ statistics: [any Statistic.Type]) throws -> Observation {
    if tree.root.identity(BytePath("/proc/meminfo")) == nil {
      try tree.write("SwapTotal: 0 kB\nSwapFree: 0 kB\n", to: "/proc/meminfo")
    }
    return try Observation(statistics, tree.root, Self.locator(tree.root, 100))
  }

  /// Times are in ticks of 10 ms.
  func write(
    _ process: Int, parent: Int, start: Int = 500, user: Int = 0, system: Int = 0,
    childUser: Int = 0, majorFaults: Int = 0, childFaults: Int = 0, pages: Int = 0,
    threads: Int = 1
  ) throws {
    try tree.write(
      "\(process) (a (b) c) S \(parent) 1 1 0 -1 4194304 9 9 \(majorFaults) \(childFaults) "
        + "\(user) \(system) \(childUser) 0 20 0 \(threads) 0 \(start) 9999999 \(pages) "
        + "18446744073709551615 1 1 0 0 0\n",
      to: "/proc/\(process)/stat")
  }

  func writeBytes(_ process: Int, written: Int, read: Int) throws {
    try tree.write(
      "rchar: 99999\nwchar: 99999\nsyscr: 9\nsyscw: 9\nread_bytes: \(read)\n"
        + "write_bytes: \(written)\ncancelled_write_bytes: 0\n",
      to: "/proc/\(process)/io")
  }

  func remove(_ process: Int) { tree.remove("/proc/\(process)") }
}

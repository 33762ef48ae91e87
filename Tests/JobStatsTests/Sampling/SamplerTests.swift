import Testing

@testable import JobStats

@Suite struct SamplerTests {
  private let tree: TemporaryTree

  init() throws {
    tree = try TemporaryTree()
    try tree.write("rss 1\n", to: "/cg/memory/job/memory.stat")
    try tree.write("user 1\nsystem 2\n", to: "/cg/cpuacct/job/cpuacct.stat")
    try tree.write(
      "8:0 Read 3\n8:0 Write 4\n", to: "/cg/blkio/job/blkio.throttle.io_service_bytes")
    try tree.write("7\n", to: "/cg/cpuacct/job/cgroup.procs")
    try tree.write("eth0: 5 0 0 0 0 0 0 0 6 0 0 0 0 0 0 0\n", to: "/proc/7/net/dev")
  }

  @Test func `one poll logs all statistics, at one time, in their order`() throws {
    let job = try Observation(Registry.all, tree)
    #expect(
      job.samples(seconds(0)) == [
        "mem 1 rss", "cpu 0.0100 user 0.0200 sys 0 cpus", "blkio:8:0 4 write 3 read",
        "net:eth0 6 tx 5 rx",
      ])
    let interval = " -- interval 0.2500 seconds "
    #expect(
      job.samples(milliseconds(250)) == [
        "mem 1 rss", "cpu 0.0100 user 0.0200 sys 0 cpus\(interval)0.0000 user 0.0000 sys",
        "blkio:8:0 4 write 3 read\(interval)0 write 0 read",
        "net:eth0 6 tx 5 rx\(interval)0 tx 0 rx",
      ])
  }

  @Test func `paced polls log what others do, and come to ask for what they look at`() throws {
    let pipe = try TestPipe()
    let sink = try pipe.sink()
    let log = Log(sink, timestamps: false, debug: false)
    func sampler(_ types: [any Statistic.Type], arePaced: Bool) -> Sampler {
      let context = SamplingContext(root: tree.root, locator: jobTree, log: log)
      return Sampler(types, context, sink, timestamps: false, arePaced: arePaced)
    }
    let others = sampler(Registry.byDefault, arePaced: false)
    let paced = sampler(Registry.byDefault, arePaced: true)
    let oneStatistic = sampler([MemoryStatistic.self], arePaced: true)
    var asked: [Int] = []
    for step in 0..<40 {
      try tree.write("rss \(step)\n", to: "/cg/memory/job/memory.stat")
      let time = milliseconds(UInt64(10 * step))
      others.poll(time)
      let expected = pipe.takeText()
      paced.poll(time)
      #expect(pipe.takeText() == expected)
      asked.append(paced.prefetched)
      oneStatistic.poll(time)
      _ = pipe.takeText()
    }
    #expect(others.prefetched == 0)
    #expect(asked[0..<15].allSatisfy { $0 == 0 })
    // As many when they have been listed again.
    #expect(asked[15] > 0 && asked[39] == asked[15])
    // Of each of the others itself and its file at least.
    #expect(oneStatistic.prefetched > 10)
    #expect(paced.prefetched >= oneStatistic.prefetched + 12)
  }

  @Test func `statistics come in the order that was asked for, and no others`() throws {
    let job = try Observation([CPUStatistic.self, MemoryStatistic.self], tree)
    #expect(job.samples(seconds(0)) == ["cpu 0.0100 user 0.0200 sys 0 cpus", "mem 1 rss"])
    #expect(try Observation([], tree).samples(seconds(0)).isEmpty)
  }

  @Test func `with time stamps all lines of a poll begin with the same`() throws {
    let pipe = try TestPipe()
    let sink = try pipe.sink()
    let log = Log(sink, timestamps: true, debug: false)
    let context = SamplingContext(root: tree.root, locator: jobTree, log: log)
    let sampler = Sampler(Registry.all, context, sink, timestamps: true)
    sampler.poll(seconds(0))
    _ = pipe.take()
    sampler.poll(seconds(1))
    let told = pipe.takeText().split(separator: "\n")
    #expect(told.count == 4)
    #expect(Set(told.map { $0.prefix { $0 != " " } }).count == 1)
    #expect(told.allSatisfy { $0.split(separator: " ")[1] == "crunchstat:" })
    #expect(sampler.polls == 2)
  }

  @Test func `what is logged during a poll does not seem to come after its lines`() throws {
    let pipe = try TestPipe()
    let sink = try pipe.sink()
    let log = Log(sink, timestamps: true, debug: false)
    let context = SamplingContext(root: tree.root, locator: jobTree, log: log)
    Sampler(Registry.all, context, sink, timestamps: true).poll(seconds(0))
    let times = pipe.takeText().split(separator: "\n").map { $0.prefix { $0 != " " } }
    #expect(times.count > 4 && Set(times).count == 1)
  }

  @Test func `a poll is one write`() throws {
    // A pipe of one page takes a write of less at once or not at all.
    let pipe = try TestPipe(size: 4096)
    let sink = try pipe.sink()
    let log = Log(sink, timestamps: false, debug: false)
    let context = SamplingContext(root: tree.root, locator: jobTree, log: log)
    let sampler = Sampler(Registry.all, context, sink, timestamps: false)
    sampler.poll(seconds(0))
    _ = pipe.take()
    #expect(sink.pass(String(repeating: "x", count: 4000) + "\n") == 4001)
    sampler.poll(seconds(1))
    #expect(pipe.take().count == 4001)
    sink.flush()
    #expect(pipe.takeText().split(separator: "\n").count == 4)
  }

  @Test func `memory without a mark is sampled at least once a second`() throws {
    let job = try Observation([MemoryStatistic.self], tree)
    _ = job.poll(seconds(10))
    try tree.write("rss 500\n", to: "/cg/memory/job/memory.stat")
    _ = job.attend(until: seconds(11))
    try tree.write("rss 2\n", to: "/cg/memory/job/memory.stat")
    _ = job.poll(seconds(12))
    #expect(job.summary() == ["notice: peak memory 500 bytes (rss, sampled)"])
  }
}

@Suite struct RegistryTests {
  @Test func `every statistic has a name of its own, by which it is found`() {
    let names = Registry.all.map { "\($0.name)" }
    #expect(Set(names).count == names.count)
    for statistic in Registry.all {
      #expect(Registry.named("\(statistic.name)").map { $0 == statistic } == true)
      #expect(!"\(statistic.summary)".isEmpty)
    }
    #expect(Registry.named("nope") == nil && Registry.named("") == nil)
  }

  @Test func `mem, cpu, blkio and net are logged by default`() {
    #expect(Registry.byDefault.map { "\($0.name)" } == ["mem", "cpu", "blkio", "net"])
  }
}

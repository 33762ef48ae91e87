import JobStats

/// Which kernel wrote a tree: what decides which files the default statistics read.
enum RecordedLayout: String, CaseIterable {
  /// CPU time from the v2 side.
  case hybrid
  /// CPU time from cpuacct.usage and the two files that split it.
  case v1
  /// No hierarchy, no cpuacct.usage_user: Linux 3.10.
  case v1Old = "old v1"
  case v2

  /// A tree with the files that a poll of the default statistics reads.
  func tree() throws -> RecordedTree {
    try RecordedTree(sources, hierarchies: "/cgroup", group: "job")
  }

  private var sources: [RecordedTree.Source] {
    typealias Source = RecordedTree.Source
    let network = Source(
      "/proc/\(RecordedTexts.process)/net/dev", isNetwork: true, \.interfaces)
    let processes = Source(
      "/cgroup/\(self == .v2 ? "" : "memory/")job/cgroup.procs", isPolled: false
    ) { _ in
      "\(RecordedTexts.process)\n"
    }
    let memory = Source("/cgroup/memory/job/memory.stat") {
      $0.memory(hasTotals: self != .v1Old)
    }
    let blockIO = Source(
      "/cgroup/blkio/job/blkio.throttle.io_service_bytes_recursive", \.blockIO)
    switch self {
    case .hybrid:
      return [
        memory, Source("/cgroup/unified/job/cpu.stat", \.cpuStat), blockIO, network, processes,
      ]
    case .v1:
      return [
        memory, Source("/cgroup/cpuacct/job/cpuacct.usage_user", \.cpuacctUser),
        Source("/cgroup/cpuacct/job/cpuacct.usage_sys", \.cpuacctSystem),
        Source("/cgroup/cpuacct/job/cpuacct.usage", \.cpuacctUsage), blockIO, network,
        processes,
      ]
    case .v1Old:
      return [
        memory, Source("/cgroup/cpuacct/job/cpuacct.stat", \.cpuacctStat),
        Source("/cgroup/blkio/job/blkio.io_service_bytes", \.blockIO), network, processes,
      ]
    case .v2:
      return [
        Source("/cgroup/job/memory.stat", \.unifiedMemory),
        Source("/cgroup/job/memory.swap.current", \.swap),
        Source("/cgroup/job/cpu.stat", \.cpuStat), Source("/cgroup/job/io.stat", \.ioStat),
        network, processes,
      ]
    }
  }
}

/// A hybrid host's tree of any size: how a poll's cost grows with what it reads.
struct RecordedSize {
  var interfaces = 3
  var devices = 2
  /// Bytes of memory.stat, about; no less than it has anyway.
  var memory = 1000

  /// The most that is asked of crunchstat, or a part of it.
  static func share(_ share: Double) -> RecordedSize {
    RecordedSize(
      interfaces: max(1, Int(1000 * share)), devices: max(1, Int(256 * share)),
      memory: Int(4096 * share))
  }

  func tree() throws -> RecordedTree {
    typealias Source = RecordedTree.Source
    let names = (0..<interfaces).map { "veth\($0)" }
    let disks = (0..<devices).map { "\(8 + $0 / 16):\($0 % 16 * 16)" }
    let more = max(0, memory - 1000) / 38
    let process = RecordedTexts.process
    return try RecordedTree(
      [
        Source("/cgroup/memory/job/memory.stat") { $0.memory(hasTotals: true, more: more) },
        Source("/cgroup/unified/job/cpu.stat", \.cpuStat),
        Source("/cgroup/blkio/job/blkio.throttle.io_service_bytes_recursive") {
          $0.blockIO(disks)
        },
        Source("/proc/\(process)/net/dev", isNetwork: true) { $0.interfaces(names) },
        Source("/cgroup/memory/job/cgroup.procs", isPolled: false) { _ in "\(process)\n" },
      ], hierarchies: "/cgroup", group: "job")
  }
}

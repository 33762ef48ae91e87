/// How many processors the job may use: the tightest CPU quota up the tree, or the size of
/// its cpuset, whichever is less. In hundredths of a processor; 0 is unknown.
///
/// The files are looked at once a second at most: they change by somebody's hand.
final class ProcessorCount {
  private let context: SamplingContext
  private let cpusets: [StatFile]
  private let quotas: [CPUQuota]
  private var machine: UInt64?
  private var known: UInt64 = 0
  private var next: UInt64 = 0

  private static let cpusetNames: [GroupFile] = [
    "cpuset.cpus.effective", GroupFile(v1: "cpuset.effective_cpus"), "cpuset.cpus",
  ]

  init(_ context: SamplingContext) {
    self.context = context
    func file(_ level: GroupLevel, _ names: [GroupFile]) -> StatFile {
      StatFile(context, names.flatMap(level.candidates), isAnnounced: false)
    }
    cpusets = context.locator.levels(.cpuset).map { file($0, Self.cpusetNames) }
    quotas = context.cpuQuotas
  }

  func count(_ poll: Poll) -> UInt64 {
    if poll.time < next { return known }
    next = poll.time + 1_000_000_000
    let processors = (cpuset(poll) ?? machineCount()) * 100
    let quota = tightestQuota(poll)
    known = quota.map { processors > 0 ? min($0, processors) : $0 } ?? processors
    return known
  }

  private func cpuset(_ poll: Poll) -> UInt64? {
    for file in cpusets {
      guard var scanner = file.read(poll) else {
        // Another machine's tree: what is not told of the group is not known.
        if context.locator.isForeign { return nil }
        continue
      }
      // An empty list defers to the parent group's.
      if let count = scanner.listCount(), count > 0 { return count }
    }
    return nil
  }

  private func tightestQuota(_ poll: Poll) -> UInt64? {
    var tightest: UInt64?
    for file in quotas {
      guard let (limit, length) = file.read(poll), length > 0 else { continue }
      let (hundredfold, overflow) = limit.multipliedReportingOverflow(by: 100)
      if overflow { continue }
      let (whole, rest) = hundredfold.quotientAndRemainder(dividingBy: length)
      let share = max(whole + (rest >= length - rest ? 1 : 0), 1)
      tightest = min(tightest ?? share, share)
    }
    return tightest
  }

  /// The processors that /proc/cpuinfo lists, counted once.
  private func machineCount() -> UInt64 {
    if context.locator.isForeign { return 0 }
    if let machine { return machine }
    let bytes = (try? context.root.contents(BytePath("/proc/cpuinfo"))) ?? []
    let count = ByteScanner.scan(bytes) { scanner in
      var count: UInt64 = 0
      while var line = scanner.line() {
        if line.skip("processor\t") || line.skip("processor ") { count += 1 }
      }
      return count
    }
    // Where there is no /proc, libc asks /sys, or the scheduler.
    let known =
      count > 0 || !context.root.isLive ? count : UInt64(max(0, systemValue(.processors) ?? 0))
    machine = known
    return known
  }
}

extension LineCursor {
  /// Puts a whole number as such, any other with two decimals.
  mutating func put(hundredths value: UInt64) {
    put(decimal: value / 100)
    guard value % 100 > 0 else { return }
    put(".")
    if value % 100 < 10 { put("0") }
    put(decimal: value % 100)
  }
}

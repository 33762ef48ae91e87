/// The CPU quota of one group: v1 has it in cpu.cfs_quota_us and cpu.cfs_period_us, v2 in
/// cpu.max (Documentation/scheduler/sched-bwc.rst).
final class CPUQuota {
  private let v1: (quota: StatFile, period: StatFile)
  private let v2: StatFile

  init(_ context: SamplingContext, _ level: GroupLevel) {
    func file(_ name: GroupFile) -> StatFile {
      StatFile(context, level.candidates(name), isAnnounced: false)
    }
    v1 = (file(GroupFile(v1: "cpu.cfs_quota_us")), file(GroupFile(v1: "cpu.cfs_period_us")))
    v2 = file(GroupFile(v2: "cpu.max"))
  }

  /// The quota and the period that it is for, in microseconds; nil where there is none.
  func read(_ poll: Poll) -> (quota: UInt64, period: UInt64)? {
    if var scanner = v2.read(poll) {
      // "QUOTA PERIOD", or "max PERIOD": not a number there.
      guard var line = scanner.line(), let quota = line.numberField(),
        let period = line.numberField(), line.isAtEnd, scanner.isAtEnd
      else { return nil }
      return (quota, period)
    }
    // "-1" stands for none: not a number here.
    guard var scanner = v1.quota.read(poll), let quota = scanner.singleNumber(),
      var other = v1.period.read(poll), let period = other.singleNumber()
    else { return nil }
    return (quota, period)
  }
}

/// v1's exact CPU time: cpuacct.usage, with the two files that tell how to split it.
final class CPUUsageFiles {
  let total: StatFile
  let user: StatFile
  let system: StatFile
  private var split = CPUSplit()

  init(_ context: SamplingContext) {
    func file(_ name: String, isAnnounced: Bool) -> StatFile {
      StatFile(
        context, context.locator.candidates(.cpuacct, name), isAnnounced: isAnnounced)
    }
    total = file("cpuacct.usage", isAnnounced: true)
    user = file("cpuacct.usage_user", isAnnounced: false)
    system = file("cpuacct.usage_sys", isAnnounced: false)
  }

  /// The times at this poll; nil unless all three files are there.
  func read(_ poll: Poll) -> CPUTimes? {
    // The proportion first: the total, read last, is never older than it.
    guard let user = number(user, poll), let system = number(system, poll),
      let total = number(total, poll)
    else { return nil }
    return split.split(total, user: user, system: system)
  }

  private func number(_ file: StatFile, _ poll: Poll) -> UInt64? {
    guard var scanner = file.read(poll) else { return nil }
    let value = scanner.singleNumber()
    if value == nil { file.malformed += 1 }
    return value
  }
}

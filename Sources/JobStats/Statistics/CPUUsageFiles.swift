/// v1's exact CPU time: cpuacct.usage, with the two files that tell how to split it.
final class CPUUsageFiles {
  let total: StatFile
  let user: StatFile
  let system: StatFile
  private var split = CPUSplit()

  init(_ context: SamplingContext) {
    func file(_ name: String, isAnnounced: Bool) -> StatFile {
      StatFile(
        context, context.locator.candidates(.cpuacct, GroupFile(v1: name)),
        isAnnounced: isAnnounced)
    }
    total = file("cpuacct.usage", isAnnounced: true)
    user = file("cpuacct.usage_user", isAnnounced: false)
    system = file("cpuacct.usage_sys", isAnnounced: false)
  }

  /// Has the next read look for all three.
  func wake() {
    user.wake()
    system.wake()
    total.wake()
  }

  func listPlaces(in list: inout PrefetchList) {
    list.add(self)
    user.listPlaces(in: &list)
    system.listPlaces(in: &list)
    total.listPlaces(in: &list)
  }

  /// The times at this poll; nil unless all three files are there.
  func read(_ poll: Poll) -> CPUTimes? {
    // The proportion first: the total, read last, is never older than it.
    guard let user = user.number(poll), let system = system.number(poll),
      let total = total.number(poll)
    else { return nil }
    return split.split(total, user: user, system: system)
  }
}

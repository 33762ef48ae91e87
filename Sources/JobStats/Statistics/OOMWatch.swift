/// Tells when the kernel has killed a process of the job, or of the group that the job shares
/// with others, for lack of memory, at the next poll, and once more at the end: current use
/// says nothing any more by then.
///
/// The files that count it are read when there is reason to: at a poll at which the job's
/// memory has fallen (a process that is killed gives its memory back), once a second for what
/// that does not show, and at the last poll. So a steady poll does not read them. (They could
/// be waited for with poll(2), but a job at its limit would wake crunchstat a hundred times a
/// second.)
final class OOMWatch {
  private let context: SamplingContext
  private let file: StatFile
  private let limit: MemoryLimit
  private let mark: MemoryMark
  private var knownLimit: MemoryLimit.Limit?
  private var next: UInt64 = 0
  /// A container's group may be removed right after its last process was killed, so there
  /// the file is read ten times a second.
  private let interval: UInt64
  private let isHurried: Bool
  private var hasLooked = false
  /// What the file said, and where it was.
  private var last: (kills: UInt64, source: Int)?
  private var kills: UInt64 = 0
  private var circumstances = ByteText()

  init(_ context: SamplingContext) {
    self.context = context
    var places = context.locator.candidates(.memory, OOMKills.file)
    // Where processes are counted one by one no group's numbers are the job's; that somebody
    // was killed in its group is worth telling all the same.
    if places.isEmpty {
      places = context.locator.levels(.memory).flatMap { $0.candidates(OOMKills.file) }
    }
    file = StatFile(context, places, isAnnounced: false)
    isHurried = context.watchesContainer
    interval = isHurried ? 100_000_000 : 1_000_000_000
    limit = context.memoryLimit
    mark = context.memoryMark
  }

  /// When to look though no poll is due; `max`: never.
  var nextAttention: UInt64 { isHurried ? next : .max }

  func listPlaces(in list: inout PrefetchList) {
    // Up to `next`; the rest is for when the file is looked at.
    list.add(self, first: 80)
  }

  /// To be called at each poll, once all statistics have been sampled.
  func look(_ poll: Poll) {
    guard poll.time >= next || context.memory.hasFallen || poll.isLast else { return }
    next = poll.time + interval
    defer { hasLooked = true }
    // A container's group may have gone when it is wanted, and its limit with it.
    if isHurried, !hasLooked { knownLimit = limit.look(poll) }
    guard let scanner = file.read(poll),
      let count = OOMKills.scan(scanner, malformed: &file.malformed)[1]
    else { return }
    var before = isCountedFromStart ? 0 : count
    // The same group, or one of its name that was made anew.
    if let last, !file.isRenewed(since: last.source) {
      before = last.source != file.source ? count : last.kills > count ? 0 : last.kills
    } else if last != nil {
      before = 0
    }
    last = (count, file.source)
    if count > before { tell(poll, count - before) }
  }

  private var isCountedFromStart: Bool {
    file.startsAtZero || hasLooked && context.locator.isForeign
  }

  private func tell(_ poll: Poll, _ count: UInt64) {
    kills += count
    knownLimit = limit.look(poll) ?? knownLimit
    mark.lookNow(poll)
    circumstances = mark.text(sampled: context.memory.peak) ?? ""
    if let knownLimit, let path = knownLimit.path {
      let group = path.directory
      circumstances.append(
        "tightest limit \(knownLimit.bytes) bytes of \(text: group) (\(text: path.name))",
        after: ", ")
    } else {
      circumstances.append("no limit that can be seen from here", after: ", ")
    }
    context.log.notice(text(count))
  }

  private func text(_ count: UInt64) -> ByteText {
    let processes: ByteText = count == 1 ? "1 process" : "\(count) processes"
    let isTheJobs = context.locator.killsAreTheJobs && !file.coversMore
    let place: ByteText =
      isTheJobs ? "of the job" : "in \(text: file.path?.directory ?? "?")"
    return "out of memory: the kernel killed \(processes) \(place): \(circumstances)"
  }

  func summarize(_ log: Log) {
    if kills > 0 { log.notice(text(kills)) }
  }
}

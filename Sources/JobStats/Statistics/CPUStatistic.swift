/// `cpu T user T sys N cpus`, and since the last sample: CPU time in seconds.
///
/// From the first of these that the job's group has:
/// - cpu.stat of a v2 group (Linux 4.15): microseconds, exact.
/// - cpuacct.usage: nanoseconds, exact, split in the proportion of cpuacct.usage_user to
///   cpuacct.usage_sys (Linux 4.6), which are sampled at the tick and wrong by themselves.
/// - cpuacct.stat: ticks, 10 ms each as a rule.
/// Where no group of the job's counts CPU time, from its processes (`ProcessTree`).
public final class CPUStatistic: Statistic {
  public static let name: StaticString = "cpu"
  public static let summary: StaticString = "CPU time: user, system; number of processors"

  private let unified: StatFile
  private let processors: ProcessorCount
  private var total = CPUTimes()
  /// What of it was counted by groups that were there before the present one.
  private var ended = CPUTimes()
  /// Whether all that the present group has counted is the job's.
  private var countsAll = false
  private var source: Int?
  /// What each kind of source was last, for the present group; -1: it has not served.
  private var sources = InlineArray<4, Int>(repeating: -1)
  private var previous: (times: CPUTimes, time: UInt64)?
  private var exact = CPUTimes.ExactLines()
  /// Whether there was no source at the last poll.
  private var sawNone = false

  private let context: SamplingContext
  private let usage: CPUUsageFiles
  private let ticks: StatFile
  private let processes: ProcessTimes?
  private let nanosecondsPerTick: UInt64
  private var absence = AbsenceNotice()
  private static let ticksSource = 200

  public init(_ context: SamplingContext) {
    self.context = context
    let locator = context.locator
    unified = StatFile(context, locator.candidates(.unified, GroupFile(v2: "cpu.stat")))
    usage = CPUUsageFiles(context)
    ticks = StatFile(
      context, locator.candidates(.cpuacct, GroupFile(v1: "cpuacct.stat")))
    let processes = context.processes?.use == .forBytes ? nil : context.processes
    self.processes = processes.map { ProcessTimes($0, context.log) }
    processors = ProcessorCount(context)
    nanosecondsPerTick = 1_000_000_000 / UInt64(max(1, systemValue(.clockTicks) ?? 100))
  }

  public func sample(_ poll: Poll) {
    guard let (times, source, startsAtZero) = read(poll) ?? readAgain(poll) else {
      return takeNone()
    }
    // Another source counts otherwise: what it shows can't be compared.
    let earlier = source == self.source ? previous : nil
    if let earlier, !times.isBefore(earlier.times) {
      write(times, since: earlier, poll)
      total.add(times, since: earlier.times)
    } else {
      write(times, since: nil, poll)
      begin(times, source, startsAtZero: startsAtZero)
      self.source = source
    }
    sawNone = false
    previous = (times, poll.time)
  }

  @inline(never)
  private func takeNone() {
    // The processes are left out at this poll.
    if source == ProcessTimes.source { return }
    if source == nil {
      absence.tell(
        context, Self.name, "no CPU time in the job's control group", unified, usage.total,
        ticks)
    }
    sawNone = true
  }

  /// Adds what was used before the first sample of a group or of another source of it.
  @inline(never)
  private func begin(_ times: CPUTimes, _ source: Int, startsAtZero: Bool) {
    let kind = (source & 0xFFFF) / 100
    // Made anew under its name, or it has begun to count anew.
    let isRenewed =
      source == self.source
      || sources[kind] != source && sources[kind] & 0xFFFF == source & 0xFFFF
    // A group that a tree has begun to have: a container's, or its next one's.
    let isForeign = context.locator.isForeign
    if isRenewed || isForeign && sawNone || self.source == nil && startsAtZero {
      ended = total
      countsAll = true
      sources = InlineArray(repeating: -1)
    }
    sources[kind] = source
    // A container engine makes a container's groups one after the other, so that the one that
    // serves in the end may be seen last.
    if countsAll, isRenewed || isForeign || startsAtZero {
      total.raise(to: ended.plus(times))
    }
  }

  private func write(
    _ times: CPUTimes, since earlier: (times: CPUTimes, time: UInt64)?, _ poll: Poll
  ) {
    let processors = processors.count(poll)
    poll.line(Self.name) { line in
      times.put(&line)
      line.putBlank()
      line.put(hundredths: processors)
      line.put(" cpus")
      if let earlier, let interval = poll.interval(since: earlier.time) {
        poll.put(interval: interval, &line)
        times.since(earlier.times).put(&line)
      }
    }
  }

  /// Where there is none any more: one may have come that is not looked for at each poll.
  @inline(never)
  private func readAgain(_ poll: Poll) -> (CPUTimes, source: Int, startsAtZero: Bool)? {
    guard source != nil, source != ProcessTimes.source, !sawNone else { return nil }
    unified.wake()
    usage.wake()
    ticks.wake()
    return read(poll)
  }

  /// The times, which source they are from (a number of its own for each candidate), and whether that began at 0 with the job.
  private func read(_ poll: Poll) -> (CPUTimes, source: Int, startsAtZero: Bool)? {
    if let scanner = unified.read(poll) {
      if let times = CPUTimes(cpuStat: scanner, &exact, malformed: &unified.malformed) {
        return (times, unified.source, unified.startsAtZero)
      }
      // v1's cpu.stat, which tells of throttling alone.
      unified.rest(poll)
    }
    return readOthers(poll)
  }

  @inline(never)
  private func readOthers(_ poll: Poll) -> (CPUTimes, source: Int, startsAtZero: Bool)? {
    if let times = usage.read(poll) {
      return (times, 100 + usage.total.source, usage.total.startsAtZero)
    }
    if let scanner = ticks.read(poll),
      let times = CPUTimes(
        cpuacctStat: scanner, nanosecondsPerTick, malformed: &ticks.malformed)
    {
      return (times, Self.ticksSource + ticks.source, ticks.startsAtZero)
    }
    // Not for a group that was there and has gone.
    if let processes, processes.canSee, source == nil || source == ProcessTimes.source {
      return processes.read(poll).map { ($0, ProcessTimes.source, processes.startAtZero) }
    }
    return nil
  }

  /// Tells of CPU time that the program and those that it has waited for have used, and that
  /// is not in the group made for the job: a part of the job has been in other groups.
  private func tellElsewhere(_ log: Log) {
    guard context.locator.isOwn, let source, source & 0xFFFF < Self.ticksSource,
      case .children(let children) = context.locator.processes?.roots
    else { return }
    let reaped = children.reaped(withBytes: false, isLast: true)
    let used = reaped.user &+ reaped.system
    let counted = total.user &+ total.system
    // Before it entered its group the program was a copy of crunchstat; and times are rounded.
    guard used > counted &+ max(20_000_000, used / 50) else { return }
    let text = LineBuffer(capacity: 64)
    text.append(seconds: used &- counted)
    log.notice(
      """
      a part of the job was in other control groups, which are not in the numbers: at least \
      \(ByteText(text)) s of CPU
      """)
  }

  public func listPlaces(in list: inout PrefetchList) {
    list.add(self)
    list.add(processors)
    unified.listPlaces(in: &list)
    usage.listPlaces(in: &list)
    ticks.listPlaces(in: &list)
    if source == ProcessTimes.source { processes?.listPlaces(in: &list) }
  }

  public func summarize(_ log: Log) {
    if previous != nil {
      let text = LineBuffer(capacity: 64)
      text.append("total cpu")
      text.put(room: 128) { total.put(&$0) }
      log.notice(ByteText(text))
      tellElsewhere(log)
    }
    log.malformed(unified, usage.total, usage.user, usage.system, ticks)
  }
}

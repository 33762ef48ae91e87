/// Samples all statistics of a job and writes their lines: one poll is one straight walk,
/// and in a steady one nothing is allocated.
public final class Sampler {
  private let statistics: StatisticList?
  private let sink: LineSink
  private let log: Log
  private let timestamps: Bool
  private let oom: OOMWatch
  private let poll: Poll
  /// The poll's. (What is reached by way of an object would be retained while it is used.)
  private let lines: LineBuffer
  private let buffer: ReadBuffer
  /// What all share, and what the first statistic looks at.
  private var places = PrefetchList()
  /// After how many polls in all places are listed anew, since sources come and go and buffers
  /// grow; and how many later again: more and more rarely. It costs about as much as a poll.
  private var nextListing: UInt64
  private var untilListing: UInt64 = 16
  private static let mostUntilListing: UInt64 = 1024
  /// How many polls have been made.
  public private(set) var polls: UInt64

  /// How many bytes of lines the last poll has made.
  public var lastBytes: Int { lines.count }

  /// - Parameters:
  ///   - arePaced: whether there are pauses between polls, in which the processor's caches are the
  ///     job's: then what polls look at is asked for before it is needed.
  ///   - polls: how many have been made before, of something else.
  public init(
    _ types: [any Statistic.Type], _ context: SamplingContext, _ sink: LineSink,
    timestamps: Bool, arePaced: Bool = false, polls: UInt64 = 0
  ) {
    self.polls = polls
    nextListing = arePaced ? polls &+ untilListing : .max
    lines = LineBuffer(capacity: 2048)
    poll = Poll(lines: lines)
    statistics = StatisticList(types[...], context)
    self.sink = sink
    log = context.log
    buffer = context.buffer
    self.timestamps = timestamps
    oom = OOMWatch(context)
  }

  /// Makes one poll.
  /// - Parameters:
  ///   - time: now, on the monotonic clock; it serves all lines.
  ///   - isLast: whether it is the sample after the program's end.
  /// - Complexity: linear in the bytes read. One system call per file, one to write.
  public func poll(_ time: UInt64, isLast: Bool = false) {
    places.fetch()
    poll.begin(time, timeOfDay: timestamps ? WallClock.now() : nil, isLast: isLast)
    log.pollTime = poll.timeOfDay
    log.hold()
    statistics?.sample(poll)
    oom.look(poll)
    log.pollTime = nil
    log.release()
    polls &+= 1
    sink.write(lines)
    if polls >= nextListing { listPlaces() }
  }

  /// How many lines of memory each poll asks for.
  var prefetched: Int {
    places.lines + (statistics?.prefetched ?? 0)
  }

  @inline(never)
  private func listPlaces() {
    nextListing = polls &+ untilListing
    untilListing = min(untilListing * 2, Self.mostUntilListing)
    places.clear()
    places.add(buffer)
    places.add(lines)
    poll.listPlaces(in: &places)
    oom.listPlaces(in: &places)
    sink.listPlaces(in: &places)
    log.listPlaces(in: &places)
    statistics?.listPlaces(in: &places)
    statistics?.listPlaces()
  }

  /// When `attend` is to be called though no poll is due, if before a deadline; else some time
  /// after that.
  public private(set) var nextAttention: UInt64 = 0
  /// By how much later where a poll is due by then.
  public private(set) var attentionLeeway: UInt64 = 0
  private var attentionIsKnownUntil: UInt64 = 0

  /// Finds out when that is. All are asked only where one may want it before the deadline, and
  /// once a second.
  @inline(__always)
  public func findAttention(before deadline: UInt64) {
    if nextAttention >= deadline, deadline < attentionIsKnownUntil { return }
    askForAttention(deadline)
  }

  @inline(never)
  private func askForAttention(_ deadline: UInt64) {
    attentionIsKnownUntil = deadline &+ 1_000_000_000
    nextAttention = oom.nextAttention
    attentionLeeway = 0
    statistics?.forEach { statistic in
      guard let time = statistic.nextAttention, time < nextAttention else { return }
      nextAttention = time
      attentionLeeway = statistic.attentionLeeway
    }
  }

  /// Lets those statistics that want it look after their sources.
  public func attend(_ time: UInt64) {
    poll.begin(time)
    statistics?.forEach { statistic in
      if let next = statistic.nextAttention, next <= time { statistic.attend(poll) }
    }
    if oom.nextAttention <= time { oom.look(poll) }
    nextAttention = 0
  }

  /// Logs what the job's statistics amount to.
  public func summarize(_ log: Log) {
    statistics?.forEach { $0.summarize(log) }
    oom.summarize(log)
  }
}

/// Statistics in their order. An array's elements would each be retained while they are sampled;
/// what an object holds for good is not.
private final class StatisticList {
  private let first: any Statistic
  private let rest: StatisticList?
  /// What the next statistic looks at, which is on its way while this one's files are read.
  private var places = PrefetchList()

  init?(_ types: ArraySlice<any Statistic.Type>, _ context: SamplingContext) {
    guard let first = types.first else { return nil }
    self.first = first.init(context)
    rest = StatisticList(types.dropFirst(), context)
  }

  func sample(_ poll: Poll) {
    places.fetch()
    first.sample(poll)
    rest?.sample(poll)
  }

  /// Adds what the first one looks at.
  func listPlaces(in list: inout PrefetchList) {
    list.add(self)
    list.add(tableOf: first)
    first.listPlaces(in: &list)
  }

  var prefetched: Int { places.lines + (rest?.prefetched ?? 0) }

  /// Lists what each one's next looks at.
  func listPlaces() {
    places.clear()
    rest?.listPlaces(in: &places)
    rest?.listPlaces()
  }

  func forEach(_ body: (any Statistic) -> Void) {
    body(first)
    rest?.forEach(body)
  }
}

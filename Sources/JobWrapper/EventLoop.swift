import CStatShim
import Glibc
import JobStats

/// The one loop: waits for signals, the program's stderr, a sink that was full, and the
/// next poll, whichever comes first. One thread, one system call per wait.
final class EventLoop {
  private let signals: Signals
  private let sink: LineSink
  private let log: Log
  private let options: Options
  private let relay: StderrRelay?
  private let watch: Watch

  private var sampler: Sampler?
  private var ticker: Ticker
  private var drainEnd: UInt64?
  private var isDone = false
  /// When there is something to do but a poll, on the monotonic clock.
  private var nextDuty: UInt64 = 0
  /// Why there is nothing to watch.
  private(set) var failure: String?

  private var events = EventSet()
  private var stopper = Stopper()
  /// To be set before `begin`: whose end the program is told of, if anyone's.
  var parent: ParentProcess?
  /// To be set before `begin`: the groups in which nothing stays when the program has ended.
  var groupsToEmpty: [OwnGroup] = []

  init(
    _ options: Options, _ signals: Signals, _ sink: LineSink, _ log: Log,
    relay: StderrRelay?, watch: Watch
  ) {
    self.options = options
    self.signals = signals
    self.sink = sink
    self.log = log
    self.relay = relay
    self.watch = watch
    ticker = Ticker(period: options.poll, start: MonotonicClock.now())
    events.set(.signals, signals.descriptorNumber)
    events.set(.watched, watch.endDescriptor ?? -1)
  }

  /// Runs until the program has ended and its stderr with it, or, with no program, until
  /// it is told to stop or what it watches has gone.
  func run() {
    while !isDone {
      let happened = wait()
      let time = MonotonicClock.now()
      if sampler != nil, time >= ticker.next { poll(time) }
      if happened { takeEvents(time) }
      // In a steady poll there is nothing else.
      if happened || time >= nextDuty || sink.hasDropped { attend(time) }
    }
  }

  @inline(never)
  private func takeEvents(_ time: UInt64) {
    if events.happened(.signals) { takeSignals() }
    if events.happened(.watched) { look(time) }
    if events.happened(.standardError) { relay?.read(time) }
    if events.happened(.sink) {
      sink.flush()
      relay?.deliver()
    }
  }

  /// Looks for what is watched, and makes the first poll: before any signal is taken, so that
  /// a program that has ended already is sampled.
  /// - Parameter early: signals that came before the program was there.
  func begin(passing early: [cstat_signal] = []) {
    look(watch.start)
    tellParentsEnd()
    for signal in early where signal.number != SIGCHLD && !signal.isOurs {
      log.caught(signal: signalName(signal.number))
      stopper.took(signal.number)
      watch.job?.pass(signal)
    }
  }

  /// Takes what has happened while all was prepared. Returns whether that was all there is to come.
  func isOverAlready() -> Bool {
    events.set(.standardError, relay?.readable ?? -1)
    guard events.wait(until: 0) else { return isDone }
    let time = MonotonicClock.now()
    takeEvents(time)
    attend(time)
    return isDone
  }

  /// Waits, when all is over, until the sink takes bytes again. Returns false when a signal
  /// tells to leave at once: nobody may ever read what is left.
  func waitForSink(_ sink: LineSink) -> Bool {
    isDone = false
    // What it holds open would keep the job's network namespace alive.
    sampler = nil
    events.set(.standardError, -1)
    events.set(.sink, sink.descriptor)
    events.wait(until: nil)
    if events.happened(.signals) { takeSignals() }
    return !isDone
  }

  /// Writes all log lines that wait, at the end.
  func finishSink(_ wait: (LineSink) -> Bool) {
    sink.finish(wait)
    if tellDropped() { sink.finish(wait) }
  }

  /// Returns whether there was something to tell.
  @discardableResult
  private func tellDropped() -> Bool {
    guard let dropped = sink.takeDropped() else { return false }
    log.notice(dropped.text)
    return true
  }

  /// Returns whether anything has happened but that time went by.
  private func wait() -> Bool {
    events.set(.standardError, relay?.readable ?? -1)
    let isBlocked = sink.isBlocked || relay?.isBlocked == true
    events.set(.sink, isBlocked ? sink.descriptor : -1)
    let duty = findDuty()
    let deadline = sampler == nil ? duty : min(ticker.next, duty)
    return events.wait(until: deadline == .max ? nil : deadline)
  }

  /// Finds out when there is something to do but a poll.
  private func findDuty() -> UInt64 {
    nextDuty = .max
    // One after the other: `min` of more than two makes an array of them.
    func take(_ time: UInt64?) {
      if let time, time < nextDuty { nextDuty = time }
    }
    if let sampler {
      sampler.findAttention(before: ticker.next)
      take(withPoll(sampler.nextAttention, sampler.attentionLeeway))
    }
    take(watch.nextLook.map { withPoll($0, watch.leeway) })
    take(relay?.nextPrompt)
    take(drainEnd)
    return nextDuty
  }

  /// When a look is made that is due at a time: with the next poll, if it may be as late, so that
  /// nobody is disturbed for it alone.
  private func withPoll(_ time: UInt64, _ leeway: UInt64) -> UInt64 {
    guard sampler != nil, ticker.next > time, ticker.next &- time <= leeway else {
      return time
    }
    return ticker.next
  }

  /// All that has to be done at a time of its own, polls apart.
  private func attend(_ time: UInt64) {
    if let next = watch.nextLook, time >= next { look(time) }
    if drainEnd == nil, let sampler, time >= sampler.nextAttention { sampler.attend(time) }
    if let next = relay?.nextPrompt, time >= next { relay?.deliverPrompt() }
    tellDropped()
    guard let drainEnd else { return }
    if relay?.hasEnded != false {
      isDone = true
    } else if time >= drainEnd {
      log.notice("a process that the program left behind still holds its stderr")
      isDone = true
    }
  }

  private func look(_ time: UInt64) {
    switch watch.look(time) {
    case .nothingNew: break
    case .found(let context):
      if sampler == nil { ticker = Ticker(period: options.poll, start: time) }
      sampler = Sampler(
        options.statistics, context, sink, timestamps: options.timestamps,
        arePaced: true, polls: sampler?.polls ?? 0)
      if time >= ticker.next { poll(time) }
    case .moved(let context):
      sampler?.summarize(log)
      sampler = Sampler(
        options.statistics, context, sink, timestamps: options.timestamps,
        arePaced: true, polls: sampler?.polls ?? 0)
      if time >= ticker.next { poll(time) }
    case .gone(let what):
      log.notice("\(what)")
      end()
    case .failed(let reason):
      failure = reason
      if watch.job == nil { isDone = true } else { log.warning("\(reason)") }
    }
  }

  private func poll(_ time: UInt64) {
    ticker.advance(past: time)
    sampler?.poll(time)
  }

  /// So many signals are taken between two looks at everything else.
  private static let signalsPerTurn = 256

  private func takeSignals() {
    for _ in 0..<Self.signalsPerTurn {
      guard let signal = signals.next() else { break }
      if signal.number == SIGCHLD {
        if drainEnd == nil, watch.job?.hasEnded() == true { end() }
        watch.reapOrphans()
        tellParentsEnd()
      } else if !signal.isOurs {
        take(signal)
      }
    }
    stopper.stopWith(watch.job)
  }

  private func tellParentsEnd() {
    guard drainEnd == nil, let signal = parent?.takeSignal() else { return }
    let name = signalName(signal.number)
    log.notice("the process that started crunchstat is gone: the program gets \(name)")
    watch.job?.pass(signal)
  }

  private func take(_ signal: cstat_signal) {
    log.caught(signal: signalName(signal.number))
    stopper.took(signal.number)
    if drainEnd != nil || watch.job == nil {
      if ends(signal) { stop() }
    } else if !signal.reachesWholeGroup {
      watch.job?.pass(signal)
    }
  }

  /// Whether a signal ends crunchstat where there is no program to pass it on to.
  private func ends(_ signal: cstat_signal) -> Bool {
    switch signal.number {
    case SIGINT, SIGTERM: signal.from_kernel == 0 || !signals.wasIgnored(signal.number)
    case SIGHUP, SIGQUIT: !signals.wasIgnored(signal.number)
    default: false
    }
  }

  private func stop() {
    if drainEnd == nil { end() }
    isDone = true
  }

  /// The program has ended, or watching has: the last sample, and what it all amounts to.
  private func end() {
    while relay?.read(MonotonicClock.now()) == true, relay?.isBlocked != true {}
    let time = MonotonicClock.now()
    // An id that came just now is better than none.
    if sampler == nil, watch.nextLook != nil { look(time) }
    if sampler == nil, watch.job != nil, failure == nil {
      log.warning("the program ended before its control group was known: no statistics")
    }
    // Deadlines that went by since the last poll are missed, but for one that this sample serves.
    if sampler != nil, time >= ticker.next { ticker.advance(past: time) }
    sampler?.poll(time, isLast: true)
    log.hold()
    sampler?.summarize(log)
    tellCost()
    log.release()
    // As there, where there is a rest of stderr to wait for.
    if relay?.hasEnded == false { sampler = nil }
    if watch.job == nil { isDone = true }
    let ended = OwnGroup.endProcesses(in: groupsToEmpty)
    if ended > 0 { log.notice("the job left processes behind: \(ended) killed") }
    drainEnd = MonotonicClock.now() &+ options.drain
  }

  private func tellCost() {
    guard let polls = sampler?.polls, polls > 0 else { return }
    let used = OwnCPUTime.now()
    // Some of the CPU time was used before the clock was first read.
    let elapsed = max(used, MonotonicClock.now() - cstat_start_time())
    let text = LineBuffer(capacity: 128)
    text.append("cost: ")
    text.append(decimal: polls)
    text.append(" polls made, ")
    text.append(decimal: ticker.missed)
    text.append(" missed, worst lateness ")
    text.append(thousandths: ticker.worstLateness / 1000)
    text.append(" ms, ")
    text.append(seconds: used)
    text.append(" s of CPU, ")
    text.append(thousandths: used * 100 / (elapsed / 1000 + 1))
    text.append(" % of one core")
    log.notice(ByteText(text))
  }
}

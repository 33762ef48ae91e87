/// How often the job's processes may be looked at: so that looks take no more than one part
/// in so many of a processor's time, if there are many processes.
///
/// A look that has cost C is followed by none for C times `share`; but for bytes alone for a
/// second at most (the peak of the memory is to be sampled once a second). What counts is CPU
/// time, but that takes a system call to ask for; so it is asked for only where the look
/// before has lasted long, whoever else may have run meanwhile. How long looks last is seen at
/// every eighth of them, and when there are more or fewer processes; one that takes long now and
/// then alone may go unseen. Looks that cost little are
/// never left out, whatever the period, so that a job of a few processes has all its lines.
struct LookBudget {
  /// Whether looks are for bytes alone. Of a process that ends between two looks they are kept
  /// by whoever waited for it, mostly; CPU time of orphans that nobody adopts is not.
  var isForBytesAlone = false
  private var share: UInt64 { isForBytesAlone ? 100 : 20 }
  private var next: UInt64 = 0
  /// When the present look began, if that is to be known, and how much CPU time had been used then.
  private var began: (time: UInt64, used: UInt64?)?
  private var lastedLong = false
  private var looks: UInt8 = 0
  private var processes = 0
  private var cost: UInt64 = 0
  private var saidSo = false

  /// 0.25 ms: some ten to thirty processes.
  private static let long: UInt64 = 250_000
  private static let longestPause: UInt64 = 1_000_000_000

  /// Whether it is time to look. The last sample always looks.
  func allows(_ poll: Poll) -> Bool { poll.time >= next || poll.isLast }

  /// - Parameter processes: how many there were at the last look.
  @inline(__always)
  mutating func begin(_ processes: Int) {
    looks &+= 1
    if _slowPath(looks & 7 == 1 || lastedLong || processes != self.processes) {
      beginTimed(processes)
    }
  }

  @inline(never)
  private mutating func beginTimed(_ processes: Int) {
    self.processes = processes
    began = (MonotonicClock.now(), lastedLong ? OwnCPUTime.now() : nil)
  }

  @inline(__always)
  mutating func end(_ poll: Poll) {
    if _slowPath(began != nil) { endTimed(poll) }
  }

  @inline(never)
  private mutating func endTimed(_ poll: Poll) {
    guard let began else { return }
    self.began = nil
    lastedLong = MonotonicClock.now() &- began.time >= Self.long
    guard let used = began.used else { return }
    cost = OwnCPUTime.now() &- used
    guard cost >= Self.long else { return }
    let pause = cost &* share
    next = poll.time &+ (isForBytesAlone ? pause : min(pause, Self.longestPause))
  }

  /// What to say, once, of looks that are left out.
  /// - Parameter processes: how many there are.
  mutating func notice(_ processes: Int) -> String? {
    if saidSo { return nil }
    saidSo = true
    return "a look at the job's processes (\(processes)) takes \(cost / 1000) us: not at every "
      + "poll, so that looks take about \(100 / share) % of a core"
  }
}

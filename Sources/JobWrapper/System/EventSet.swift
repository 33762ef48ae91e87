import CStatShim
import Glibc
import JobStats

/// The few descriptors that the loop waits for, and the wait itself.
struct EventSet {
  /// What is waited for, each in a place of its own.
  enum Slot: Int {
    case signals, standardError, sink, watched
  }

  private var events: InlineArray<4, cstat_event>
  /// See `cstat_wait_slack_divisor`. As it was at the start: after a change of niceness or policy
  /// waits are late by that part again, or end before it in two steps.
  private let slackDivisor = UInt64(cstat_wait_slack_divisor())

  /// Nothing is waited for yet. The sink is waited for until it can be written to, the
  /// others until they can be read.
  init() {
    events = InlineArray { index in
      let wanted = index == Slot.sink.rawValue ? CSTAT_WRITABLE : CSTAT_READABLE
      return cstat_event(descriptor: -1, wanted: Int16(wanted), happened: 0)
    }
  }

  /// Sets the descriptor of a slot; a negative one is not waited for.
  mutating func set(_ slot: Slot, _ descriptor: CInt) {
    events[slot.rawValue].descriptor = descriptor
  }

  /// Whether the last wait found the slot ready, at its end, or in error.
  func happened(_ slot: Slot) -> Bool { events[slot.rawValue].happened != 0 }

  /// Waits until a slot is ready or the deadline, on the monotonic clock, has come; nil
  /// waits for ever. Returns whether a slot is ready. It may end a thousandth of the wait
  /// before the deadline, with nothing ready: the caller looks at its clock. One system call.
  @discardableResult
  mutating func wait(until deadline: UInt64?) -> Bool {
    var pause: Int64 = -1
    if let deadline {
      let now = MonotonicClock.now()
      pause = deadline > now ? Self.pause(of: deadline - now, slackDivisor: slackDivisor) : 0
    }
    var all = events.mutableSpan
    return unsafe all.withUnsafeMutableBufferPointer {
      unsafe cstat_wait($0.baseAddress, CInt($0.count), pause) > 0
    }
  }

  /// What to ask the kernel for, in nanoseconds, so that a wait ends in so many at the latest:
  /// the timer is set to the end of the span in which poll(2) finds it good enough to end,
  /// which is 10 µs late at 10 ms.
  static func pause(of nanoseconds: UInt64, slackDivisor: UInt64) -> Int64 {
    guard slackDivisor > 0 else { return Int64(clamping: nanoseconds) }
    let slack = min(nanoseconds / slackDivisor, UInt64(CSTAT_MOST_WAIT_SLACK))
    return Int64(clamping: nanoseconds - slack)
  }

  /// Makes waits end when they are due: not up to 50 µs later, and where every processor is
  /// busy not after somebody's slice of some milliseconds. Programs started later inherit this.
  static func wakePrecisely() {
    _ = cstat_set_timer_slack(1)
    _ = cstat_set_slice(100_000)
  }
}

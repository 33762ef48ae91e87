import Glibc

/// Time that never jumps, for deadlines and intervals: CLOCK_MONOTONIC, in nanoseconds
/// since some start. It stands still in suspend. Cost: no system call (vDSO).
public enum MonotonicClock {
  public static func now() -> UInt64 { read(CLOCK_MONOTONIC).nanoseconds }
}

/// The time of day, for people: CLOCK_REALTIME, in nanoseconds since 1970 in UTC.
public enum WallClock {
  public static func now() -> UInt64 { read(CLOCK_REALTIME).nanoseconds }
}

/// CPU time that this process has used, user and system, in nanoseconds.
public enum OwnCPUTime {
  public static func now() -> UInt64 { read(CLOCK_PROCESS_CPUTIME_ID).nanoseconds }
}

private func read(_ clock: clockid_t) -> timespec {
  var time = timespec()
  unsafe clock_gettime(clock, &time)
  return time
}

extension timespec {
  fileprivate var nanoseconds: UInt64 {
    UInt64(truncatingIfNeeded: tv_sec) &* 1_000_000_000 &+ UInt64(truncatingIfNeeded: tv_nsec)
  }
}

/// Absolute deadlines, `start + k * period`: they can't drift, and one that has been
/// missed is counted, never made up.
public struct Ticker {
  /// Nanoseconds between two deadlines.
  public let period: UInt64
  /// The next deadline on the monotonic clock.
  public private(set) var next: UInt64
  /// How many deadlines went by without a poll.
  public private(set) var missed: UInt64 = 0
  /// How late the latest of the polls came, in nanoseconds.
  public private(set) var worstLateness: UInt64 = 0

  /// The first deadline is `start` itself.
  public init(period: UInt64, start: UInt64) {
    self.period = period
    next = start
  }

  /// Takes note of a poll at `now`, which is at or after `next`, and moves on to the
  /// first deadline after `now`.
  public mutating func advance(past now: UInt64) {
    let late = now &- next
    let skipped = late / period
    missed &+= skipped
    // A skipped deadline is counted as missed; the poll serves the one before `now`.
    worstLateness = max(worstLateness, late &- skipped &* period)
    next &+= (skipped &+ 1) &* period
  }
}

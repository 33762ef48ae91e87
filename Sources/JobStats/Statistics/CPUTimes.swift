/// CPU time in user and in kernel mode, in nanoseconds.
package struct CPUTimes: Equatable {
  package var user: UInt64 = 0
  package var system: UInt64 = 0

  init() {}

  init(user: UInt64, system: UInt64) {
    self.user = user
    self.system = system
  }

  /// v2's cpu.stat: "user_usec N" and "system_usec N" among other keys, in microseconds.
  /// - Parameter lines: as they were at the last poll.
  package init?(
    cpuStat scanner: ByteScanner, _ lines: inout ExactLines, malformed: inout UInt64
  ) {
    // All kernels write them in this order, at the beginning.
    var file = scanner
    var count: UInt64 = 0
    if file.take(&lines.user, malformed: &count), file.take(&lines.system, malformed: &count) {
      let (user, system) = (lines.user.number.value, lines.system.number.value)
      if max(user, system) <= .max / 1000 {
        malformed += count + (file.isTorn ? 1 : 0)
        self.init(user: user * 1000, system: system * 1000)
        return
      }
    }
    lines = ExactLines()
    self.init(
      scanner, user: "user_usec", system: "system_usec", nanosecondsPerUnit: 1000, &malformed)
  }

  /// The two lines of cpu.stat.
  package struct ExactLines {
    fileprivate var user = WantedLine(LineWord(0x6573_755F_7265_7375, 0x63, length: 9))
    fileprivate var system = WantedLine(
      LineWord(0x755F_6D65_7473_7973, 0x63_6573, length: 11))
    package init() {}
  }

  /// v1's cpuacct.stat: "user N" and "system N", in ticks.
  package init?(
    cpuacctStat scanner: ByteScanner, _ nanosecondsPerTick: UInt64, malformed: inout UInt64
  ) {
    self.init(
      scanner, user: "user", system: "system", nanosecondsPerUnit: nanosecondsPerTick,
      &malformed)
  }

  @inline(never)
  private init?(
    _ scanner: ByteScanner, user userKey: StaticString, system systemKey: StaticString,
    nanosecondsPerUnit unit: UInt64, _ malformed: inout UInt64
  ) {
    var file = scanner
    var user: UInt64?
    var system: UInt64?
    while var line = file.line() {
      guard let (key, value) = line.flatEntry() else {
        malformed += 1
        continue
      }
      let isUser = key == userKey
      guard isUser || key == systemKey else { continue }
      let (time, overflow) = value.multipliedReportingOverflow(by: unit)
      if overflow {
        malformed += 1
      } else if isUser {
        user = time
      } else {
        system = time
      }
    }
    if file.isTorn { malformed += 1 }
    guard let user, let system else { return nil }
    self.init(user: user, system: system)
  }

  /// Whether either has gone backwards since `earlier`: another group is counted.
  func isBefore(_ earlier: CPUTimes) -> Bool {
    user < earlier.user || system < earlier.system
  }

  func since(_ earlier: CPUTimes) -> CPUTimes {
    CPUTimes(user: user &- earlier.user, system: system &- earlier.system)
  }

  mutating func add(_ times: CPUTimes, since earlier: CPUTimes) {
    self = plus(times.since(earlier))
  }

  func plus(_ others: CPUTimes) -> CPUTimes {
    CPUTimes(user: user &+ others.user, system: system &+ others.system)
  }

  /// Becomes `times`, unless that is less in all by more than two parts' rounding down to
  /// microseconds.
  mutating func raise(to times: CPUTimes) {
    if times.user &+ times.system &+ 2000 > user &+ system { self = times }
  }

  // Not inlined: code that a poll finds cold costs more than calls.
  @inline(never)
  func put(_ line: inout LineCursor) {
    line.put(secondsField: user, " user")
    line.put(secondsField: system, " sys")
  }
}

/// Splits an exact total in the proportion of two times that are not exact, so that neither
/// part ever goes backwards (as the kernel's cputime_adjust does for a process).
struct CPUSplit {
  private var last = CPUTimes()

  mutating func split(_ total: UInt64, user: UInt64, system: UInt64) -> CPUTimes {
    if total < last.user &+ last.system { last = CPUTimes() }
    var systemPart = Self.share(system, of: user, system, total)
    systemPart = max(systemPart, last.system)
    // What is left for the user part may have shrunk below what was told before.
    let userPart = max(total - min(total, systemPart), last.user)
    last = CPUTimes(user: userPart, system: total &- userPart)
    return last
  }

  private static func share(
    _ part: UInt64, of one: UInt64, _ other: UInt64, _ total: UInt64
  ) -> UInt64 {
    let (sum, overflow) = one.addingReportingOverflow(other)
    guard !overflow, sum > 0 else { return 0 }
    return sum.dividingFullWidth(total.multipliedFullWidth(by: part)).quotient
  }
}

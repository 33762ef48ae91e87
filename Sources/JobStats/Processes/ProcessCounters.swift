/// What processes have used so far. All of it only grows as long as a process lives, and all
/// of it goes over to the process that waits for its end.
struct ProcessCounters: Equatable {
  /// CPU time in nanoseconds.
  var user: UInt64 = 0
  var system: UInt64 = 0
  var majorFaults: UInt64 = 0
  /// Bytes that went to, or came from, storage.
  var written: UInt64 = 0
  var read: UInt64 = 0

  static let none = ProcessCounters()

  static func += (sum: inout ProcessCounters, other: ProcessCounters) {
    sum.combine(other) { $0 &+ $1 }
  }

  /// By how much each is larger than that of `other`; 0 where it is not.
  func excess(over other: ProcessCounters) -> ProcessCounters {
    var result = self
    result.combine(other) { max($0, $1) &- $1 }
    return result
  }

  /// Raises each that is less than that of `other` to it.
  mutating func raise(to other: ProcessCounters) { combine(other) { max($0, $1) } }

  @inline(__always)
  private mutating func combine(
    _ other: ProcessCounters, _ operation: (UInt64, UInt64) -> UInt64
  ) {
    user = operation(user, other.user)
    system = operation(system, other.system)
    majorFaults = operation(majorFaults, other.majorFaults)
    written = operation(written, other.written)
    read = operation(read, other.read)
  }
}

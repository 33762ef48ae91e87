/// What processes have used so far. All of it only grows as long as a process lives, and all
/// of it goes over to the process that waits for its end.
struct ProcessCounters: Equatable {
  private var values = SIMD8<UInt64>()

  /// CPU time in nanoseconds.
  var user: UInt64 {
    get { values[0] }
    set { values[0] = newValue }
  }
  var system: UInt64 {
    get { values[1] }
    set { values[1] = newValue }
  }
  var majorFaults: UInt64 {
    get { values[2] }
    set { values[2] = newValue }
  }
  /// Bytes that went to, or came from, storage.
  var written: UInt64 {
    get { values[3] }
    set { values[3] = newValue }
  }
  var read: UInt64 {
    get { values[4] }
    set { values[4] = newValue }
  }

  static let none = ProcessCounters()

  static func += (sum: inout ProcessCounters, other: ProcessCounters) {
    sum.values &+= other.values
  }

  /// By how much each is larger than that of `other`; 0 where it is not.
  func excess(over other: ProcessCounters) -> ProcessCounters {
    var result = self
    result.values = pointwiseMax(values, other.values) &- other.values
    return result
  }

  /// Raises each that is less than that of `other` to it.
  mutating func raise(to other: ProcessCounters) {
    values = pointwiseMax(values, other.values)
  }
}

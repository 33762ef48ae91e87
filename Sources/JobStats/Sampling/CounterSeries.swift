/// Up to three counters of one reading, in the order of a series' fields. Absent is nil.
typealias CounterValues = InlineArray<3, UInt64?>

/// Counters that are logged together, as one line with an interval part.
struct CounterSeries {
  enum Field {
    case count(StaticString)
    /// In nanoseconds, logged as seconds.
    case time(StaticString)
  }

  private let name: StaticString
  private let fields: [Field]
  private var previous: (values: CounterValues, time: UInt64, source: Int)?

  /// - Parameter fields: at most three; keys have a blank in front.
  init(_ name: StaticString, _ fields: [Field]) {
    precondition(fields.count <= 3)
    self.name = name
    self.fields = fields
  }

  /// Appends the line, none where all values are absent, and keeps the values. A counter that
  /// went backwards, or another source, starts a new series.
  /// - Parameter source: where the values are from; those of another one can't be compared.
  mutating func write(_ poll: Poll, _ values: CounterValues, source: Int) {
    guard fields.indices.contains(where: { values[$0] != nil }) else { return }
    poll.line(name) { line in
      for index in fields.indices { put(index, values[index], &line) }
      guard let previous, previous.source == source, !hasGoneBackwards(values, previous.values),
        let interval = poll.interval(since: previous.time)
      else { return }
      poll.put(interval: interval, &line)
      for index in fields.indices {
        guard let now = values[index], let before = previous.values[index] else { continue }
        put(index, now - before, &line)
      }
    }
    previous = (values, poll.time, source)
  }

  private func hasGoneBackwards(_ values: CounterValues, _ earlier: CounterValues) -> Bool {
    fields.indices.contains { index in
      guard let now = values[index], let before = earlier[index] else { return false }
      return now < before
    }
  }

  private func put(_ index: Int, _ value: UInt64?, _ line: inout LineCursor) {
    guard let value else { return }
    switch fields[index] {
    case .count(let key): line.put(field: value, key)
    case .time(let key): line.put(secondsField: value, key)
    }
  }
}

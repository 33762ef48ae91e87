extension DeviceTable {
  /// One device: its two counters, what they were before, and its line.
  struct Row {
    /// "crunchstat: KIND:NAME " as it goes into lines, one word with nothing in it that could break
    /// one; and in `texts` what is left of one that is long.
    let label: LineText
    let longLabel: Range<Int>
    /// The counters.
    var first = ScannedNumber(0)
    var second = ScannedNumber(0)
    var previous: (first: UInt64, second: UInt64, time: UInt64)?
    /// Which of the two this poll has seen: bits 0 and 1.
    var present: UInt8 = 0
    var isLogged = false
    var total: (first: UInt64, second: UInt64) = (0, 0)
    /// In `texts`: its name as the kernel writes it.
    let name: Range<Int>
    /// What stands behind each of the two, where that is fields that are not wanted.
    var fields = (KnownText(), KnownText())

    /// Appends the line of this poll, and keeps the values.
    /// - Parameters:
    ///   - texts: the table's.
    ///   - isJobs: whether all that a counter shows when it is first seen is the job's.
    @inline(__always)
    mutating func write(
      _ poll: Poll, _ texts: LineBuffer, _ keys: (first: ShortText, second: ShortText),
      isJobs: Bool
    ) {
      let values = (first: first.value, second: second.value)
      var growth = values
      var interval: UInt64?
      if let previous {
        // One that went backwards has begun anew, whatever the other does.
        let goesOn = (
          first: values.first >= previous.first, second: values.second >= previous.second
        )
        if goesOn.first { growth.first &-= previous.first }
        if goesOn.second { growth.second &-= previous.second }
        if goesOn.first, goesOn.second { interval = poll.interval(since: previous.time) }
      } else if !isJobs {
        growth = (0, 0)
      }
      poll.line(label, longLabel, of: texts) { line in
        line.put(first, keys.first)
        line.put(second, keys.second)
        guard let interval else { return }
        poll.put(interval: interval, &line)
        line.putBlank()
        line.put(growth.first, keys.first)
        line.put(growth.second, keys.second)
      }
      previous = (values.first, values.second, poll.time)
      isLogged = true
      total.first &+= growth.first
      total.second &+= growth.second
    }
  }
}

import JobStats
import Testing

@Suite struct PollTests {
  private func poll(_ time: UInt64, isLast: Bool = false, timeOfDay: UInt64? = nil) -> Poll {
    Poll(time: time, timeOfDay: timeOfDay, isLast: isLast, lines: LineBuffer())
  }

  @Test(
    arguments: [
      (0, false, nil), (1, false, nil), (49_999, false, nil), (50_000, false, 50_000),
      (999_999, false, 999_999), (999_999, true, nil), (1_000_000, true, 1_000_000),
      (10_000_000_000_000, false, 10_000_000_000_000),
    ] as [(UInt64, Bool, UInt64?)])
  func `an interval that readers could not divide by is none`(
    nanoseconds: UInt64, isLast: Bool, interval: UInt64?
  ) {
    let poll = poll(seconds(5) + nanoseconds, isLast: isLast)
    #expect(poll.interval(since: seconds(5)) == interval)
  }

  @Test func `without an earlier sample there is no interval`() {
    #expect(poll(seconds(5)).interval(since: nil) == nil)
  }

  @Test func `a line has its name, and an interval part where one is begun`() {
    let poll = poll(seconds(1))
    poll.line("cpu") { poll.put(interval: 10_050_000, &$0) }
    #expect(poll.lines.bytes == "crunchstat: cpu -- interval 0.0101 seconds\n")
  }

  @Test func `with a time of day each line begins with it`() {
    let poll = poll(seconds(1), timeOfDay: 951_782_400_000_000_001)
    for _ in 0..<2 { poll.line("mem") { _ in } }
    let line = "2000-02-29T00:00:00.000000001Z crunchstat: mem\n"
    #expect(poll.lines.bytes.equals(Array((line + line).utf8)))
  }

  @Test func `the interval part is that of each line's own interval`() {
    let poll = poll(seconds(1))
    var expected = ""
    for (nanoseconds, shown) in [
      (10_000_000, "0.0100"), (10_000_000, "0.0100"), (10_049_999, "0.0100"), (0, "0.0000"),
      (.max, "18446744073.7096"), (1_000_000_000, "1.0000"), (10_000_000, "0.0100"),
    ] as [(UInt64, String)] {
      poll.line("cpu") { line in
        line.put(field: nanoseconds, " n")
        poll.put(interval: nanoseconds, &line)
        line.put(secondsField: nanoseconds, " user")
      }
      expected += "crunchstat: cpu \(nanoseconds) n"
      expected += " -- interval \(shown) seconds \(shown) user\n"
    }
    #expect(poll.lines.bytes.equals(Array(expected.utf8)))
  }
}

import JobStats
import Testing

@Suite struct TickerTests {
  @Test func `deadlines are start plus k periods, however late the polls come`() {
    var random = SeededGenerator(1)
    for _ in 0..<200 {
      let period = UInt64(random.number(1...1_000_000))
      let start = UInt64(random.number(0...1 << 40))
      var ticker = Ticker(period: period, start: start)
      #expect(ticker.next == start)
      var made: UInt64 = 0
      var worst: UInt64 = 0
      for _ in 0..<100 {
        let now =
          ticker.next + UInt64(random.number(0...3)) * period
          + UInt64(random.number(0...Int(period) - 1))
        ticker.advance(past: now)
        made += 1
        worst = max(worst, (now - start) % period)
        let isOnGrid = (ticker.next - start) % period == 0
        guard isOnGrid, ticker.next > now, ticker.next - now <= period else {
          Issue.record("at \(now): \(ticker)")
          return
        }
        // Every deadline that has come was either served or missed.
        guard made + ticker.missed == (now - start) / period + 1 else {
          Issue.record("at \(now): \(made) made, \(ticker)")
          return
        }
      }
      #expect(ticker.worstLateness == worst)
    }
  }

  @Test(
    arguments: [
      (0, 0, 0), (9, 0, 9), (10, 1, 0), (19, 1, 9), (25, 2, 5), (1_000_000, 100_000, 0),
    ] as [(UInt64, UInt64, UInt64)])
  func `deadlines that went by are missed, not made up`(
    late: UInt64, missed: UInt64, lateness: UInt64
  ) {
    var ticker = Ticker(period: 10, start: 500)
    ticker.advance(past: 500 + late)
    #expect(ticker.missed == missed)
    #expect(ticker.worstLateness == lateness)
    #expect(ticker.next == 500 + (missed + 1) * 10)
  }

  @Test func `ten thousand polls in time take ten thousand periods`() {
    var ticker = Ticker(period: 10_000_000, start: 77)
    for _ in 0..<10_000 { ticker.advance(past: ticker.next) }
    #expect(ticker.next == 77 + 100_000_000_000)
    #expect(ticker.missed == 0 && ticker.worstLateness == 0)
  }
}

@Suite struct ClockTests {
  @Test func `the clocks run forwards, in nanoseconds`() {
    let first = (MonotonicClock.now(), OwnCPUTime.now())
    #expect(MonotonicClock.now() >= first.0)
    #expect(OwnCPUTime.now() >= first.1)
    #expect(OwnCPUTime.now() > 0)
    // After 2020 and before 2500.
    #expect((1_577_836_800_000_000_000..<16_725_225_600_000_000_000).contains(WallClock.now()))
  }
}

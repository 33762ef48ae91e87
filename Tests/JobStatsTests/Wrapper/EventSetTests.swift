import Testing

@testable import JobWrapper

@Suite struct EventSetTests {
  private let milliseconds: UInt64 = 1_000_000
  private let seconds: UInt64 = 1_000_000_000

  @Test func `so much less is asked for as the kernel would be late`() {
    #expect(EventSet.pause(of: 10 * milliseconds, slackDivisor: 1000) == 9_990_000)
    #expect(EventSet.pause(of: 10 * milliseconds, slackDivisor: 200) == 9_950_000)
    #expect(EventSet.pause(of: 999, slackDivisor: 1000) == 999)
    #expect(EventSet.pause(of: 0, slackDivisor: 1000) == 0)
  }

  @Test func `nothing less is where it is never late`() {
    #expect(EventSet.pause(of: 10 * milliseconds, slackDivisor: 0) == 10_000_000)
  }

  @Test func `no more than a tenth of a second, at which the kernel stops`() {
    #expect(EventSet.pause(of: 100 * seconds, slackDivisor: 1000) == 99_900_000_000)
    #expect(EventSet.pause(of: 1000 * seconds, slackDivisor: 1000) == 999_900_000_000)
    #expect(EventSet.pause(of: .max, slackDivisor: 1000) == .max)
  }
}

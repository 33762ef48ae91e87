import JobStats
import Testing

private let usage = "/cg/cpuacct/job/cpuacct.usage"

/// How v1's exact total is split in the proportion of two times that are not exact.
@Suite struct CPUSplitTests {
  private let tree: TemporaryTree
  private let job: Observation

  init() throws {
    tree = try TemporaryTree()
    job = try Observation([CPUStatistic.self], tree)
  }

  /// The two times at a poll, in units of 100 µs, as the line shows them.
  private func split(
    _ total: UInt64, _ user: UInt64, _ system: UInt64, at time: UInt64
  ) throws -> (user: UInt64, system: UInt64, hasInterval: Bool) {
    try tree.write("\(total)\n", to: usage)
    try tree.write("\(user)\n", to: usage + "_user")
    try tree.write("\(system)\n", to: usage + "_sys")
    let words = job.samples(time).first?.split(separator: " ") ?? []
    func units(_ word: Substring) -> UInt64 { UInt64(word.replacing(".", with: "")) ?? .max }
    return (units(words[1]), units(words[3]), words.contains("--"))
  }

  @Test(
    arguments: [
      (1_000_000_000, 3, 1, 7500, 2500), (1_000_000_000, 0, 1, 0, 10_000),
      (1_000_000_000, 1, 0, 10_000, 0), (1_000_000_000, 0, 0, 10_000, 0), (0, 5, 5, 0, 0),
      // the recorded job: 875.9 and 168.0 ms at the tick, 1046.2 in all
      (1_046_241_071, 875_925_101, 167_953_686, 8779, 1683),
      (.max, .max / 2, .max / 2, 92_233_720_368_548, 92_233_720_368_548),
      (.max, 1, .max - 1, 0, 184_467_440_737_096),
    ] as [(UInt64, UInt64, UInt64, UInt64, UInt64)])
  func `the total is split in the proportion`(
    total: UInt64, user: UInt64, system: UInt64, userUnits: UInt64, systemUnits: UInt64
  ) throws {
    let (userPart, systemPart, _) = try split(total, user, system, at: seconds(0))
    // Each is rounded by itself.
    #expect(max(userPart, userUnits) - min(userPart, userUnits) <= 1)
    #expect(max(systemPart, systemUnits) - min(systemPart, systemUnits) <= 1)
  }

  @Test func `a proportion that can't be told does no harm`() throws {
    let (user, system, _) = try split(1_000_000_000, .max, .max, at: seconds(0))
    #expect(user + system == 10_000)
  }

  @Test func `neither part goes backwards, whatever the proportion does`() throws {
    var random = SeededGenerator(3)
    var total: UInt64 = 0
    var last = (user: UInt64(0), system: UInt64(0))
    for poll in 0..<1500 as Range<UInt64> {
      total += UInt64(random.number(0...1) * random.number(0...400)) * 100_000
      let user = UInt64(random.number(0...1000)) * 4_000_000
      let system = UInt64(random.number(0...1000)) * 4_000_000
      let (userPart, systemPart, hasInterval) = try split(
        total, user, system, at: milliseconds(poll * 10))
      let sum = userPart + systemPart
      guard userPart >= last.user, systemPart >= last.system, hasInterval == (poll > 0),
        sum + 1 >= total / 100_000, sum <= total / 100_000 + 1
      else {
        Issue.record("poll \(poll): \(total) as \(userPart) and \(systemPart) after \(last)")
        return
      }
      last = (userPart, systemPart)
    }
  }

  @Test func `a thousand bursts that the tick saw in part are counted in full`() throws {
    // 126.7 ms of bursts, of which the tick saw 92 ms, as it was measured.
    let (user, system, _) = try split(126_700_000, 84_000_000, 8_000_000, at: seconds(0))
    #expect(user + system == 1267)
  }

  @Test func `a total that went backwards starts anew`() throws {
    _ = try split(10_000_000_000, 1, 1, at: seconds(0))
    let (user, system, hasInterval) = try split(1_000_000_000, 1, 3, at: seconds(1))
    #expect(user == 2500 && system == 7500 && !hasInterval)
  }
}

import Glibc
import JobStats

/// A regression for the gates to find (`gates-fail.sh`): a statistic whose polls allocate.
final class Planted: Statistic {
  static let name: StaticString = "planted"
  static let summary: StaticString = "a regression"

  /// What is to be polled beside the real ones.
  static var wanted: [any Statistic.Type] {
    unsafe getenv("CRUNCHSTAT_PLANTED") == nil ? [] : [Planted.self]
  }

  private var kept: [UInt64] = []

  init(_ context: SamplingContext) {}

  func sample(_ poll: Poll) { kept = Array(repeating: poll.time, count: 32) }
  func summarize(_ log: Log) {}
}

import BenchmarkSupport
import Glibc
import JobStats

/// The product's own event loop and the floor's in turns, at 10 ms, in one process and on
/// the same files.
///
/// This is the last of the statistics that the product polls. In most polls it only notes
/// how late the poll came. When a block of the product's polls is complete, it takes the CPU
/// time, runs a block of the floor's, and goes back. The product finds itself late then and
/// polls at once; with that poll its next block begins, without counting it. What it does
/// once a second is as often in a counted poll as it would be without turns: it comes due as
/// often during the floor's turn as during its own.
final class PacedTurns: Statistic {
  static let name: StaticString = "turns"
  static let summary: StaticString = "polls of the product and of the floor in turns"
  static let pollsPerBlock: UInt64 = 10
  /// Polls before the first block: until the product's looks for what may change soon after
  /// the program's start have become rare.
  private static let settling = 60

  private let context: SamplingContext
  private var polls = 0
  private var start: UInt64 = 0
  private var lastDeadline: UInt64 = 0
  private var blocks: UInt64 = 0
  private var pollsOfBlock: UInt64 = 0
  private var cpu: UInt64 = 0
  private var calls = bench_cost()

  init(_ context: SamplingContext) { self.context = context }

  func sample(_ poll: Poll) {
    polls += 1
    // The product's deadlines are the time of its first poll + k * period.
    if polls == 1 { start = poll.time }
    guard polls >= Self.settling, Shared[.isDone] == 0, !poll.isLast else { return }
    let deadline = (poll.time - start) / Floor.period
    if polls == Self.settling {
      beginBlock()
    } else if pollsOfBlock == Self.pollsPerBlock {
      // The poll after the floor's turn.
      beginBlock()
    } else {
      Shared.note((poll.time - start) % Floor.period, .productLateness)
      Shared[.productMissed] += deadline - lastDeadline - 1
      pollsOfBlock += 1
      if pollsOfBlock == Self.pollsPerBlock { orExit { try endBlock() } }
    }
    lastDeadline = deadline
  }

  private func beginBlock() {
    pollsOfBlock = 0
    if blocks == 0 { calls = bench_process_cost(getpid()) }
    cpu = OwnCPUTime.now()
  }

  /// The first pair of blocks warms up, and tells how many bytes the floor has to write.
  private func endBlock() throws {
    let used = OwnCPUTime.now() - cpu
    if blocks == 0 {
      let counts = CallCounts(
        from: calls, to: bench_process_cost(getpid()), Int(Self.pollsPerBlock))
      counts.note(.productCalls)
      try Floor.open(context)
      try Floor.write(counts.bytesWritten)
      calls = bench_process_cost(getpid())
    } else {
      Shared.note(used, .productCPU)
    }
    cpu = OwnCPUTime.now()
    try Floor.run(polls: Self.pollsPerBlock)
    let usedByFloor = OwnCPUTime.now() - cpu
    if blocks == 0 {
      CallCounts(from: calls, to: bench_process_cost(getpid()), Int(Self.pollsPerBlock))
        .note(.floorCalls)
    } else {
      Shared.note(usedByFloor, .floorCPU)
    }
    blocks += 1
    if blocks > Shared[.amount] { Shared[.isDone] = 1 }
  }

  func summarize(_ log: Log) {}
}

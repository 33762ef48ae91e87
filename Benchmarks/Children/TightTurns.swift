import BenchmarkSupport
import Glibc
import JobStats

/// The product's polls and the floor's in turns, without a pause, on the same files.
final class TightTurns: Statistic {
  static let name: StaticString = "tight"
  static let summary: StaticString = "polls without a pause"
  static let pollsPerBlock = 200

  private let context: SamplingContext
  private var isOver = false

  init(_ context: SamplingContext) { self.context = context }

  func sample(_ poll: Poll) {
    guard !isOver else { return }
    isOver = true
    orExit { try measure(from: poll.time) }
    Shared[.isDone] = 1
  }

  private func measure(from start: UInt64) throws {
    let sampler = Sampler(Registry.byDefault, context, try nullSink(), timestamps: false)
    // As if 10 ms went by between polls: what is done once a second is done as often.
    var time = start
    func product() {
      for _ in 0..<Self.pollsPerBlock {
        bench_keep(MonotonicClock.now())
        time += Floor.period
        sampler.poll(time)
      }
    }
    func floor() throws {
      for _ in 0..<Self.pollsPerBlock {
        bench_keep(MonotonicClock.now())
        try Floor.poll()
      }
    }
    // The first blocks warm up, and tell how many bytes the floor has to write.
    product()
    let before = bench_process_cost(getpid())
    product()
    let calls = CallCounts(from: before, to: bench_process_cost(getpid()), Self.pollsPerBlock)
    try Floor.open(context)
    try Floor.write(calls.bytesWritten)
    try floor()
    calls.note(.productCalls)
    for _ in 0..<(Order.own?.amount ?? 0) {
      var last = OwnCPUTime.now()
      product()
      Shared.note(OwnCPUTime.now() - last, .productCPU)
      last = OwnCPUTime.now()
      try floor()
      Shared.note(OwnCPUTime.now() - last, .floorCPU)
    }
  }

  func summarize(_ log: Log) {}
}

import BenchmarkSupport
import Glibc
import JobStats

/// The product's own polls of a recorded tree: `Sampler.poll` with all that belongs to it,
/// to the one write of its lines (to /dev/null), and what the loop asks it between polls.
final class RecordedPolls {
  private let tree: RecordedTree
  private let sampler: Sampler
  private var time: UInt64
  private var step = 0
  /// How many polls had nothing to log, which measures nothing.
  private(set) var silentPolls = 0

  init(_ tree: RecordedTree, _ types: [any Statistic.Type], timestamps: Bool = false) throws {
    self.tree = tree
    let sink = try nullSink()
    let log = Log(sink, timestamps: false, debug: false)
    let context = SamplingContext(root: tree.root, locator: tree.locator, log: log)
    sampler = Sampler(types, context, sink, timestamps: timestamps)
    time = MonotonicClock.now()
  }

  /// Changes every file.
  func change() throws(SystemError) {
    step += 1
    // So the product is told; no time passes.
    time += Floor.period
    try tree.rewrite(step)
  }

  /// What the product does at a poll.
  func poll() {
    sampler.poll(time)
    if sampler.lastBytes == 0 { silentPolls += 1 }
    sampler.findAttention(before: time)
    if time >= sampler.nextAttention { sampler.attend(time) }
  }

  /// Polls until all room has been made that is ever needed.
  func warmUp() throws(SystemError) { try make(200) }

  func make(_ polls: Int) throws(SystemError) {
    for _ in 0..<polls {
      try change()
      poll()
    }
  }
}

/// A sink for log lines that takes all at once.
func nullSink() throws -> LineSink {
  let null = try RootDirectory(BytePath("/")).open(BytePath("/dev/null"), O_WRONLY | O_APPEND)
  return LineSink(SinkTarget(file: null))
}

import Glibc
import JobStats

/// A sink that writes into a file, and what has been written there.
package final class LogFile {
  package let sink: LineSink
  package let log: Log
  private let folder: TemporaryTree
  private let reader: Descriptor
  private let queue = ByteQueue(capacity: 1 << 16)

  package init(debug: Bool = false) throws {
    folder = try TemporaryTree()
    let file = BytePath("log")
    sink = LineSink(
      SinkTarget(file: try folder.root.open(file, O_WRONLY | O_APPEND | O_CREAT)))
    reader = try folder.root.open(file)
    log = Log(sink, timestamps: false, debug: debug)
  }

  /// The lines that have been written since the last call, without "crunchstat: "; one that does
  /// not begin so is left as it is, and is none that a test expects.
  package func take() -> [String] {
    var bytes: [UInt8] = []
    while queue.fill(from: reader.number) > 0 {
      bytes += queue.bytes.array
      queue.drop(queue.bytes.count)
    }
    let prefix = "crunchstat: "
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { line in
      String(line.hasPrefix(prefix) ? line.dropFirst(prefix.count) : line)
    }
  }
}

/// Statistics of one group, sampled at times that the test sets, and the log they write.
package final class Observation {
  package let context: SamplingContext
  package let file: LogFile
  private let sampler: Sampler

  package init(
    _ statistics: [any Statistic.Type], _ root: RootDirectory, _ locator: any GroupLocator
  ) throws {
    file = try LogFile()
    context = SamplingContext(root: root, locator: locator, log: file.log)
    sampler = Sampler(statistics, context, file.sink, timestamps: false)
  }

  /// Of the group "job" in the tree "/cg".
  package convenience init(_ statistics: [any Statistic.Type], _ tree: TemporaryTree) throws {
    try self.init(statistics, tree.root, jobTree)
  }

  /// Polls, and returns the lines of this poll and what was said on the occasion.
  package func poll(_ time: UInt64, isLast: Bool = false) -> (
    samples: [String], messages: [String]
  ) {
    sampler.poll(time, isLast: isLast)
    let lines = file.take()
    return (lines.filter { !isMessage($0) }, lines.filter(isMessage))
  }

  /// Polls, and returns the statistics' lines alone.
  package func samples(_ time: UInt64, isLast: Bool = false) -> [String] {
    poll(time, isLast: isLast).samples
  }

  /// Passes the time up to a poll that is far away: attends to what wants it, in turn.
  /// Returns what was said on the occasions.
  package func attend(until end: UInt64) -> [String] {
    while true {
      sampler.findAttention(before: end + 1)
      guard sampler.nextAttention <= end else { break }
      sampler.attend(sampler.nextAttention)
    }
    return file.take()
  }

  /// What it all amounts to.
  package func summary() -> [String] {
    sampler.summarize(file.log)
    return file.take()
  }
}

/// The group that tests write files for: /cg/CONTROLLER/job/FILE.
package var jobTree: ExplicitTree {
  ExplicitTree(root: BytePath("/cg"), parent: BytePath("job"), id: BytePath(""))
}

/// As readers of the log tell messages from statistics.
private func isMessage(_ line: String) -> Bool {
  ["notice:", "warning:", "error:"].contains { line.hasPrefix($0) }
}

/// A time of the monotonic clock, at which no test's clock begins.
package func milliseconds(_ number: UInt64) -> UInt64 { 1_000_000_000_000 + number * 1_000_000 }
package func seconds(_ number: UInt64) -> UInt64 { milliseconds(number * 1000) }

/// The statistics that are not logged by default, but for that of this machine's disk.
package let furtherStatistics = Registry.all.filter { statistic in
  statistic != SpaceStatistic.self && !Registry.byDefault.contains { $0 == statistic }
}

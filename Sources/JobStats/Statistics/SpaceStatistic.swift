import Glibc

/// `statfs N available N used N total`, and since the last sample how much more is used:
/// bytes of the file system that $TMPDIR is on, or /tmp where that is not set.
///
/// statfs(2), by path, so that the file system can be unmounted. What is available is what
/// an unprivileged user can get.
public final class SpaceStatistic: Statistic {
  public static let name: StaticString = "statfs"
  public static let summary: StaticString = "file system of $TMPDIR: available, used, total"

  private let context: SamplingContext
  private let directory: BytePath
  private let path: PreparedPath
  /// What -dump keeps of it, since it is no file.
  private let record = PreparedPath(BytePath("/STATFS"))
  private var previous: (used: UInt64, time: UInt64)?
  private var absence = AbsenceNotice()
  private var hasAnnounced = false

  public init(_ context: SamplingContext) {
    self.context = context
    let chosen = environmentVariable("TMPDIR")
    directory = chosen.flatMap { $0.isEmpty ? nil : $0 } ?? BytePath("/tmp")
    path = context.root.outside(directory)
  }

  public func sample(_ poll: Poll) {
    guard let space = recorded() ?? FileSystemSpace(path) else {
      absence.tell(context, Self.name, "no directory \(directory.text)")
      return
    }
    if !hasAnnounced {
      hasAnnounced = true
      context.root.keep("\(space.available) \(space.used) \(space.total)", as: record)
      context.log.notice("reading stats from the file system of \(text: directory)")
    }
    poll.line(Self.name) { line in
      line.put(field: space.available, " available")
      line.put(field: space.used, " used")
      line.put(field: space.total, " total")
      if let previous, space.used >= previous.used,
        let interval = poll.interval(since: previous.time)
      {
        poll.put(interval: interval, &line)
        line.put(field: space.used - previous.used, " used")
      }
    }
    previous = (space.used, poll.time)
  }

  private func recorded() -> FileSystemSpace? {
    if context.root.isLive { return nil }
    let file = context.root.read(record, context.buffer, .record)
    guard file >= 0 else { return nil }
    close(file)
    return FileSystemSpace(recorded: context.buffer.scanner)
  }

  public func summarize(_ log: Log) {}
}

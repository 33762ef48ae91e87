/// The kernel's own high-water mark of the job's memory, all that is charged, cache included:
/// memory.max_usage_in_bytes (v1), memory.peak (v2, Linux 5.19).
///
/// It is looked at once a second, and at the last poll, since a container's group may be gone
/// when the mark is wanted.
final class MemoryMark {
  private let file: StatFile
  private var next: UInt64 = 0
  /// The highest that was seen, in bytes. Nil where there is none that tells of the watched
  /// group alone, and not of others that were in it before.
  private(set) var bytes: UInt64?

  private static let file = GroupFile(v1: "memory.max_usage_in_bytes", v2: "memory.peak")

  init(_ context: SamplingContext) {
    let locator = context.locator
    let places = locator.marksAreTheJobs ? locator.candidates(.memory, Self.file) : []
    file = StatFile(context, places.filter { !$0.coversMore }, isAnnounced: false)
  }

  /// To be called at each poll.
  func look(_ poll: Poll) {
    if poll.time >= next || poll.isLast { lookNow(poll) }
  }

  /// Looks though it has been looked at a moment ago.
  func lookNow(_ poll: Poll) {
    next = poll.time + 1_000_000_000
    guard let value = file.number(poll) else { return }
    bytes = max(bytes ?? 0, value)
  }

  /// "peak memory N bytes (SOURCE)", or nil where nothing is known of one.
  /// - Parameter sampled: the most rss that was seen, which is not known to be all.
  func text(sampled: UInt64) -> ByteText? {
    if let bytes, bytes >= sampled {
      return "peak memory \(bytes) bytes (\(text: file.path?.name ?? "?"))"
    }
    return sampled > 0 ? "peak memory \(sampled) bytes (rss, sampled)" : nil
  }
}

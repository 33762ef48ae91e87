/// The tightest memory limit of the group and those above it: memory.limit_in_bytes (v1),
/// memory.max (v2). Looked at once a second at most: it changes by somebody's hand.
final class MemoryLimit {
  struct Limit {
    let bytes: UInt64
    /// The file that has it.
    let path: BytePath?
  }

  private let files: [StatFile]
  private var known: Limit?
  private var next: UInt64 = 0

  private static let file = GroupFile(v1: "memory.limit_in_bytes", v2: "memory.max")
  /// v1 writes "no limit" as the most that it can count, 2^63 - 1 less what is no whole page;
  /// pages have 64 KiB at most.
  private static let none: UInt64 = 1 << 63 - 1 << 16

  init(_ context: SamplingContext) {
    files = context.locator.levels(.memory).map {
      StatFile(context, $0.candidates(Self.file), isAnnounced: false)
    }
  }

  /// Nil where there is none.
  func tightest(_ poll: Poll) -> Limit? {
    if poll.time >= next || poll.isLast { look(poll) }
    return known
  }

  /// The same, looked at now.
  @discardableResult
  func look(_ poll: Poll) -> Limit? {
    next = poll.time + 1_000_000_000
    known = nil
    for file in files {
      // "max" is no number.
      guard var scanner = file.read(poll), let bytes = scanner.singleNumber(),
        bytes < Self.none, bytes < known?.bytes ?? .max
      else { continue }
      known = Limit(bytes: bytes, path: file.path)
    }
    return known
  }
}

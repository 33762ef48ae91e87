/// The kernel's own high-water mark of the job's memory, all that is charged, cache
/// included: memory.max_usage_in_bytes (v1), memory.peak (v2, Linux 5.19).
struct MemoryMark {
  let bytes: UInt64
  /// The file's name.
  let source: String

  private static let file = GroupFile(v1: "memory.max_usage_in_bytes", v2: "memory.peak")

  /// Nil where there is none that tells of the watched group alone, and not of others that
  /// were in it before. For set-up and the end: it opens the file, and allocates.
  init?(_ context: SamplingContext) {
    guard context.locator.marksAreTheJobs else { return nil }
    for candidate in context.locator.candidates(.memory, Self.file) where !candidate.coversMore
    {
      guard let contents = try? context.root.contents(candidate.path) else { continue }
      guard let mark = ByteScanner.scan(contents, { $0.singleNumber() }) else { continue }
      bytes = mark
      source = candidate.path.components.last?.text ?? ""
      return
    }
    return nil
  }

  /// "N bytes (SOURCE)".
  var text: String { "\(bytes) bytes (\(source))" }
}

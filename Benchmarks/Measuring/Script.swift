import BenchmarkSupport

/// Programs that print what is wanted.
enum Script {
  /// The first KiBs of what a program prints.
  static func text(_ words: [String]) -> String {
    var text = [CChar](repeating: 0, count: 8192)
    _ = unsafe bench_capture(words.joined(separator: "\n"), &text, text.count)
    return String(
      decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The numbers on the line that begins so.
  static func numbers(_ words: [String], of prefix: String) -> [Double] {
    let line = text(words).split(separator: "\n").first { $0.hasPrefix(prefix) }
    return line?.dropFirst(prefix.count).split(whereSeparator: { " ,".contains($0) })
      .compactMap { Double($0) } ?? []
  }
}

/// A path, or any other word that the system gives or takes, as the bytes that it is:
/// nothing says that file names and arguments are UTF-8.
public struct BytePath: Hashable, Sendable {
  /// The bytes, with no NUL in them or at their end.
  public let bytes: [UInt8]

  public init(_ bytes: [UInt8]) { self.bytes = bytes }
  public init(_ text: String) { bytes = Array(text.utf8) }

  public var isEmpty: Bool { bytes.isEmpty }
  public var isAbsolute: Bool { bytes.first == UInt8(ascii: "/") }

  /// As text for messages: what is not UTF-8 is replaced.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The parts between the slashes; empty ones vanish.
  public var components: [BytePath] {
    bytes.split(separator: UInt8(ascii: "/")).map { BytePath(Array($0)) }
  }

  /// Whether following the path may lead above where it starts.
  public var climbs: Bool { components.contains(BytePath("..")) }

  /// The path with another below it; an empty one changes nothing.
  public func appending(_ other: BytePath) -> BytePath {
    let tail = other.bytes.drop { $0 == UInt8(ascii: "/") }
    if tail.isEmpty { return self }
    if bytes.isEmpty { return other }
    let joint: [UInt8] = bytes.last == UInt8(ascii: "/") ? [] : [UInt8(ascii: "/")]
    return BytePath(bytes + joint + tail)
  }

  public func appending(_ other: String) -> BytePath { appending(BytePath(other)) }

  /// What is left of the path below an ancestor (or the ancestor itself), else nil.
  public func relative(to ancestor: BytePath) -> BytePath? {
    let mine = components
    let theirs = ancestor.components
    guard mine.starts(with: theirs) else { return nil }
    return mine.dropFirst(theirs.count).reduce(BytePath("/")) { $0.appending($1) }
  }

  /// Runs `body` with the bytes as a C string, which lives as long as `body` runs.
  public func withCString<Result, Failure: Error>(
    _ body: (UnsafePointer<CChar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let terminated = bytes.map { CChar(bitPattern: $0) } + [0]
    return try unsafe terminated.withUnsafeBufferPointer { buffer throws(Failure) in
      try unsafe body(buffer.baseAddress!)
    }
  }
}

/// A path, or any other word that the system gives or takes, as the bytes that it is:
/// nothing says that file names and arguments are UTF-8.
public struct BytePath: Hashable, Sendable {
  /// The bytes, with no NUL in them or at their end.
  public let bytes: [UInt8]

  public init(_ bytes: [UInt8]) { self.bytes = bytes }
  public init(_ text: String) { bytes = Array(text.utf8) }

  public var isEmpty: Bool { bytes.isEmpty }
  public var isAbsolute: Bool { bytes.first == slash }

  /// As text for messages: bytes that are not UTF-8 stand there as \xNN.
  public var text: String {
    // Nearly all are, and what decodes need not be validated first.
    if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    var text = ""
    var rest = bytes[...]
    while let byte = rest.first {
      var decoder = UTF8()
      var next = rest.prefix(4).makeIterator()
      if case .scalarValue(let character) = decoder.decode(&next) {
        text.unicodeScalars.append(character)
        rest = rest.dropFirst(UTF8.width(character))
      } else {
        let digits = String(byte, radix: 16)
        text += "\\x" + (digits.count < 2 ? "0" : "") + digits
        rest = rest.dropFirst()
      }
    }
    return text
  }

  /// The parts between the slashes; empty ones vanish.
  public var components: [BytePath] {
    bytes.split(separator: slash).map { BytePath(Array($0)) }
  }

  /// Whether following the path may lead above where it starts: ".." is one of its parts.
  public var climbs: Bool {
    var dots = 0
    for byte in bytes {
      switch byte {
      case slash:
        if dots == 2 { return true }
        dots = 0
      case UInt8(ascii: "."): dots += 1
      // More than two of anything is a name.
      default: dots = 3
      }
    }
    return dots == 2
  }

  /// The path with another below it; an empty one changes nothing.
  public func appending(_ other: BytePath) -> BytePath {
    let tail = other.bytes.drop { $0 == slash }
    if tail.isEmpty { return self }
    if bytes.isEmpty { return other }
    var joined: [UInt8] = []
    joined.reserveCapacity(bytes.count + 1 + tail.count)
    joined += bytes
    if bytes.last != slash { joined.append(slash) }
    joined += tail
    return BytePath(joined)
  }

  public func appending(_ other: String) -> BytePath { appending(BytePath(other)) }

  /// What is left of the path below an ancestor, with a slash in front, or "/" for the
  /// ancestor itself; nil for other paths.
  public func relative(to ancestor: BytePath) -> BytePath? {
    let base = ancestor.withoutLastSlash
    guard bytes.starts(with: base) else { return nil }
    let rest = bytes[base.count...]
    guard let first = rest.first else { return BytePath("/") }
    return first == slash ? BytePath(Array(rest)) : nil
  }

  /// The path and those of all directories above it, down to and with `top`, nearest first.
  public func upward(to top: BytePath) -> [BytePath] {
    let least = max(top.withoutLastSlash.count, 1)
    var path = withoutLastSlash
    var paths: [BytePath] = []
    while path.count > least {
      paths.append(BytePath(Array(path)))
      path = path[..<(path.lastIndex(of: slash) ?? 0)]
    }
    paths.append(top)
    return paths
  }

  /// Its last part; an empty path where it ends in a slash.
  public var name: BytePath {
    BytePath(Array(bytes[(bytes.lastIndex(of: slash).map { $0 + 1 } ?? 0)...]))
  }

  /// The directory that an absolute path's last part is in.
  public var directory: BytePath {
    let end = bytes.lastIndex(of: slash) ?? 0
    return BytePath(end > 0 ? Array(bytes[..<end]) : [slash])
  }

  private var withoutLastSlash: ArraySlice<UInt8> {
    bytes.last == slash ? bytes[..<(bytes.count - 1)] : bytes[...]
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

private let slash = UInt8(ascii: "/")

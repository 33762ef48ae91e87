/// Text as bytes, written as a string literal with values in it. For paths and messages: Swift's
/// runtime needs 20 µs when the first string that it had to allocate is let go of, and its way of
/// putting strings together is spread over many pages of the executable.
public struct ByteText: ExpressibleByStringInterpolation, Sendable {
  public private(set) var bytes: [UInt8]

  public init(_ bytes: [UInt8] = []) { self.bytes = bytes }
  public init(_ buffer: LineBuffer) { bytes = buffer.bytes.array }
  public init(stringLiteral text: String) { bytes = Array(text.utf8) }
  public init(stringInterpolation text: StringInterpolation) { bytes = text.bytes }

  public var isEmpty: Bool { bytes.isEmpty }

  public mutating func append(_ other: ByteText) { bytes += other.bytes }

  /// Appends an element of a list, after a separator unless it is the first.
  public mutating func append(_ other: ByteText, after separator: ByteText) {
    if !isEmpty { append(separator) }
    append(other)
  }

  public struct StringInterpolation: StringInterpolationProtocol, Sendable {
    private(set) var bytes: [UInt8] = []

    public init(literalCapacity: Int, interpolationCount: Int) {
      bytes.reserveCapacity(literalCapacity + interpolationCount * 24)
    }

    public mutating func appendLiteral(_ text: String) { bytes += text.utf8 }
    public mutating func appendInterpolation(_ text: String) { bytes += text.utf8 }
    public mutating func appendInterpolation(_ text: StaticString) {
      appendInterpolation(text.description)
    }
    public mutating func appendInterpolation(_ text: ByteText) { bytes += text.bytes }

    /// A path as messages show it.
    public mutating func appendInterpolation(text path: BytePath) {
      if path.bytes.allSatisfy({ $0 < 0x80 }) {
        bytes += path.bytes
      } else {
        bytes += path.text.utf8
      }
    }

    /// Paths as messages show them, with ", " between them.
    public mutating func appendInterpolation(list paths: [BytePath]) {
      for index in paths.indices {
        if index > 0 { bytes += ", ".utf8 }
        appendInterpolation(text: paths[index])
      }
    }

    public mutating func appendInterpolation(_ number: Int32) { append(Int64(number)) }
    public mutating func appendInterpolation(_ number: UInt32) { append(UInt64(number)) }
    public mutating func appendInterpolation(_ number: Int) { append(Int64(number)) }
    public mutating func appendInterpolation(_ number: UInt64) { append(number) }

    private mutating func append(_ number: Int64) {
      if number < 0 { bytes.append(UInt8(ascii: "-")) }
      append(number.magnitude)
    }

    private mutating func append(_ number: UInt64) {
      var divisor: UInt64 = 1
      while number / divisor >= 10 { divisor *= 10 }
      while divisor > 0 {
        bytes.append(0x30 + UInt8(truncatingIfNeeded: number / divisor % 10))
        divisor /= 10
      }
    }
  }
}

extension BytePath: ExpressibleByStringInterpolation {
  public init(stringLiteral text: String) { self.init(text) }
  public init(stringInterpolation text: ByteText.StringInterpolation) { self.init(text.bytes) }
}

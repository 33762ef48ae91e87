import Glibc

/// Reads a kernel's text file from its bytes, front to back, without copying any.
///
/// Valid as long as the bytes are: until its `ReadBuffer` is read into again. Nothing here
/// allocates; every step is linear in the bytes it passes over.
@safe
public struct ByteScanner {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  public init(_ bytes: UnsafeBufferPointer<UInt8>) { unsafe self.bytes = unsafe bytes }
  public init(_ slice: ByteSlice) { unsafe bytes = unsafe slice.bytes }

  /// Runs `body` with a scanner over an array, which lives as long as `body` runs.
  public static func scan<Result>(
    _ array: [UInt8], _ body: (inout ByteScanner) -> Result
  ) -> Result {
    unsafe array.withUnsafeBufferPointer { buffer in
      var scanner = unsafe ByteScanner(buffer)
      return body(&scanner)
    }
  }

  /// Whether nothing is left.
  public var isAtEnd: Bool { position == count }

  private var count: Int { unsafe bytes.count }

  /// What is left.
  public var rest: ByteSlice { slice(position, count) }

  /// The next byte, which stays.
  public var next: UInt8? { isAtEnd ? nil : unsafe bytes[position] }

  /// Takes the next line, without its newline; nil at the end. A last line with no newline
  /// is one that was torn off: the kernel ends every line, so it is not given out, and
  /// `isTorn` tells.
  public mutating func line() -> ByteScanner? {
    guard let end = newline() else { return nil }
    let line = slice(position, end)
    position = end + 1
    return ByteScanner(line)
  }

  /// Whether what is left is a line without an end.
  public var isTorn: Bool { !isAtEnd && newline() == nil }

  private func newline() -> Int? {
    guard position < count, let base = unsafe bytes.baseAddress else { return nil }
    let start = unsafe base + position
    guard let found = unsafe memchr(start, 0x0A, count - position) else { return nil }
    return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }

  /// Passes over blanks and tabs.
  public mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || byte == 0x09 { position += 1 }
  }

  /// Passes over blanks and tabs, and takes all up to the next one; empty at the end.
  public mutating func word() -> ByteSlice {
    skipBlanks()
    let start = position
    while let byte = next, byte != 0x20 && byte != 0x09 { position += 1 }
    return slice(start, position)
  }

  /// Takes all up to the next `byte`, which is passed over too; nil where there is none.
  public mutating func prefix(to byte: UInt8) -> ByteSlice? {
    guard let end = rest.firstIndex(of: byte) else { return nil }
    let prefix = slice(position, position + end)
    position += end + 1
    return prefix
  }

  /// Takes all up to the last `byte`, which is passed over too; nil where there is none.
  public mutating func prefix(toLast byte: UInt8) -> ByteSlice? {
    guard let end = rest.lastIndex(of: byte) else { return nil }
    let prefix = slice(position, position + end)
    position += end + 1
    return prefix
  }

  /// Passes over `text` if it comes next.
  public mutating func skip(_ text: StaticString) -> Bool {
    let length = text.utf8CodeUnitCount
    guard length <= count - position, length > 0 else { return length == 0 }
    guard unsafe memcmp(text.utf8Start, bytes.baseAddress! + position, length) == 0 else {
      return false
    }
    position += length
    return true
  }

  /// Takes a decimal number up to 2^64 - 1; nil, and nothing is passed over, where no
  /// digit comes next or the number is larger.
  public mutating func number() -> UInt64? {
    var value: UInt64 = 0
    var index = position
    while index < count {
      let digit = unsafe bytes[index] &- 0x30
      guard digit < 10 else { break }
      // 19 digits always fit; the twentieth may not.
      if index - position < 19 {
        value = value &* 10 &+ UInt64(digit)
      } else {
        let (tens, tooLarge) = value.multipliedReportingOverflow(by: 10)
        let (sum, overflow) = tens.addingReportingOverflow(UInt64(digit))
        if tooLarge || overflow { return nil }
        value = sum
      }
      index += 1
    }
    guard index > position else { return nil }
    position = index
    return value
  }

  /// Takes a number that fills a field: blanks before it, a blank or the end behind it.
  public mutating func numberField() -> UInt64? {
    skipBlanks()
    guard let value = number() else { return nil }
    guard let byte = next else { return value }
    return byte == 0x20 || byte == 0x09 ? value : nil
  }

  private func slice(_ start: Int, _ end: Int) -> ByteSlice {
    unsafe ByteSlice(UnsafeBufferPointer(rebasing: bytes[start..<end]))
  }
}

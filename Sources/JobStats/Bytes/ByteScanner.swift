import Glibc

/// Reads a kernel's text file from its bytes, front to back, without copying any.
///
/// Valid as long as the bytes are: until its `ReadBuffer` is read into again. Nothing here
/// allocates; every step is linear in the bytes it passes over. Behind its end are `padding` more
/// bytes, so that whole words can be loaded wherever it stands: zeros, or others that go on with
/// nothing that is looked for.
@safe
public struct ByteScanner {
  private var cursor: UnsafePointer<UInt8>
  private let end: UnsafePointer<UInt8>

  /// How many bytes can be read behind the end.
  package static let padding = 32

  /// - Parameter padded: the bytes; `padding` more are behind them.
  package init(padded bytes: UnsafeBufferPointer<UInt8>) {
    let start = bytes.baseAddress!
    unsafe self.init(start, start + bytes.count)
  }

  private init(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
    unsafe cursor = start
    unsafe self.end = end
  }

  /// - Parameter slice: a part of what was read, or of a `LineBuffer`: both have room behind them.
  init(_ slice: ByteSlice) { unsafe self.init(padded: slice.bytes) }

  /// Runs `body` with a scanner over a copy of an array, which lives as long as `body` runs.
  public static func scan<Result>(
    _ array: [UInt8], _ body: (inout ByteScanner) -> Result
  ) -> Result {
    unsafe (array + [UInt8](repeating: 0, count: padding)).withUnsafeBufferPointer { buffer in
      let bytes = unsafe UnsafeBufferPointer(rebasing: buffer[..<array.count])
      var scanner = unsafe ByteScanner(padded: bytes)
      return body(&scanner)
    }
  }

  /// Whether nothing is left.
  @inline(__always)
  public var isAtEnd: Bool { unsafe cursor == end }

  /// How many bytes are left.
  @inline(__always)
  public var left: Int { unsafe end - cursor }

  /// What is left.
  public var rest: ByteSlice { unsafe slice(to: end) }

  /// The next byte, which stays.
  @inline(__always)
  public var next: UInt8? { unsafe cursor == end ? nil : cursor.pointee }

  /// Takes the next line, without its newline; nil at the end. A last line with no newline
  /// is one that was torn off: the kernel ends every line, so it is not given out, and
  /// `isTorn` tells.
  @inline(__always)
  public mutating func line() -> ByteScanner? {
    guard let newline = unsafe findNewline() else { return nil }
    let line = unsafe ByteScanner(cursor, newline)
    unsafe cursor = newline + 1
    return line
  }

  /// Passes over what is left of a line, and its newline, if it ends in a digit: for long ones.
  @inline(__always)
  mutating func skipLineEndingInDigit() -> Bool {
    guard let newline = unsafe find(0x0A, from: cursor),
      unsafe newline != cursor && isDigit(newline[-1])
    else { return false }
    unsafe cursor = newline + 1
    return true
  }

  /// What a line ends with, whose newline is not looked at; none: there is no whole line.
  enum LineEnd { case none, endingInDigit, other }

  /// Passes over what is left of a line, and its newline; nothing where there is none.
  @inline(__always)
  mutating func skipLine() -> LineEnd {
    guard let newline = unsafe findNewline() else { return .none }
    let endsInDigit = unsafe newline != cursor && isDigit(newline[-1])
    unsafe cursor = newline + 1
    return endsInDigit ? .endingInDigit : .other
  }

  /// Whether the last line of what is left has no end.
  public var isTorn: Bool { unsafe !isAtEnd && end[-1] != 0x0A }

  /// Whether a digit comes next.
  public var startsInDigit: Bool { unsafe cursor != end && isDigit(cursor.pointee) }

  /// Whether the last byte is a digit, as in every line that ends with a number.
  @inline(__always)
  public var endsInDigit: Bool { unsafe cursor != end && isDigit(end[-1]) }

  /// Whether the last of the next few bytes is a digit; of none, that in front of them, which has
  /// to be there.
  /// - Parameter offset: how many they are; there are as many.
  @inline(__always)
  func endsInDigit(after offset: Int) -> Bool { unsafe isDigit(cursor[offset - 1]) }

  /// What is left but for the digits at its end.
  var withoutNumber: ByteSlice {
    var stop = unsafe end
    while unsafe stop != cursor && isDigit(stop[-1]) { unsafe stop -= 1 }
    return unsafe slice(to: stop)
  }

  /// The eight bytes that come after the next few, the first of them lowest; zeros where
  /// there are fewer. To look for several short words at once.
  @inline(__always)
  public func eightBytes(after offset: Int) -> UInt64 {
    guard unsafe end - cursor < offset + 8 else {
      return unsafe UInt64(
        littleEndian: UnsafeRawPointer(cursor + offset).loadUnaligned(as: UInt64.self))
    }
    return lastBytes(after: offset)
  }

  /// The same, but what is behind the end is whatever stands there: to look for words that come to
  /// an end before a line does.
  /// - Parameter offset: at most 24.
  @inline(__always)
  func next(after offset: Int) -> UInt64 {
    unsafe UInt64(
      littleEndian: UnsafeRawPointer(cursor).loadUnaligned(
        fromByteOffset: offset, as: UInt64.self))
  }

  /// Sixteen bytes, as `next`.
  /// - Parameter offset: at most 16, or no further than the end.
  @inline(__always)
  func sixteenBytes(after offset: Int = 0) -> SixteenBytes {
    unsafe SixteenBytes(
      bytes: UnsafeRawPointer(cursor).loadUnaligned(
        fromByteOffset: offset, as: SIMD16<UInt8>.self))
  }

  @inline(never)
  private func lastBytes(after offset: Int) -> UInt64 {
    let left = unsafe end - cursor - offset
    guard left > 0 else { return 0 }
    var place = unsafe UnsafeRawPointer(end)
    var bytes: UInt64 = 0
    if left & 1 != 0 {
      unsafe place -= 1
      bytes = UInt64(unsafe place.load(as: UInt8.self))
    }
    if left & 2 != 0 {
      unsafe place -= 2
      bytes =
        bytes << 16 | UInt64(unsafe UInt16(littleEndian: place.loadUnaligned(as: UInt16.self)))
    }
    if left & 4 != 0 {
      unsafe place -= 4
      bytes =
        bytes << 32 | UInt64(unsafe UInt32(littleEndian: place.loadUnaligned(as: UInt32.self)))
    }
    return bytes
  }

  /// Passes over bytes that are known to be there.
  @inline(__always)
  public mutating func skip(_ count: Int) {
    precondition(unsafe count <= end - cursor)
    unsafe cursor += count
  }

  /// Passes over a word if it comes next. The end is not looked at: what is behind it begins with
  /// zeros, or with nothing that is looked for, and no word has a zero.
  @inline(__always)
  mutating func skip(_ word: LineWord) -> Bool {
    guard word.begins(self) else { return false }
    unsafe cursor += word.length
    return true
  }

  /// Whether a byte comes after the next few, of which it is known that there are more.
  @inline(__always)
  func isNext(_ byte: UInt8, after offset: Int) -> Bool { unsafe cursor[offset] == byte }

  /// Passes over a byte if it comes next.
  @inline(__always)
  mutating func skip(_ byte: UInt8) -> Bool {
    guard unsafe cursor != end && cursor.pointee == byte else { return false }
    unsafe cursor += 1
    return true
  }

  /// Passes over blanks and tabs.
  @inline(__always)
  public mutating func skipBlanks() {
    while unsafe cursor != end && isBlank(cursor.pointee) { unsafe cursor += 1 }
  }

  /// Passes over blanks and tabs, and takes all up to the next one; empty at the end.
  public mutating func word() -> ByteSlice {
    skipBlanks()
    var stop = unsafe cursor
    while unsafe stop != end && !isBlank(stop.pointee) { unsafe stop += 1 }
    defer { unsafe cursor = stop }
    return unsafe slice(to: stop)
  }

  /// Takes all up to the next `byte`, which is passed over too; nil where there is none.
  public mutating func prefix(to byte: UInt8) -> ByteSlice? {
    guard let found = unsafe find(byte, from: cursor) else { return nil }
    defer { unsafe cursor = found + 1 }
    return unsafe slice(to: found)
  }

  /// Passes over `text` if it comes next.
  @inline(__always)
  public mutating func skip(_ text: StaticString) -> Bool {
    let length = text.utf8CodeUnitCount
    guard unsafe length <= end - cursor else { return false }
    guard unsafe memcmp(text.utf8Start, cursor, length) == 0 else { return false }
    unsafe cursor += length
    return true
  }

  /// The next newline, sixteen bytes at a time: for short lines.
  @inline(__always)
  private func findNewline() -> UnsafePointer<UInt8>? {
    var rest = self
    while !rest.isAtEnd {
      let found = rest.sixteenBytes().equal(0x0A)
      if found != 0 {
        let place = unsafe rest.cursor + found.trailingZeroBitCount
        // One behind the end is of another file.
        return unsafe place < end ? place : nil
      }
      guard rest.left > 16 else { return nil }
      unsafe rest.cursor += 16
    }
    return nil
  }

  @inline(never)
  private func find(_ byte: UInt8, from place: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
    guard let found = unsafe memchr(place, CInt(byte), end - place) else { return nil }
    return unsafe UnsafePointer(found.assumingMemoryBound(to: UInt8.self))
  }

  private func slice(to stop: UnsafePointer<UInt8>) -> ByteSlice {
    unsafe ByteSlice(UnsafeBufferPointer(start: cursor, count: stop - cursor))
  }
}

@inline(__always)
private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

@inline(__always)
private func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

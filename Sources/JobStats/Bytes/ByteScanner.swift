import Glibc

/// Reads a kernel's text file from its bytes, front to back, without copying any.
///
/// Valid as long as the bytes are: until its `ReadBuffer` is read into again. Nothing here
/// allocates; every step is linear in the bytes it passes over.
@safe
public struct ByteScanner {
  private var cursor: UnsafePointer<UInt8>
  private let end: UnsafePointer<UInt8>

  public init(_ bytes: UnsafeBufferPointer<UInt8>) {
    // An empty buffer may have no address; that of any constant will do.
    let empty: StaticString = ""
    let start = unsafe bytes.baseAddress ?? empty.utf8Start
    unsafe cursor = start
    unsafe end = start + bytes.count
  }

  private init(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
    unsafe cursor = start
    unsafe self.end = end
  }

  public init(_ slice: ByteSlice) { unsafe self.init(slice.bytes) }

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
    guard let newline = unsafe find(0x0A) else { return nil }
    let line = unsafe ByteScanner(cursor, newline)
    unsafe cursor = newline + 1
    return line
  }

  /// Whether the last line of what is left has no end.
  public var isTorn: Bool { unsafe !isAtEnd && end[-1] != 0x0A }

  /// Whether the last byte is a digit, as in every line that ends with a number.
  @inline(__always)
  public var endsInDigit: Bool { unsafe cursor != end && isDigit(end[-1]) }

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

  @inline(never)
  private func lastBytes(after offset: Int) -> UInt64 {
    var bytes: UInt64 = 0
    var place = unsafe end
    while unsafe place - cursor > offset {
      unsafe place -= 1
      unsafe bytes = bytes << 8 | UInt64(place.pointee)
    }
    return bytes
  }

  /// Passes over bytes that are known to be there.
  @inline(__always)
  public mutating func skip(_ count: Int) {
    precondition(unsafe count <= end - cursor)
    unsafe cursor += count
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
    guard let found = unsafe find(byte) else { return nil }
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

  /// Takes a decimal number up to 2^64 - 1; nil, and nothing is passed over, where no
  /// digit comes next or the number is larger.
  public mutating func number() -> UInt64? {
    var text = eightBytes(after: 0)
    var length = Digits.count(in: text)
    guard length > 0 else { return nil }
    var value = Digits.number(text, count: length)
    if length == 8 {
      // Sixteen digits always fit; what comes behind them is rare.
      text = eightBytes(after: 8)
      let more = Digits.count(in: text)
      if more == 8 { return longNumber() }
      if more > 0 {
        value = value &* Digits.power(more) &+ Digits.number(text, count: more)
        length += more
      }
    }
    unsafe cursor += length
    return value
  }

  /// A number of any length.
  @inline(never)
  private mutating func longNumber() -> UInt64? {
    var value: UInt64 = 0
    var stop = unsafe cursor
    while unsafe stop != end, unsafe isDigit(stop.pointee) {
      let digit = UInt64(unsafe stop.pointee &- 0x30)
      let (tens, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflow) = tens.addingReportingOverflow(digit)
      if tooLarge || overflow { return nil }
      value = sum
      unsafe stop += 1
    }
    unsafe cursor = stop
    return value
  }

  /// Takes a number that fills a field: blanks before it, a blank or the end behind it.
  public mutating func numberField() -> UInt64? {
    skipBlanks()
    guard let value = number(), unsafe cursor == end || isBlank(cursor.pointee) else {
      return nil
    }
    return value
  }

  /// Passes over fields that are numbers, whatever their value, and the blanks around them.
  /// Returns whether there were as many, and nothing but digits and blanks.
  ///
  /// Eight bytes at a time: of blanks (0x20) and digits (0x30 to 0x39) bit 4 tells which.
  @inline(never)
  public mutating func skipNumberFields(_ wanted: Int) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let blanks: UInt64 = 0x2020_2020_2020_2020
    var missing = wanted
    var afterDigit: UInt64 = 0
    while unsafe cursor != end {
      let left = unsafe end - cursor
      // Of a blank nothing is left, of a digit 0x10 and its value.
      let bytes = eightBytes(after: 0) ^ (left < 8 ? blanks >> UInt64(64 - left * 8) : blanks)
      let digits = (bytes >> 4) & ones
      // Neither 0x20 to 0x3F; nor above 0x39; nor 0x21 to 0x2F.
      let others =
        (bytes | (bytes &+ 0x0606_0606_0606_0606)) & 0xE0E0_E0E0_E0E0_E0E0
        | bytes & ((digits ^ ones) &* 0x0F)
      guard others == 0 else { return false }
      // The first digit of each number: one that has no digit before it.
      var starts = digits & ~(digits << 8 | afterDigit)
      let count = Int((starts &* ones) >> 56)
      if count > missing {
        while missing > 0 {
          starts &= starts &- 1
          missing -= 1
        }
        unsafe cursor += starts.trailingZeroBitCount / 8
        return true
      }
      missing -= count
      afterDigit = digits >> 56
      unsafe cursor += min(left, 8)
    }
    return missing == 0
  }

  private func find(_ byte: UInt8) -> UnsafePointer<UInt8>? {
    guard let found = unsafe memchr(cursor, CInt(byte), end - cursor) else { return nil }
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

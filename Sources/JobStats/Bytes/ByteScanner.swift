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

  /// Whether the last line of what is left has no end.
  public var isTorn: Bool { unsafe !isAtEnd && end[-1] != 0x0A }

  /// Whether a digit comes next.
  public var startsInDigit: Bool { unsafe cursor != end && isDigit(cursor.pointee) }

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

  /// Passes over some bytes, if there are more of them and the last one ends a line.
  @inline(__always)
  mutating func skipToLine(after count: Int) -> Bool {
    guard unsafe count < end - cursor && (count == 0 || cursor[count - 1] == 0x0A) else {
      return false
    }
    unsafe cursor += count
    return true
  }

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
  /// Returns whether there were as many, each with a blank, a newline or the end behind it.
  ///
  /// Eight bytes at a time: of blanks (0x20) and digits (0x30 to 0x39) bit 4 tells which.
  @inline(never)
  public mutating func skipNumberFields(_ wanted: Int) -> Bool {
    var missing = wanted
    var afterDigit: UInt64 = 0
    while unsafe end - cursor >= 8 {
      let fields = NumberFields(eightBytes(after: 0), afterDigit)
      guard fields.others == 0, fields.count <= missing else { break }
      missing &-= fields.count
      afterDigit = fields.digits >> 56
      unsafe cursor += 8
    }
    return skipLastNumberFields(missing, afterDigit)
  }

  /// The last word of some that numbers are to be passed over in.
  @inline(__always)
  private mutating func skipLastNumberFields(_ missing: Int, _ afterDigit: UInt64) -> Bool {
    // What comes behind the end counts as one newline.
    let left = unsafe end - cursor
    let behind: UInt64 = left < 8 ? 0x0A << UInt64(left * 8) : 0
    let fields = NumberFields(eightBytes(after: 0) | behind, afterDigit)
    if fields.count > missing {
      var starts = fields.starts
      for _ in 0..<missing { starts &= starts &- 1 }
      unsafe cursor += starts.trailingZeroBitCount / 8
      return true
    }
    // The first byte that is neither digit nor blank.
    let place = fields.others.trailingZeroBitCount & ~7
    let isGlued = (fields.digits << 8 | afterDigit) >> UInt64(place) & 1 != 0
    unsafe cursor += place / 8
    return fields.count == missing && (!isGlued || isAtEnd || next == 0x0A)
  }

  private static let ones: UInt64 = 0x0101_0101_0101_0101

  /// The next newline: four words are looked at here, which is cheaper than a call and
  /// enough for most lines.
  @inline(__always)
  private func findNewline() -> UnsafePointer<UInt8>? {
    var place = unsafe UnsafeRawPointer(cursor)
    let stop = unsafe min(UnsafeRawPointer(end) - 8, place + 24)
    while unsafe place <= stop {
      let bytes =
        unsafe UInt64(littleEndian: place.loadUnaligned(as: UInt64.self))
        ^ 0x0A0A_0A0A_0A0A_0A0A
      // The lowest bit that is set is that of the first byte that is 0.
      let found = (bytes &- Self.ones) & ~bytes & 0x8080_8080_8080_8080
      if found != 0 {
        return unsafe (place + found.trailingZeroBitCount / 8).assumingMemoryBound(
          to: UInt8.self)
      }
      unsafe place += 8
    }
    return unsafe find(0x0A, from: place.assumingMemoryBound(to: UInt8.self))
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

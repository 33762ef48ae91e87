/// Where the next bytes of a line go, in room that a `LineBuffer` has for them: what is put
/// costs its stores and little else. It is valid within `LineBuffer.put`.
///
/// Whole words are stored where fewer bytes count; what is too much is overwritten by what
/// comes next. So nothing is put behind `limit`, but up to `slack` bytes may be stored there.
@safe
package struct LineCursor {
  private(set) var place: UnsafeMutableRawPointer
  private let limit: UnsafeMutableRawPointer

  /// No stores go further before the place is looked at: a `LineText`; a blank, 20 digits, and as
  /// many as come with the last. Nor does a scanner look further than this behind the text.
  static let slack = 48

  /// - Parameter limit: behind the last byte that may be put; there are `slack` more.
  @inline(__always)
  init(_ place: UnsafeMutableRawPointer, limit: UnsafeMutableRawPointer) {
    unsafe self.place = place
    unsafe self.limit = limit
  }

  /// A text of up to 32 bytes: one that is a constant where this is called.
  @inline(__always)
  package mutating func put(_ text: StaticString) {
    let length = text.utf8CodeUnitCount
    precondition(length <= 32)
    unsafe place.copyMemory(from: text.utf8Start, byteCount: length)
    unsafe advance(to: place + length)
  }

  /// A text that is put again and again.
  @inline(__always)
  mutating func put(_ text: LineText) {
    let (first, second, third) = text.parts
    unsafe place.storeBytes(of: first.bytes, as: SIMD16<UInt8>.self)
    unsafe place.storeBytes(of: second.bytes, toByteOffset: 16, as: SIMD16<UInt8>.self)
    unsafe place.storeBytes(of: third.bytes, toByteOffset: 32, as: SIMD16<UInt8>.self)
    unsafe advance(to: place + text.count)
  }

  /// A part of another's text, sixteen bytes at a time: for short ones.
  @inline(__always)
  mutating func put(_ part: Range<Int>, of buffer: LineBuffer) {
    let bytes = unsafe buffer.words(part)
    precondition(unsafe bytes.count <= limit - place)
    var done = 0
    repeat {
      let words = unsafe bytes.start.loadUnaligned(
        fromByteOffset: done, as: SIMD2<UInt64>.self)
      unsafe place.storeBytes(of: words, toByteOffset: done, as: SIMD2<UInt64>.self)
      done &+= 16
    } while unsafe done < bytes.count
    unsafe place += bytes.count
  }

  /// A whole number in decimal.
  @inline(__always)
  package mutating func put(decimal value: UInt64) {
    unsafe advance(to: write(value, to: place))
  }

  /// A whole number that was read, as it stood there, if it may; and what it is of.
  @inline(__always)
  mutating func put(_ number: ScannedNumber, _ key: ShortText) {
    guard _fastPath(number.hasText) else { return put(number.value, key) }
    unsafe put(key, behind: write(number, to: place))
  }

  /// A whole number, and what it is of.
  @inline(__always)
  mutating func put(_ value: UInt64, _ key: ShortText) {
    unsafe put(key, behind: write(value, to: place))
  }

  @inline(__always)
  private mutating func put(_ key: ShortText, behind number: UnsafeMutableRawPointer) {
    unsafe number.storeBytes(of: key.bytes.bytes, as: SIMD16<UInt8>.self)
    unsafe advance(to: number + key.count)
  }

  /// Nanoseconds as seconds with four decimals, rounded to the nearest.
  @inline(__always)
  package mutating func put(seconds nanoseconds: UInt64) {
    unsafe advance(to: writeSeconds(nanoseconds, to: place))
  }

  /// " VALUE KEY".
  @inline(__always)
  package mutating func put(field value: UInt64, _ key: StaticString) {
    putBlank()
    put(decimal: value)
    put(key)
  }

  /// The same for a number that was read.
  @inline(__always)
  mutating func put(field number: ScannedNumber, _ key: StaticString) {
    putBlank()
    guard _fastPath(number.hasText) else {
      put(decimal: number.value)
      return put(key)
    }
    unsafe advance(to: write(number, to: place))
    put(key)
  }

  /// " SECONDS KEY" for a value in nanoseconds.
  @inline(__always)
  package mutating func put(secondsField nanoseconds: UInt64, _ key: StaticString) {
    putBlank()
    put(seconds: nanoseconds)
    put(key)
  }

  /// The first bytes of eight, the first of them lowest.
  @inline(__always)
  mutating func put(_ bytes: UInt64, _ count: Int) {
    unsafe place.storeBytes(of: bytes.littleEndian, as: UInt64.self)
    unsafe advance(to: place + count)
  }

  /// A blank, which what comes next is put behind.
  @inline(__always)
  mutating func putBlank() {
    unsafe place.storeBytes(of: 0x20, as: UInt8.self)
    unsafe place += 1
  }

  @inline(__always)
  private mutating func advance(to place: UnsafeMutableRawPointer) {
    precondition(unsafe place <= limit)
    unsafe self.place = place
  }
}

/// Stores a number in decimal. Returns what is behind its last digit.
@inline(never)
private func write(
  _ value: UInt64, to place: UnsafeMutableRawPointer
) -> UnsafeMutableRawPointer {
  if value < 10 {
    unsafe place.storeBytes(of: 0x30 &+ UInt8(truncatingIfNeeded: value), as: UInt8.self)
    return unsafe place + 1
  }
  if value < Digits.bound { return unsafe writeShort(value, to: place) }
  let high = value / Digits.bound
  let next: UnsafeMutableRawPointer
  if high < Digits.bound {
    unsafe next = writeShort(high, to: place)
  } else {
    let highest = unsafe writeShort(high / Digits.bound, to: place)
    unsafe next = writeWord(Digits.text(of: high % Digits.bound), 8, to: highest)
  }
  return unsafe writeWord(Digits.text(of: value &- high &* Digits.bound), 8, to: next)
}

/// Stores the digits of a number that was read. Returns what is behind the last one.
@inline(__always)
private func write(
  _ number: ScannedNumber, to place: UnsafeMutableRawPointer
) -> UnsafeMutableRawPointer {
  unsafe place.storeBytes(of: number.text.bytes, as: SIMD16<UInt8>.self)
  return unsafe place + number.digits
}

/// A number of one to eight digits that is not 0.
@inline(__always)
private func writeShort(
  _ value: UInt64, to place: UnsafeMutableRawPointer
) -> UnsafeMutableRawPointer {
  let digits = Digits.values(of: value)
  let zeros = digits.trailingZeroBitCount & 0x38
  return unsafe writeWord(
    (digits | Digits.zeros) &>> UInt64(zeros), 8 &- zeros &>> 3, to: place)
}

/// Stores nanoseconds as seconds with four decimals. Returns what is behind the last digit.
@inline(never)
private func writeSeconds(
  _ nanoseconds: UInt64, to place: UnsafeMutableRawPointer
) -> UnsafeMutableRawPointer {
  let units = Digits.tenThousandths(nanoseconds)
  let text: UInt64
  let next: UnsafeMutableRawPointer
  if units < Digits.bound {
    // Four digits before the point, of which one at least is shown, and four behind it.
    let digits = Digits.values(of: units)
    let zeros = min(digits.trailingZeroBitCount & 0x78, 24)
    text = digits | Digits.zeros
    unsafe next = writeWord(text &>> UInt64(zeros), 4 &- zeros &>> 3, to: place)
  } else {
    unsafe next = write(units / 10_000, to: place)
    text = Digits.text(of: units % 10_000)
  }
  // A point and the last four of eight digits.
  return unsafe writeWord(text &>> 24 & ~0xFF | 0x2E, 5, to: next)
}

@inline(__always)
private func writeWord(
  _ bytes: UInt64, _ count: Int, to place: UnsafeMutableRawPointer
) -> UnsafeMutableRawPointer {
  unsafe place.storeBytes(of: bytes.littleEndian, as: UInt64.self)
  return unsafe place + count
}

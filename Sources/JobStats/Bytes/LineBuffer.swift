import Glibc

/// Text that is to be written: lines put together from parts, in room that is kept.
///
/// Appending is linear in the bytes appended and allocates only when the text gets longer
/// than it ever was.
@safe
public final class LineBuffer {
  private var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  /// How many bytes there are.
  public private(set) var count = 0
  /// The interval part that has been written last, which most lines of a poll share.
  private var interval: (nanoseconds: UInt64, start: Int, length: Int)?

  public init(capacity: Int = 4096) {
    self.capacity = capacity
    unsafe base = .allocate(capacity: capacity)
  }

  deinit { unsafe base.deallocate() }

  public var isEmpty: Bool { count == 0 }
  public func clear() {
    count = 0
    interval = nil
  }

  /// The bytes, valid until the next change.
  public var bytes: ByteSlice {
    unsafe ByteSlice(UnsafeBufferPointer(start: base, count: count))
  }

  public func append(_ text: StaticString) {
    unsafe append(text.utf8Start, text.utf8CodeUnitCount)
  }

  public func append(_ array: [UInt8]) {
    unsafe array.withUnsafeBufferPointer { unsafe append($0.baseAddress, $0.count) }
  }

  public func append(_ slice: ByteSlice) {
    unsafe append(slice.bytes.baseAddress, slice.count)
  }

  public func append(_ byte: UInt8) {
    reserve(1)
    unsafe base[count] = byte
    count += 1
  }

  /// Appends a whole number in decimal.
  public func append(decimal value: UInt64) {
    reserve(20)
    put(decimal: value)
  }

  @inline(__always)
  private func put(decimal value: UInt64) {
    if value < 10 {
      unsafe base[count] = 0x30 &+ UInt8(truncatingIfNeeded: value)
      count += 1
    } else {
      write(value, Self.digits(of: value))
    }
  }

  /// Appends " VALUE KEY".
  public func append(field value: UInt64, _ key: StaticString) {
    let length = key.utf8CodeUnitCount
    reserve(21 + length)
    unsafe base[count] = 0x20
    count += 1
    put(decimal: value)
    unsafe (base + count).update(from: key.utf8Start, count: length)
    count += length
  }

  /// Appends a number with leading zeros up to `width` digits; larger ones are cut off.
  public func append(padded value: UInt64, width: Int) {
    reserve(width)
    write(value, width)
  }

  /// Appends thousandths with three decimals.
  public func append(thousandths value: UInt64) {
    append(decimal: value / 1000)
    append(UInt8(ascii: "."))
    append(padded: value % 1000, width: 3)
  }

  /// Appends nanoseconds as seconds with four decimals, rounded to the nearest.
  public func append(seconds nanoseconds: UInt64) {
    let units = nanoseconds / 100_000 &+ (nanoseconds % 100_000 >= 50_000 ? 1 : 0)
    append(decimal: units / 10_000)
    append(UInt8(ascii: "."))
    append(padded: units % 10_000, width: 4)
  }

  /// Appends " -- interval SECONDS seconds".
  public func append(interval nanoseconds: UInt64) {
    if let interval, interval.nanoseconds == nanoseconds {
      reserve(interval.length)
      unsafe (base + count).update(from: base + interval.start, count: interval.length)
      count += interval.length
      return
    }
    let start = count
    append(" -- interval ")
    append(seconds: nanoseconds)
    append(" seconds")
    interval = (nanoseconds, start, count - start)
  }

  /// Drops the first `number` bytes and moves the others to the front.
  public func drop(_ number: Int) {
    precondition(number >= 0 && number <= count)
    count -= number
    unsafe base.update(from: base + number, count: count)
    interval = nil
  }

  private func write(_ value: UInt64, _ digits: Int) {
    var rest = value
    var index = count + digits
    while index > count {
      index -= 1
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      unsafe base[index] = 0x30 &+ UInt8(truncatingIfNeeded: digit)
      rest = quotient
    }
    count += digits
  }

  private static func digits(of value: UInt64) -> Int {
    var digits = 1
    var bound: UInt64 = 10
    while value >= bound {
      digits += 1
      if digits == 20 { break }
      bound &*= 10
    }
    return digits
  }

  private func append(_ source: UnsafePointer<UInt8>?, _ number: Int) {
    guard let source = unsafe source else { return }
    reserve(number)
    unsafe (base + count).update(from: source, count: number)
    count += number
  }

  @inline(__always)
  private func reserve(_ number: Int) {
    if capacity - count < number { grow(number) }
  }

  @inline(never)
  private func grow(_ number: Int) {
    let larger = max(capacity * 2, count + number)
    let room = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    unsafe room.update(from: base, count: count)
    unsafe base.deallocate()
    unsafe base = room
    capacity = larger
  }
}

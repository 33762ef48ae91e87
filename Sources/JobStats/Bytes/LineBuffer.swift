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
    reserve(text.utf8CodeUnitCount)
    put(text)
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
    reserve(Self.longestNumber)
    put(decimal: value)
  }

  /// Appends " VALUE KEY".
  @inline(never)
  public func append(field value: UInt64, _ key: StaticString) {
    reserve(1 + Self.longestNumber + key.utf8CodeUnitCount)
    unsafe base[count] = 0x20
    count += 1
    put(decimal: value)
    put(key)
  }

  /// Appends a number with leading zeros up to `width` digits, eight at most; larger ones
  /// are cut off.
  public func append(padded value: UInt64, width: Int) {
    precondition(width > 0 && width <= 8)
    reserve(8)
    put(Digits.text(of: value % Digits.bound) >> UInt64(64 - 8 * width), width)
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
    reserve(Self.longestNumber)
    put(decimal: units / 10_000)
    // A point and the last four of eight digits.
    put(Digits.text(of: units % 10_000) >> 24 & ~0xFF | 0x2E, 5)
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

  // What puts bytes where room has been reserved.

  /// The most digits there are, and room to store eight bytes where fewer count.
  private static let longestNumber = 20 + 8

  @inline(never)
  private func put(decimal value: UInt64) {
    if value < 10 {
      unsafe base[count] = 0x30 &+ UInt8(truncatingIfNeeded: value)
      count += 1
    } else if value < Digits.bound {
      let digits = Digits.values(of: value)
      let zeros = digits.trailingZeroBitCount & ~7
      put((digits | Digits.zeros) >> UInt64(zeros), 8 - zeros / 8)
    } else {
      put(decimal: value / Digits.bound)
      put(Digits.text(of: value % Digits.bound), 8)
    }
  }

  /// The first bytes of eight, the first of them lowest.
  @inline(__always)
  private func put(_ bytes: UInt64, _ number: Int) {
    unsafe UnsafeMutableRawPointer(base + count).storeBytes(
      of: bytes.littleEndian, as: UInt64.self)
    count += number
  }

  /// A text in one or two copies of a fixed length, which are cheaper than a call.
  private func put(_ text: StaticString) {
    let length = text.utf8CodeUnitCount
    if length >= 8 && length <= 16 {
      unsafe copy(text.utf8Start, length, as: UInt64.self)
    } else if length >= 4 && length < 8 {
      unsafe copy(text.utf8Start, length, as: UInt32.self)
    } else {
      unsafe (base + count).update(from: text.utf8Start, count: length)
    }
    count += length
  }

  /// The first bytes and the last, which may be some of the first again.
  @inline(__always)
  private func copy<Word: FixedWidthInteger & BitwiseCopyable>(
    _ source: UnsafePointer<UInt8>, _ length: Int, as type: Word.Type
  ) {
    let from = unsafe UnsafeRawPointer(source)
    let to = unsafe UnsafeMutableRawPointer(base + count)
    let last = length - MemoryLayout<Word>.size
    unsafe to.storeBytes(of: from.loadUnaligned(as: type), as: type)
    unsafe (to + last).storeBytes(of: (from + last).loadUnaligned(as: type), as: type)
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

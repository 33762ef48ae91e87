import Glibc

/// Text that is to be written: lines put together from parts, in room that is kept.
///
/// Appending is linear in the bytes appended and allocates only when the text gets longer
/// than it ever was.
@safe
public final class LineBuffer {
  private var base: UnsafeMutablePointer<UInt8>
  /// Without the slack of a `LineCursor`, which holds nothing.
  private var capacity: Int
  /// How many bytes there are.
  public private(set) var count = 0

  public init(capacity: Int = 4096) {
    self.capacity = capacity
    unsafe base = .allocate(capacity: capacity + LineCursor.slack)
  }

  deinit { unsafe base.deallocate() }

  public var isEmpty: Bool { count == 0 }
  public func clear() { count = 0 }

  /// The bytes, valid until the next change.
  public var bytes: ByteSlice {
    unsafe ByteSlice(UnsafeBufferPointer(start: base, count: count))
  }

  public func append(_ text: StaticString) {
    unsafe append(text.utf8Start, text.utf8CodeUnitCount)
  }

  /// Appends what `body` puts; it may put up to `room` bytes.
  @inline(__always)
  func put(room: Int, _ body: (inout LineCursor) -> Void) {
    reserve(room)
    var cursor = unsafe LineCursor(base + count, limit: base + capacity)
    body(&cursor)
    count = unsafe cursor.place - UnsafeMutableRawPointer(base)
  }

  /// A part of the text, of which whole words may be read: there is room behind its end.
  @inline(__always)
  func words(_ part: Range<Int>) -> (start: UnsafeRawPointer, count: Int) {
    precondition(part.upperBound <= count)
    return unsafe (UnsafeRawPointer(base + part.lowerBound), part.count)
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
    put(room: Self.longestNumber) { $0.put(decimal: value) }
  }

  /// Appends a number with leading zeros up to `width` digits, eight at most; larger ones
  /// are cut off.
  public func append(padded value: UInt64, width: Int) {
    precondition(width > 0 && width <= 8)
    put(room: width) {
      $0.put(Digits.text(of: value % Digits.bound) >> UInt64(64 - 8 * width), width)
    }
  }

  /// Appends thousandths with three decimals.
  public func append(thousandths value: UInt64) {
    append(decimal: value / 1000)
    append(UInt8(ascii: "."))
    append(padded: value % 1000, width: 3)
  }

  /// Appends nanoseconds as seconds with four decimals, rounded to the nearest.
  public func append(seconds nanoseconds: UInt64) {
    put(room: Self.longestNumber) { $0.put(seconds: nanoseconds) }
  }

  /// Drops the first `number` bytes and moves the others to the front.
  public func drop(_ number: Int) {
    precondition(number >= 0 && number <= count)
    count -= number
    unsafe base.update(from: base + number, count: count)
  }

  /// Adds it with what it holds.
  func listPlaces(in list: inout PrefetchList) {
    list.add(self)
    unsafe list.add(UnsafeRawBufferPointer(start: base, count: count))
  }

  private static let longestNumber = 20

  private func append(_ source: UnsafePointer<UInt8>?, _ number: Int) {
    guard let source = unsafe source else { return }
    reserve(number)
    unsafe (base + count).update(from: source, count: number)
    count += number
  }

  @inline(__always)
  private func reserve(_ number: Int) {
    if _slowPath(capacity &- count < number) { grow(number) }
  }

  @inline(never)
  private func grow(_ number: Int) {
    let larger = max(capacity * 2, count + number)
    let room = UnsafeMutablePointer<UInt8>.allocate(capacity: larger + LineCursor.slack)
    unsafe room.update(from: base, count: count)
    unsafe base.deallocate()
    unsafe base = room
    capacity = larger
  }
}

import CStatShim

/// Where in memory is what polls look at, so that it can be asked for all at once.
///
/// Between two polls the processor's caches are the job's. What a poll then looks at is far away,
/// and it would wait for one thing after the other, which takes most of its time in user space.
/// Places are only hints: where nothing is any more, asking costs as much and does no harm; and what
/// there is no room for is left out. (A statistic with the tables of two sources and a tree of
/// processes lists about twenty.)
public struct PrefetchList {
  /// Addresses of lines, and in their low bits how many more follow.
  private var runs = InlineArray<24, UInt>(repeating: 0)
  private var count = 0
  /// In bytes.
  private static let line = UInt(CSTAT_LINE)
  private static let mostMore: UInt = 15

  /// Adds the first bytes of an object, or all of it; 1 KiB at most, and as long as there is room.
  public mutating func add(_ object: AnyObject, first bytes: Int = .max) {
    let place = unsafe Unmanaged.passUnretained(object).toOpaque()
    add(UInt(bitPattern: place), min(bytes, Int(unsafe cstat_room(place))))
  }

  /// Adds what an array holds, in the same way.
  mutating func add<Element>(_ array: some Collection<Element>) {
    array.withContiguousStorageIfAvailable { unsafe add(UnsafeRawBufferPointer($0)) }
  }

  /// Adds the table by way of which a statistic is called.
  mutating func add(tableOf statistic: any Statistic) { add(Self.table(of: statistic), 1) }

  /// Where it is: what the last word of a protocol's value says.
  static func table(of statistic: any Statistic) -> UInt {
    // Without `as` it is the object that is handed on, and no longer the value.
    unsafe withUnsafeBytes(of: statistic as any Statistic) { value in
      unsafe value.loadUnaligned(
        fromByteOffset: value.count - MemoryLayout<UInt>.size, as: UInt.self)
    }
  }

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    add(UInt(bitPattern: bytes.baseAddress), bytes.count)
  }

  private mutating func add(_ place: UInt, _ bytes: Int) {
    guard count < runs.count, bytes > 0 else { return }
    let first = place / Self.line
    let last = (place &+ UInt(bytes) &- 1) / Self.line
    runs[count] = first * Self.line | min(last - first, Self.mostMore)
    count += 1
  }

  mutating func clear() { count = 0 }

  /// How many lines there are.
  var lines: Int { (0..<count).reduce(0) { $0 + 1 + Int(runs[$1] % Self.line) } }

  /// Asks for all of it. Cost: some nanoseconds a line; no system call. (It changes nothing; but
  /// else the compiler copies it all first.)
  @inline(__always)
  mutating func fetch() {
    if count == 0 { return }
    unsafe runs.span.withUnsafeBufferPointer { unsafe cstat_prefetch($0.baseAddress, count) }
  }
}

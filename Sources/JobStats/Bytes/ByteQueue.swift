import CStatShim

/// Bytes that have been read and not yet passed on, first in first out.
@safe
public final class ByteQueue {
  private let base: UnsafeMutablePointer<UInt8>
  private let capacity: Int
  private static let page = 4096
  private var start = 0
  private var end = 0

  public init(capacity: Int) {
    self.capacity = capacity
    // To and from what lies in pages as a pipe's bytes do the kernel copies in half the time.
    let room = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: Self.page)
    unsafe base = room.bindMemory(to: UInt8.self, capacity: capacity)
  }

  deinit { unsafe base.deallocate() }

  public var isEmpty: Bool { start == end }
  /// Whether nothing is to be read yet. Room in front is made use of only when it is half of
  /// all, so that each byte is moved at most once, however few at a time are dropped.
  public var isFull: Bool { end == capacity && start < capacity / 2 }

  /// The bytes, valid until the next change.
  public var bytes: ByteSlice {
    unsafe ByteSlice(UnsafeBufferPointer(start: base + start, count: end - start))
  }

  /// Reads once, as much as there is room for. Returns the count, 0 at the end, or -errno.
  public func fill(from descriptor: CInt) -> Int {
    if end == capacity, start > 0 {
      unsafe base.update(from: base + start, count: end - start)
      end -= start
      start = 0
    }
    let count = unsafe cstat_read(descriptor, base + end, capacity - end)
    end += max(count, 0)
    return count
  }

  /// Drops the first `count` bytes.
  public func drop(_ count: Int) {
    precondition(count >= 0 && count <= end - start)
    start += count
    if start == end { (start, end) = (0, 0) }
  }
}

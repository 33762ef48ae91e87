import CStatShim
import Glibc

/// How a file hands out its bytes.
public enum ReadMode: Sendable {
  /// One read gives the whole file if the buffer has room for it, as in all control group
  /// files that are made by one call in the kernel (kernfs, seq_file's single records).
  case record
  /// A read gives some lines, and the next read the next ones: /proc/net/dev,
  /// cgroup.procs. They come in pieces of at most a page.
  case sequence
  /// Nothing is known of its pieces: read until a read gives nothing.
  case stream
}

/// One buffer that every file is read into, one after the other. It grows when a longer
/// file appears and stays so; otherwise nothing is allocated.
@safe
public final class ReadBuffer {
  /// Files larger than this are refused (-EFBIG): no file that we read is that long, and a
  /// recorded tree can hold anything. 8 MiB are 60,000 interfaces.
  public static let limit = 8 << 20
  /// A file in a sequence has ended when a read leaves this much of a page free: no line
  /// of those that we read is longer.
  private static let longestLine = 512
  private static let page = 4096

  private var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private let firstCapacity: Int
  private var count = 0

  public init(capacity: Int = 8192) {
    self.capacity = capacity
    firstCapacity = capacity
    unsafe base = Self.room(capacity)
  }

  /// The room for so many bytes, and for what a scanner may look at behind them.
  private static func room(_ capacity: Int) -> UnsafeMutablePointer<UInt8> {
    .allocate(capacity: capacity + ByteScanner.padding)
  }

  deinit { unsafe base.deallocate() }

  /// A scanner over what was read last.
  public var scanner: ByteScanner {
    // No digit of an earlier file comes behind the last of this one.
    let end = unsafe UnsafeMutableRawPointer(base + count)
    for offset in stride(from: 0, to: ByteScanner.padding, by: 8) {
      unsafe end.storeBytes(of: 0, toByteOffset: offset, as: UInt64.self)
    }
    return unsafe ByteScanner(padded: UnsafeBufferPointer(start: base, count: count))
  }

  /// Reads a whole file from its start. Returns 0, or -errno; -EFBIG for a file over
  /// `limit`, of which nothing is kept. System calls: one in the usual case; one more per page of
  /// a sequence, and for each doubling of the room.
  public func readAll(_ descriptor: CInt, _ mode: ReadMode) -> CInt {
    count = 0
    while true {
      let got = unsafe cstat_pread(descriptor, base + count, capacity - count, off_t(count))
      if got < 0 { return CInt(got) }
      count &+= got
      if got == 0 { return 0 }
      if count == capacity {
        guard !isTooLong(descriptor), grow() else {
          forget()
          return -EFBIG
        }
        // A record is made anew by each read, so the pieces of two would not fit.
        if mode == .record { count = 0 }
      } else if mode == .record || (mode == .sequence && got <= Self.page - Self.longestLine) {
        return 0
      }
    }
  }

  /// Whether a file says so itself, as a recorded tree's does; the kernel's say 0 or 4096.
  @inline(never)
  private func isTooLong(_ descriptor: CInt) -> Bool {
    var status = stat()
    return unsafe fstat(descriptor, &status) == 0 && status.st_size > Self.limit
  }

  /// Gives back the room that a file has taken which is not read.
  @inline(never)
  private func forget() {
    count = 0
    guard capacity > Self.limit else { return }
    unsafe base.deallocate()
    capacity = firstCapacity
    unsafe base = Self.room(capacity)
  }

  @inline(never)
  private func grow() -> Bool {
    // One byte more than the limit, to see that a file is longer.
    guard capacity <= Self.limit else { return false }
    let room = min(capacity * 2, Self.limit + 1)
    let larger = unsafe Self.room(room)
    unsafe larger.update(from: base, count: count)
    unsafe base.deallocate()
    unsafe base = larger
    capacity = room
    return true
  }
}

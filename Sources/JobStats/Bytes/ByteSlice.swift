import CStatShim
import Glibc

/// A run of bytes inside somebody's buffer, valid until that buffer is written again.
@safe
public struct ByteSlice {
  let bytes: UnsafeBufferPointer<UInt8>

  init(_ bytes: UnsafeBufferPointer<UInt8>) { unsafe self.bytes = unsafe bytes }

  public var count: Int { unsafe bytes.count }
  public var isEmpty: Bool { count == 0 }

  /// The byte at an index.
  public subscript(_ index: Int) -> UInt8 {
    precondition(index >= 0 && index < count)
    return unsafe bytes[index]
  }

  /// A copy of the bytes: allocates.
  public var array: [UInt8] { unsafe Array(bytes) }

  /// Whether the bytes are those of `other`.
  /// - Complexity: one comparison of lengths, then of the bytes.
  public func equals(_ other: [UInt8]) -> Bool {
    guard other.count == count else { return false }
    guard count > 0 else { return true }
    return unsafe other.withUnsafeBufferPointer { theirs in
      unsafe memcmp(theirs.baseAddress!, bytes.baseAddress!, count) == 0
    }
  }

  /// Whether the bytes are those of `other`.
  /// - Complexity: one comparison of lengths, then of the bytes.
  public func equals(_ other: ByteSlice) -> Bool {
    guard other.count == count else { return false }
    guard count > 0 else { return true }
    return unsafe memcmp(other.bytes.baseAddress!, bytes.baseAddress!, count) == 0
  }

  public static func == (slice: ByteSlice, word: StaticString) -> Bool {
    guard word.utf8CodeUnitCount == slice.count else { return false }
    guard slice.count > 0 else { return true }
    return unsafe memcmp(word.utf8Start, slice.bytes.baseAddress!, slice.count) == 0
  }

  /// The position of the first `byte` at or after `start`, or nil.
  public func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
    guard start < count, let base = unsafe bytes.baseAddress else { return nil }
    guard let found = unsafe memchr(base + start, CInt(byte), count - start) else { return nil }
    return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }

  /// The position of the last `byte`, or nil.
  public func lastIndex(of byte: UInt8) -> Int? {
    unsafe bytes.lastIndex(of: byte)
  }

  /// The bytes of a range of positions.
  public subscript(_ range: Range<Int>) -> ByteSlice {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return unsafe ByteSlice(UnsafeBufferPointer(rebasing: bytes[range]))
  }

  /// Writes all of the bytes, waiting as long as it takes. Returns whether that worked.
  public func write(to descriptor: CInt) -> Bool {
    var written = 0
    while written < count {
      let rest = unsafe self[written..<count].bytes
      let taken = unsafe cstat_write(descriptor, rest.baseAddress, rest.count)
      if taken <= 0 { return false }
      written += taken
    }
    return true
  }
}

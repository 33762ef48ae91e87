import CStatShim

/// Reads the names in a directory that are numbers: the processes of /proc, the threads of
/// /proc/PID/task, the descriptors of /proc/PID/fd. Room is made once, when it is first needed.
@safe
package final class DirectoryReader {
  private static let capacity = 32_768
  private var room: UnsafeMutableRawPointer?

  package init() {}

  deinit { unsafe room?.deallocate() }

  /// Appends all numbers of a directory that has just been opened. Returns 0 or -errno.
  /// - Complexity: linear in the entries; one system call for some thousand of them.
  package func numbers(_ directory: CInt, into numbers: inout [Int32]) -> CInt {
    let base =
      unsafe room
      ?? .allocate(byteCount: Self.capacity, alignment: MemoryLayout<UInt64>.alignment)
    unsafe room = base
    while true {
      let count = unsafe cstat_entries(directory, base, Self.capacity)
      if count <= 0 { return CInt(count) }
      var entry = 0
      while entry < count {
        // Inode, offset, and then in 16 bits the length of it all; the name from byte 19 on.
        let length = unsafe Int(base.load(fromByteOffset: entry + 16, as: UInt16.self))
        if let number = unsafe Self.number(base + entry + 19, base + entry + length) {
          numbers.append(number)
        }
        entry += length
      }
    }
  }

  private static func number(
    _ start: UnsafeMutableRawPointer, _ end: UnsafeMutableRawPointer
  ) -> Int32? {
    var value: Int32 = 0
    var place = unsafe start
    while unsafe place < end {
      let byte = unsafe place.load(as: UInt8.self)
      if byte == 0 { break }
      let (tens, isLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, isLarger) = tens.addingReportingOverflow(Int32(byte &- 0x30))
      guard byte &- 0x30 < 10, !isLarge, !isLarger else { return nil }
      value = sum
      unsafe place += 1
    }
    return unsafe place > start ? value : nil
  }
}

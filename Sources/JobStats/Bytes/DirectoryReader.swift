import CStatShim

/// Reads the names in a directory that are numbers: the processes of /proc, the threads of
/// /proc/PID/task, the descriptors of /proc/PID/fd. Room is made once, when it is first needed.
@safe
package final class DirectoryReader {
  private static let capacity = 32_768
  private lazy var base = UnsafeMutableRawPointer.allocate(
    byteCount: Self.capacity, alignment: 8)
  private var isUsed = false

  package init() {}

  deinit { if isUsed { unsafe base.deallocate() } }

  /// Appends all numbers of a directory that has just been opened. Returns 0 or -errno.
  /// - Complexity: linear in the entries; one system call for some thousand of them.
  package func numbers(_ directory: CInt, into numbers: inout [Int32]) -> CInt {
    isUsed = true
    while true {
      let count = unsafe cstat_entries(directory, base, Self.capacity)
      if count <= 0 { return CInt(count) }
      var entry = 0
      while entry < count {
        // Inode, offset, and then in 16 bits the length of it all; the name from byte 19 on.
        let length = unsafe Int(base.load(fromByteOffset: entry + 16, as: UInt16.self))
        if let number = number(entry + 19, entry + length) { numbers.append(number) }
        entry += length
      }
    }
  }

  private func number(_ start: Int, _ end: Int) -> Int32? {
    var value: Int32 = 0
    var index = start
    while index < end {
      let byte = unsafe base.load(fromByteOffset: index, as: UInt8.self)
      if byte == 0 { break }
      let (tens, isLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, isLarger) = tens.addingReportingOverflow(Int32(byte &- 0x30))
      guard byte &- 0x30 < 10, !isLarge, !isLarger else { return nil }
      value = sum
      index += 1
    }
    return index > start ? value : nil
  }
}

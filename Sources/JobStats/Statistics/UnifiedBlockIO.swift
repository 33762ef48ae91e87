/// io.stat, the block I/O of a v2 group (Documentation/admin-guide/cgroup-v2.rst).
package enum UnifiedBlockIO {
  /// Lines are "MAJ:MIN rbytes=N wbytes=N rios=N wios=N dbytes=N dios=N", and more keys
  /// with some controllers. Kernels print a device with no values, with its line's end or
  /// without: "252:0 ", "7:7 7:6 rbytes=…"; values are those of the device that stands last
  /// before them.
  package static func scan(
    _ scanner: ByteScanner, _ devices: inout DeviceTable, malformed: inout UInt64
  ) {
    var file = scanner
    while !file.isAtEnd {
      devices.takeLines(&file, take)
      guard let line = file.line() else { break }
      take(line, &devices, &malformed)
    }
    if file.isTorn { malformed += 1 }
  }

  private enum Key {
    static let read = ShortWord(0x3D_7365_7479_6272, length: 7)  // rbytes=
    static let write = ShortWord(0x3D73_6574_7962_7720, length: 8)  // blank, wbytes=
  }

  /// Takes what a whole line goes on with, as all kernels write it.
  @inline(__always)
  private static func take(
    _ line: inout ByteScanner, _ values: inout DeviceTable.Values
  ) -> Bool {
    guard Key.read.begins(line.next(after: 0)) else { return false }
    line.skip(Key.read.length)
    guard let read = line.scannedNumber(), Key.write.begins(line.next(after: 0)) else {
      return false
    }
    line.skip(Key.write.length)
    guard let written = line.scannedNumber(), line.skip(0x20), line.skipLineEndingInDigit()
    else { return false }
    (values.first, values.second) = (written, read)
    return true
  }

  private static func take(
    _ whole: ByteScanner, _ devices: inout DeviceTable, _ malformed: inout UInt64
  ) {
    var line = whole
    var name: ByteSlice?
    while true {
      let word = line.word()
      if word.isEmpty { break }
      var pair = ByteScanner(word)
      let isRead = pair.skip("rbytes=")
      guard isRead || pair.skip("wbytes=") else {
        if word.firstIndex(of: UInt8(ascii: "=")) == nil { name = word }
        continue
      }
      guard let name, let value = pair.number(), pair.isAtEnd else {
        malformed += 1
        continue
      }
      // Where other devices stand in front of it, nothing is known of how its line begins.
      let front = whole.rest[0..<min(name.count + 1, whole.left)]
      let isFirst = front[0..<name.count].equals(name)
      let start = isFirst ? front : whole.rest[0..<0]
      devices.take(name, start, first: isRead ? nil : value, second: isRead ? value : nil)
    }
  }
}

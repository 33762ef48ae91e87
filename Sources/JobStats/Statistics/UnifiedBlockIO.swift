/// io.stat, the block I/O of a v2 group (Documentation/admin-guide/cgroup-v2.rst).
package enum UnifiedBlockIO {
  /// Lines are "MAJ:MIN rbytes=N wbytes=N rios=N wios=N dbytes=N dios=N", and more keys
  /// with some controllers. Kernels print a device with no values, with its line's end or
  /// without: "252:0 ", "7:7 7:6 rbytes=…"; values are those of the device that stands last
  /// before them.
  package static func scan(
    _ scanner: ByteScanner, _ devices: inout DeviceTable, malformed: inout UInt64
  ) {
    devices.scan(scanner, malformed: &malformed, take, line: take)
  }

  private enum Key {
    static let write = ShortWord(0x3D_7365_7479_6277, length: 7)  // wbytes=
  }

  /// Takes what a line goes on with behind "rbytes=", as all kernels write it.
  @inline(__always)
  private static func take(
    _ line: inout ByteScanner, _ device: inout DeviceTable.Row
  ) -> Bool {
    guard line.take(&device.second, before: 0x20), Key.write.begins(line.next(after: 0)) else {
      return false
    }
    line.skip(Key.write.length)
    return line.take(&device.first, before: 0x20) && line.skipLineEndingInDigit()
  }

  /// Takes a line of any devices. Returns how many malformed values it has.
  private static func take(_ whole: ByteScanner, _ devices: inout DeviceTable) -> UInt64 {
    var line = whole
    var malformed: UInt64 = 0
    var name: ByteSlice?
    // Note is taken of one device with no value, or with both in their order.
    var isPlain = true
    var values = 0
    var start: (bytes: ByteSlice, row: Int)?
    while true {
      let word = line.word()
      if word.isEmpty { break }
      var pair = ByteScanner(word)
      let isRead = pair.skip("rbytes=")
      guard isRead || pair.skip("wbytes=") else {
        if word.firstIndex(of: UInt8(ascii: "=")) == nil {
          isPlain = isPlain && name == nil
          name = word
        }
        continue
      }
      let front = whole.left - line.left - pair.left
      guard let name, let value = pair.number(), pair.isAtEnd else {
        malformed += 1
        continue
      }
      let row = devices.take(name, first: isRead ? nil : value, second: isRead ? value : nil)
      if values == 0 { start = (whole.rest[0..<front], row) }
      isPlain = isPlain && isRead == (values == 0)
      values += 1
    }
    guard isPlain, malformed == 0, name != nil, values == 0 || values == 2 else {
      return malformed
    }
    if let start {
      devices.know(start.bytes, .both, row: start.row)
    } else {
      devices.know(whole.rest, .nothing)
    }
    return malformed
  }
}

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
    while var line = file.line() {
      var name: ByteSlice?
      while true {
        line.skipBlanks()
        if line.isAtEnd { break }
        let isRead = line.skip("rbytes=")
        guard isRead || line.skip("wbytes=") else {
          let word = line.word()
          if word.firstIndex(of: UInt8(ascii: "=")) == nil { name = word }
          continue
        }
        guard let name, let value = line.numberField() else {
          malformed += 1
          _ = line.word()
          continue
        }
        devices.take(name, first: isRead ? nil : value, second: isRead ? value : nil)
      }
    }
    if file.isTorn { malformed += 1 }
  }
}

/// What /proc/PID/io (Linux 2.6.20, proc(5)) says of a process: bytes that went to storage
/// and came from it, of all its threads and of all children that it has waited for
/// (kernel/exit.c, wait_task_zombie).
package struct ProcessIO: Equatable {
  package var written: UInt64
  package var read: UInt64

  /// The two lines, in the order in which all kernels write them.
  package struct Lines {
    fileprivate var read = WantedLine(LineWord(0x7479_625F_6461_6572, 0x3A_7365, length: 11))
    fileprivate var written = WantedLine(
      LineWord(0x7962_5F65_7469_7277, 0x3A73_6574, length: 12))
    package init() {}
  }

  /// nil where one of the two lines is missing or not of the file's form.
  /// - Parameter lines: as they were in the file that was read before, which may be another
  ///   process's.
  package init?(_ scanner: ByteScanner, _ lines: inout Lines) {
    guard let found = Self.values(scanner, &lines) ?? Self.searched(scanner, &lines) else {
      return nil
    }
    self = found
  }

  private init(written: UInt64, read: UInt64) {
    self.written = written
    self.read = read
  }

  /// Another process's numbers may be much shorter.
  @inline(never)
  private static func searched(_ scanner: ByteScanner, _ lines: inout Lines) -> ProcessIO? {
    lines = Lines()
    return values(scanner, &lines)
  }

  private static func values(_ scanner: ByteScanner, _ lines: inout Lines) -> ProcessIO? {
    var file = scanner
    var malformed: UInt64 = 0
    guard file.take(&lines.read, malformed: &malformed),
      file.take(&lines.written, malformed: &malformed)
    else { return nil }
    return ProcessIO(written: lines.written.number.value, read: lines.read.number.value)
  }
}

/// Bytes of a process that are swapped out: VmSwap in /proc/PID/status (Linux 2.6.34), 0
/// where there is none, as in a process that has ended.
package func swappedBytes(_ scanner: ByteScanner) -> UInt64 {
  var file = scanner
  while var line = file.line() {
    guard line.skip("VmSwap:") else { continue }
    return (line.blanksAndNumber() ?? 0) &* 1024
  }
  return 0
}

/// Whether anything is swapped out on this machine, by /proc/meminfo; where it does not
/// tell, something may be.
package func isSwapInUse(_ scanner: ByteScanner) -> Bool {
  var file = scanner
  var total: UInt64?
  var free: UInt64?
  while var line = file.line() {
    if line.skip("SwapTotal:") {
      total = line.blanksAndNumber()
    } else if line.skip("SwapFree:") {
      free = line.blanksAndNumber()
    }
  }
  return total == nil || total != free
}

extension ByteScanner {
  fileprivate mutating func blanksAndNumber() -> UInt64? {
    skipBlanks()
    return number()
  }
}

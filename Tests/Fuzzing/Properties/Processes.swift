import JobStats

/// /proc/PID/stat.
func checkProcessStat(_ file: [UInt8]) throws {
  let stat = ByteScanner.scan(file) { ProcessStat($0) }
  try expect("stat", stat.map(fields), is: plainStat(file))
}

private func fields(_ stat: ProcessStat) -> [UInt64] {
  [
    UInt64(stat.state), UInt64(stat.parent), stat.majorFaults, stat.childMajorFaults, stat.user,
    stat.system, stat.childUser, stat.childSystem, stat.threads, stat.start,
    stat.residentPages, stat.isEnding ? 4 : 0,
  ]
}

private func plainStat(_ file: [UInt8]) -> [UInt64]? {
  guard let end = file.prefix(80).lastIndex(of: UInt8(ascii: ")")) else { return nil }
  let words = plainWords(file[(end + 1)...])
  guard words.count > 21, words[0].count == 1 else { return nil }
  guard let flags = plainNumber(words[6]) else { return nil }
  let values = [1, 9, 10, 11, 12, 13, 14, 17, 19, 21].map { plainNumber(words[$0]) }
  guard let parent = values[0], parent <= UInt64(Int32.max) else { return nil }
  let known = values.compactMap { $0 }
  return known.count == values.count ? [UInt64(words[0][0])] + known + [flags & 4] : nil
}

/// What is read line by line of a process and of the machine: io, status, meminfo.
func checkProcessIO(_ file: [UInt8]) throws {
  func last(_ key: String) -> UInt64? {
    plainLines(file).last { latin($0).hasPrefix(key) }.flatMap {
      plainNumberInFront($0.dropFirst(key.utf8.count).drop(while: isBlank))
    }
  }
  var lines = ProcessIO.Lines()
  let io = ByteScanner.scan(file) { ProcessIO($0, &lines) }
  // With the lines looked for where they were.
  let again = ByteScanner.scan(file) { ProcessIO($0, &lines) }
  try expect("io again", [again?.written, again?.read], is: [io?.written, io?.read])
  // In the order in which all kernels write them, each once: a line that is malformed is not made
  // up for by another.
  if hasEachKeyOnce(file) {
    let entries = plainEntries(file).entries
    let fromRead = entries.drop { $0.key != "read_bytes:" }
    let written = fromRead.first { $0.key == "write_bytes:" }?.value
    let read = written == nil ? nil : fromRead.first?.value
    try expect("io", [io?.written, io?.read], is: [written, read])
  }

  let swapped = plainLines(file).first { latin($0).hasPrefix("VmSwap:") }.flatMap {
    plainNumberInFront($0.dropFirst(7).drop(while: isBlank))
  }
  try expect("VmSwap", ByteScanner.scan(file) { swappedBytes($0) }, is: (swapped ?? 0) &* 1024)

  let total = last("SwapTotal:")
  let free = last("SwapFree:")
  let isUsed = ByteScanner.scan(file) { isSwapInUse($0) }
  try expect("swap in use", isUsed, is: total == nil || total != free)
}

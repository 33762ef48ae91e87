import JobStats

/// Two readings of memory.stat, a NUL between them: the second is looked for where the first
/// stood.
func checkMemory(_ input: [UInt8]) throws {
  var reader = MemoryReader()
  var before: PlainMemory?
  for file in parts(input, atMost: 2) {
    var malformed: UInt64 = 0
    let values = ByteScanner.scan(file) { MemoryValues($0, malformed: &malformed) }
    let expected = PlainMemory(file)
    try expect("memory", PlainMemory(values), is: expected)
    try checkMalformed(malformed, file)
    ByteScanner.scan(file) { reader.read($0, malformed: &malformed) }
    // No kernel writes a key twice, nor those of both versions; nor does a file's change.
    if hasEachKeyOnce(file), !expected.isMixed, !isMixed(before, expected) {
      try expect("memory read again", PlainMemory(reader.values), is: expected)
    }
    before = expected
  }
}

private func isMixed(_ one: PlainMemory?, _ other: PlainMemory) -> Bool {
  guard let one else { return false }
  return one.isMixed || one.isUnified != other.isUnified
}

private struct PlainMemory: Equatable, CustomStringConvertible {
  var values: [UInt64?]
  var isUnified = false
  /// Whether it has keys of both versions, or some of the groups below and others without.
  var isMixed = false

  init(_ values: MemoryValues) {
    self.values = [values.rss, values.cache, values.swap, values.majorFaults].map { $0?.value }
    isUnified = values.isUnified
  }

  init(_ file: [UInt8]) {
    let places = ["rss": 0, "anon": 0, "cache": 1, "file": 1, "swap": 2, "pgmajfault": 3]
    values = [nil, nil, nil, nil]
    var totals = values
    for (key, value) in plainEntries(file).entries {
      let isTotal = key.hasPrefix("total_")
      let word = isTotal ? String(key.dropFirst(6)) : key
      guard let place = places[word] else { continue }
      if word == "anon" || word == "file" { isUnified = true }
      if isTotal { totals[place] = value } else { values[place] = value }
    }
    let hasTotals = totals.contains { $0 != nil }
    isMixed = hasTotals && isUnified
    if hasTotals { values = totals }
  }

  static func == (one: PlainMemory, other: PlainMemory) -> Bool {
    one.values == other.values && one.isUnified == other.isUnified
  }

  var description: String { "\(values) \(isUnified)" }
}

/// cpu.stat and cpuacct.stat. Of cpu.stat two readings, a NUL between them: the second is looked
/// for where the first stood.
func checkCPUTimes(_ input: [UInt8]) throws {
  var lines = CPUTimes.ExactLines()
  for file in parts(input, atMost: 2) {
    var malformed: UInt64 = 0
    let exact = ByteScanner.scan(file) {
      CPUTimes(cpuStat: $0, &lines, malformed: &malformed)
    }
    try checkMalformed(malformed, file)
    if hasEachKeyOnce(file) {
      let expected = plainTimes(file, "user_usec", "system_usec", 1000)
      try expect("cpu.stat", [exact?.user, exact?.system], is: expected)
    }
  }
  try checkTicks(input)
}

private func checkTicks(_ file: [UInt8]) throws {
  var malformed: UInt64 = 0
  let ticks = ByteScanner.scan(file) {
    CPUTimes(cpuacctStat: $0, 10_000_000, malformed: &malformed)
  }
  let isScaled = [ticks?.user, ticks?.system]
  try expect("cpuacct.stat", isScaled, is: plainTimes(file, "user", "system", 10_000_000))
}

private func plainTimes(
  _ file: [UInt8], _ user: String, _ system: String, _ unit: UInt64
) -> [UInt64?] {
  var times: [String: UInt64] = [:]
  for (key, value) in plainEntries(file).entries {
    let (time, overflow) = value.multipliedReportingOverflow(by: unit)
    if !overflow { times[key] = time }
  }
  guard let user = times[user], let system = times[system] else { return [nil, nil] }
  return [user, system]
}

/// No line of a good file is counted as a bad one; a line that has no end is.
private func checkMalformed(_ count: UInt64, _ file: [UInt8]) throws {
  let (entries, isAll) = plainEntries(file)
  // A prefix and no key behind it is no key, and times have to fit as nanoseconds.
  if isAll, entries.allSatisfy({ $0.key != "total_" && $0.value <= .max / 1000 }) {
    try expect("malformed lines", count, is: 0)
  }
  if !isWhole(file) { try expect("the torn line is not counted", count > 0) }
}

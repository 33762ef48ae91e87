import JobStats
import TestSupport

/// A statistic on files that may hold anything, from their first reading to its lines in the log.
///
/// NULs stand between the files, each of which has its name in its first line: "job/memory.stat"
/// is one of the watched group, "up/memory.max" one of the group above it, "7/net/dev" one of
/// the process 7. A second file of the same name is for the polls after it; each file begins one
/// more poll. What is named otherwise is passed over.
func checkStatistic(_ statistic: any Statistic.Type, _ input: [UInt8]) throws {
  let tree = try TemporaryTree()
  try tree.makeFolder("/cg/job")
  try tree.makeFolder("/proc")
  let job = try Observation([statistic], tree)
  var previous: [String: Sample] = [:]
  var written: Set<String> = []
  func poll(_ number: Int, isLast: Bool = false) throws {
    let (samples, messages) = job.poll(seconds(UInt64(number)), isLast: isLast)
    for message in messages { try checkPrintable(Array(message.utf8)) }
    for line in samples {
      let sample = try Sample(line, of: "\(statistic.name)")
      if let earlier = previous[sample.name] { try sample.check(since: earlier) }
      previous[sample.name] = sample
    }
  }
  var polls = 0
  for file in parts(input, atMost: 12) {
    guard let end = file.firstIndex(of: newline), let path = place(latin(file[..<end])) else {
      continue
    }
    try tree.write(Array(file[(end + 1)...]), to: path)
    // Until all files have been there once there is one poll for all.
    if written.insert(path).inserted, polls == 0 { continue }
    polls += 1
    try poll(polls)
  }
  try poll(polls + 1)
  try poll(polls + 2, isLast: true)
  for message in job.summary() { try checkPrintable(Array(message.utf8)) }
}

/// Where a file is put; nil for one of no known place.
private func place(_ name: String) -> String? {
  let parts = name.split(separator: "/", maxSplits: 1)
  guard parts.count == 2, let file = parts.last, file.count < 60 else { return nil }
  let isPlain = file.utf8.allSatisfy {
    isDigit($0) || (0x61...0x7A).contains($0) || $0 == 0x5F || $0 == 0x2E
  }
  switch parts[0] {
  case "job" where isPlain && !file.hasPrefix("."): return "/cg/job/\(file)"
  case "up" where isPlain && !file.hasPrefix(".") && file != "job": return "/cg/\(file)"
  case "7", "8", "9":
    let known = ["stat", "io", "status", "net/dev"]
    return known.contains(String(file)) ? "/proc/\(name)" : nil
  default: return nil
  }
}

/// A line of the log: "NAME VALUE KEY VALUE KEY -- interval SECONDS seconds VALUE KEY".
private struct Sample {
  let line: String
  var name = ""
  var values: [(key: String, value: String)] = []
  var growth: [(key: String, value: String)]?

  init(_ line: String, of statistic: String) throws {
    self.line = line
    var words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    name = words.removeFirst()
    try checkWord(Array(name.utf8))
    try expect(
      "another statistic's line: \(line)", name == statistic || name.hasPrefix(statistic + ":"))
    if let middle = words.firstIndex(of: "--") {
      let front = Array(words[middle...].prefix(4))
      try expect(
        "interval: \(line)", front.count == 4 && front[1] == "interval" && front[3] == "seconds"
      )
      growth = try pairs(words.dropFirst(middle + 4))
      words = Array(words[..<middle])
    }
    values = try pairs(words[...])
    try expect("no values: \(line)", !values.isEmpty)
  }

  private func pairs(_ words: ArraySlice<String>) throws -> [(key: String, value: String)] {
    let words = Array(words)
    try expect("a value without a key: \(line)", words.count % 2 == 0)
    return try stride(from: 0, to: words.count, by: 2).map { index in
      let number = words[index].split(separator: ".", omittingEmptySubsequences: false)
      let isNumber = number.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isDigit) }
      let hasDecimals = number.count == 1 || [2, 4].contains(number[1].count)
      let key = words[index + 1]
      let isKey = !key.isEmpty && key.utf8.allSatisfy { (0x61...0x7A).contains($0) }
      try expect("no number: \(line)", isNumber && number.count <= 2 && hasDecimals)
      try expect("no key: \(line)", isKey)
      return (key, words[index])
    }
  }

  /// Whole numbers have grown by what the interval part says.
  func check(since earlier: Sample) throws {
    for (key, value) in growth ?? [] {
      guard let growth = UInt64(value),
        let now = values.first(where: { $0.key == key }).flatMap({ UInt64($0.value) }),
        let before = earlier.values.first(where: { $0.key == key }).flatMap({ UInt64($0.value) }
        )
      else { continue }
      try expect("\(key) in \(line)", growth, is: now &- before)
      try expect("\(key) went backwards: \(line)", now >= before)
    }
  }
}

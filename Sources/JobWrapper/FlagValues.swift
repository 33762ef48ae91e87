import JobStats

let millisecond: UInt64 = 1_000_000
let second: UInt64 = 1_000_000_000

// What follows reads one flag's value each. The errors say what is wrong with it; who
// calls puts the flag and the value in front.

func notEmpty(_ value: BytePath) throws(OptionError) -> BytePath {
  if value.isEmpty { throw OptionError("is empty") }
  return value
}

/// A path that stays below where it is looked up.
func below(_ value: BytePath) throws(OptionError) -> BytePath {
  if value.climbs { throw OptionError("leads out of the tree") }
  return value
}

func boolean(_ value: BytePath) throws(OptionError) -> Bool {
  switch value.text {
  case "1", "t", "T", "true", "TRUE", "True": return true
  case "0", "f", "F", "false", "FALSE", "False": return false
  default: throw OptionError("is neither true nor false")
  }
}

/// A process id; 0 and less name no single process.
func processID(_ value: BytePath) throws(OptionError) -> Int32 {
  guard value.bytes.allSatisfy({ (0x30...0x39).contains($0) }), let id = Int32(value.text),
    id > 0
  else { throw OptionError("is no process id") }
  return id
}

/// The number of a signal, 0 for none; 32 and 33 are the C library's own.
func signalNumber(_ value: BytePath) throws(OptionError) -> Int32 {
  guard value.bytes.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int32(value.text),
    (0...64).contains(number), number != 32, number != 33
  else { throw OptionError("is no number of a signal") }
  return number
}

func scope(_ value: BytePath) throws(OptionError) -> Options.Scope {
  guard let scope = Options.Scope(rawValue: value.text) else {
    throw OptionError("is none of auto, own, inherit, tree")
  }
  return scope
}

func statistics(_ value: BytePath) throws(OptionError) -> [any Statistic.Type] {
  if value.text == "all" { return Registry.all }
  var chosen: [any Statistic.Type] = []
  for name in value.text.split(separator: ",", omittingEmptySubsequences: false) {
    guard let statistic = Registry.named(String(name)) else {
      let known = joined(Registry.all.map { $0.name.description }, ", ")
      throw OptionError("has an unknown name, \"\(name)\"; there are \(known)")
    }
    if !chosen.contains(where: { $0 == statistic }) { chosen.append(statistic) }
  }
  return chosen
}

/// A duration in nanoseconds: a bare number counts in `unit`; "10ms", "0.5s" and "1m30s"
/// have units of their own.
func duration(
  _ value: BytePath, unit: UInt64, least: UInt64
) throws(OptionError) -> UInt64 {
  guard let parts = durationParts(value.bytes, unit) else {
    throw OptionError("is no duration")
  }
  // Ten years; what is more would not fit into the clock's arithmetic for ever.
  let most = 315_360_000 * Double(second)
  let nanoseconds = parts.reduce(0, +)
  guard nanoseconds <= most else { throw OptionError("is too long") }
  guard nanoseconds >= Double(least) else {
    throw OptionError(least == 0 ? "is negative" : "is less than 1 ms")
  }
  return UInt64(nanoseconds.rounded())
}

/// By bytes: a text's characters would bring a quarter of a megabyte of Swift's library in.
private func durationParts(_ text: [UInt8], _ bareUnit: UInt64) -> [Double]? {
  let isNegative = text.first == UInt8(ascii: "-")
  var rest = text[...]
  if isNegative || text.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
  guard !rest.isEmpty else { return nil }
  var parts: [Double] = []
  while !rest.isEmpty {
    let digits = rest.prefix(while: isOfNumber)
    guard let number = decimal(digits) else { return nil }
    rest = rest.dropFirst(digits.count)
    let word = rest.prefix { !isOfNumber($0) }
    rest = rest.dropFirst(word.count)
    let isBare = word.isEmpty && parts.isEmpty && rest.isEmpty
    guard let unit = isBare ? bareUnit : unit(word) else { return nil }
    parts.append(number * Double(unit) * (isNegative ? -1 : 1))
  }
  return parts
}

private func isOfNumber(_ byte: UInt8) -> Bool {
  (0x30...0x39).contains(byte) || byte == UInt8(ascii: ".")
}

/// The number of digits with at most one point among them; nil for others.
private func decimal(_ digits: ArraySlice<UInt8>) -> Double? {
  var value = 0.0
  // What a digit is worth behind the point; before it 0.
  var place = 0.0
  var count = 0
  for byte in digits {
    if byte == UInt8(ascii: ".") {
      if place > 0 { return nil }
      place = 1
      continue
    }
    count += 1
    // What comes far behind the point is nothing.
    if place >= 1e18 { continue }
    value = value * 10 + Double(byte - 0x30)
    place *= 10
  }
  return count > 0 ? value / max(place, 1) : nil
}

private func unit(_ word: ArraySlice<UInt8>) -> UInt64? {
  switch String(decoding: word, as: UTF8.self) {
  case "ns": 1
  case "us", "µs", "μs": 1000
  case "ms": millisecond
  case "s": second
  case "m": 60 * second
  case "h": 3600 * second
  default: nil
  }
}

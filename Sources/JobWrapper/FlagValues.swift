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
  guard let parts = durationParts(value.text, unit) else {
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

private func durationParts(_ text: String, _ bareUnit: UInt64) -> [Double]? {
  let isNegative = text.first == "-"
  var rest = text.drop { $0 == "-" || $0 == "+" }
  guard text.count - rest.count <= 1, !rest.isEmpty else { return nil }
  var parts: [Double] = []
  while !rest.isEmpty {
    let digits = rest.prefix { ("0"..."9").contains($0) || $0 == "." }
    guard digits.contains(where: { $0 != "." }), let number = Double(digits) else { return nil }
    rest = rest.dropFirst(digits.count)
    let word = rest.prefix { !("0"..."9").contains($0) && $0 != "." }
    rest = rest.dropFirst(word.count)
    let isBare = word.isEmpty && parts.isEmpty && rest.isEmpty
    guard let unit = isBare ? bareUnit : units[String(word)] else { return nil }
    parts.append(number * Double(unit) * (isNegative ? -1 : 1))
  }
  return parts
}

private let units: [String: UInt64] = [
  "ns": 1, "us": 1000, "µs": 1000, "μs": 1000, "ms": millisecond, "s": second,
  "m": 60 * second, "h": 3600 * second,
]

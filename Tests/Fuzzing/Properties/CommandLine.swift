import JobStats
import JobWrapper

/// The words of a command line, NULs between them: as by Go's grammar, with the flags that
/// -help lists, and errors that are one line and name what is wrong.
func checkFlags(_ input: [UInt8]) throws {
  let words = parts(input).map { BytePath($0) }
  do {
    let options = try Options.parse([BytePath("crunchstat")] + words)
    guard options.request == .measure else { return }
    let program = plainProgram(words)
    try expect(
      "program", options.program.map { $0 - 1 }, is: program < words.count ? program : nil)
    let tenYears: UInt64 = 315_360_000_000_000_000
    try expect("period", options.poll >= 1_000_000 && options.poll <= tenYears)
    try expect("waits", max(options.wait, options.drain) <= tenYears)
    try expect("the parent climbs", !options.groupParent.components.contains(BytePath("..")))
    try expect("process", options.process ?? 1 > 0)
    try expect("no statistics", !options.statistics.isEmpty)
  } catch let error as OptionError {
    let message = text { $0.append(printable: Array(error.text.utf8)) }
    try checkPrintable(message)
    let fronts = ["flag -", "\"", "nothing to do: "]
    try expect(
      "no cause: \(error.text)", fronts.contains { error.text.utf8.starts(with: $0.utf8) })
  }
}

/// The index of the first word that belongs to the program, of words that can be parsed.
private func plainProgram(_ words: [BytePath]) -> Int {
  var index = 0
  while index < words.count {
    let word = latin(words[index].bytes)
    guard word.hasPrefix("-"), word != "-" else { break }
    index += 1
    if word == "--" { break }
    if !word.contains("="), !booleans.contains(word.drop { $0 == "-" }) { index += 1 }
  }
  return index
}

/// Those for which -help names no value.
private let booleans: Set<Substring> = Set(
  Options.help.split(separator: "\n").compactMap { line in
    let words = line.split(separator: " ")
    guard line.hasPrefix("  -"), words[1] != words[1].uppercased()[...] else { return nil }
    return words[0].dropFirst()
  } + ["h"])

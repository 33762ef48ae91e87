// The kernel's files read in the plainest way there is, to compare with.

let blank = UInt8(ascii: " ")
let newline = UInt8(ascii: "\n")

/// The lines that have an end.
func plainLines(_ file: [UInt8]) -> [[UInt8]] {
  file.split(separator: newline, omittingEmptySubsequences: false).dropLast().map(Array.init)
}

/// A decimal number up to 2^64 - 1 and nothing else.
func plainNumber(_ word: some Collection<UInt8>) -> UInt64? {
  if word.isEmpty { return nil }
  var value: UInt64 = 0
  for byte in word {
    guard isDigit(byte) else { return nil }
    let (tens, isLarge) = value.multipliedReportingOverflow(by: 10)
    let (sum, isLarger) = tens.addingReportingOverflow(UInt64(byte - 0x30))
    if isLarge || isLarger { return nil }
    value = sum
  }
  return value
}

/// The digits in front, as a number.
func plainNumberInFront(_ text: some Sequence<UInt8>) -> UInt64? {
  plainNumber(text.prefix(while: isDigit))
}

/// The lines "KEY VALUE", and whether there are no others.
func plainEntries(_ file: [UInt8]) -> (entries: [(key: String, value: UInt64)], isAll: Bool) {
  var entries: [(String, UInt64)] = []
  let lines = plainLines(file)
  for line in lines {
    let words = line.split(separator: blank, omittingEmptySubsequences: false)
    guard words.count == 2, !words[0].isEmpty, let value = plainNumber(words[1]) else {
      continue
    }
    entries.append((latin(words[0]), value))
  }
  return (entries, entries.count == lines.count && isWhole(file))
}

/// Whether the last line has an end.
func isWhole(_ file: [UInt8]) -> Bool { file.isEmpty || file.last == newline }

/// Whether no line begins with the same key as another.
func hasEachKeyOnce(_ file: [UInt8]) -> Bool {
  let keys = plainLines(file).map { $0.prefix { $0 != blank } }
  return Set(keys).count == keys.count
}

func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
func isBlank(_ byte: UInt8) -> Bool { byte == blank || byte == 0x09 }

/// Words with blanks or tabs between them.
func plainWords(_ line: some Collection<UInt8>) -> [[UInt8]] {
  line.split(whereSeparator: isBlank).map { Array($0) }
}

/// Each byte as a character, so that none is lost.
func latin(_ bytes: some Sequence<UInt8>) -> String {
  String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
}

/// The parts between bytes that no kernel file has.
func parts(
  _ input: [UInt8], atMost count: Int = .max, by separator: UInt8 = 0
) -> [[UInt8]] {
  input.split(separator: separator, maxSplits: count - 1, omittingEmptySubsequences: false)
    .map { Array($0) }
}

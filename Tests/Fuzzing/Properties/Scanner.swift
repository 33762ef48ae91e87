import JobStats

/// The scanner, step by step, against a plain one: the steps, a NUL, the bytes to scan.
func checkScanner(_ input: [UInt8]) throws {
  let input = parts(input, atMost: 2)
  guard input.count == 2 else { return }
  // As they are at the end of their own room, where a step too far would be seen.
  try ByteScanner.scan(input[1]) { scanner in
    Result { try run(input[0], &scanner, PlainScanner(rest: input[1][...])) }
  }.get()
}

private func run(
  _ steps: [UInt8], _ scanner: inout ByteScanner, _ plain: PlainScanner
) throws {
  var plain = plain
  for step in steps {
    let what = "step \(Character(Unicode.Scalar(step)))"
    let number = Int(step % 9)
    switch step % 16 {
    case 0: try expect(what, scanner.number(), is: plain.number())
    case 1: try expect(what, scanner.numberField(), is: plain.numberField())
    case 2: try expect(what, scanner.word().array, is: plain.word())
    case 3: try expect(what, scanner.prefix(to: 0x20)?.array, is: plain.prefix(to: 0x20))
    case 4:
      let line = scanner.line()
      let expected = plain.prefix(to: newline)
      try expect(what, line?.rest.array, is: expected)
      if let line, let expected { (scanner, plain.rest) = (line, expected[...]) }
    case 5: try expect(what, scanner.prefix(to: newline)?.array, is: plain.prefix(to: newline))
    case 6: try expect(what, scanner.skip("some "), is: plain.skip("some "))
    case 7:
      scanner.skipBlanks()
      plain.skipBlanks()
    case 8 where scanner.left >= number:
      scanner.skip(number)
      plain.rest = plain.rest.dropFirst(number)
    case 9:
      try expect(what, scanner.eightBytes(after: number), is: plain.eightBytes(after: number))
    case 10:
      let entry = scanner.flatEntry()
      let expected = plain.flatEntry()
      try expect(what, entry?.key.array, is: expected?.key)
      try expect(what, entry?.value, is: expected?.value)
      // Where it stands after one that was none is not said.
      if entry == nil { return }
    case 11:
      try expect(what, scanner.endsInDigit, is: plain.rest.last.map(isDigit) ?? false)
      try expect(what, scanner.isTorn, is: !isWhole(Array(plain.rest)))
    case 12:
      let expected = plain.rest(afterNumberFields: number)
      let isPassed = scanner.skipNumberFields(number)
      try expect(what, isPassed, is: expected != nil)
      guard isPassed, let expected else { return }
      plain.rest = expected
    case 13:
      var line = scanner
      try expect(what, line.singleNumber(), is: plain.singleNumber())
    default: try expect(what, scanner.next, is: plain.rest.first)
    }
    try expect(what, scanner.rest.array, is: Array(plain.rest))
    try expect(what, scanner.left, is: plain.rest.count)
    try expect(what, scanner.isAtEnd, is: plain.rest.isEmpty)
  }
}

/// One byte after the other.
private struct PlainScanner {
  var rest: ArraySlice<UInt8>

  mutating func number() -> UInt64? {
    let digits = rest.prefix(while: isDigit)
    guard let value = plainNumber(digits) else { return nil }
    rest = rest.dropFirst(digits.count)
    return value
  }

  mutating func numberField() -> UInt64? {
    skipBlanks()
    guard let value = number(), rest.first.map(isBlank) ?? true else { return nil }
    return value
  }

  mutating func word() -> [UInt8] {
    skipBlanks()
    let word = rest.prefix { !isBlank($0) }
    rest = rest.dropFirst(word.count)
    return Array(word)
  }

  mutating func prefix(to byte: UInt8) -> [UInt8]? {
    guard let end = rest.firstIndex(of: byte) else { return nil }
    defer { rest = rest[(end + 1)...] }
    return Array(rest[..<end])
  }

  mutating func skip(_ text: String) -> Bool {
    guard rest.starts(with: text.utf8) else { return false }
    rest = rest.dropFirst(text.utf8.count)
    return true
  }

  mutating func skipBlanks() { rest = rest.drop(while: isBlank) }

  func eightBytes(after offset: Int) -> UInt64 {
    rest.dropFirst(offset).prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  mutating func flatEntry() -> (key: [UInt8], value: UInt64)? {
    guard let key = prefix(to: blank), !key.isEmpty, let value = plainNumber(rest) else {
      return nil
    }
    rest = rest.suffix(0)
    return (key, value)
  }

  func singleNumber() -> UInt64? {
    rest.last == newline ? plainNumber(rest.dropLast()) : nil
  }

  func rest(afterNumberFields count: Int) -> ArraySlice<UInt8>? {
    var rest = rest.drop { $0 == blank }
    for _ in 0..<count {
      guard rest.first.map(isDigit) == true else { return nil }
      rest = rest.drop(while: isDigit)
      guard rest.first.map({ $0 == blank || $0 == newline }) ?? true else { return nil }
      rest = rest.drop { $0 == blank }
    }
    return rest
  }
}

/// A list of processors, as cpuset.cpus has it.
func checkList(_ input: [UInt8]) throws {
  let count = ByteScanner.scan(input) { $0.listCount() }
  try expect("list", count, is: plainListCount(input.prefix { $0 != newline }))
}

private func plainListCount(_ text: ArraySlice<UInt8>) -> UInt64? {
  if text.isEmpty { return 0 }
  // A comma may stand behind the last one.
  let list = text.last == UInt8(ascii: ",") ? text.dropLast() : text
  var sum: UInt64 = 0
  for range in list.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
    let ends = range.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
      .map { plainNumber($0) }
    guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1], first <= last,
      last - first < 1 << 20
    else { return nil }
    sum += last - first + 1
  }
  return sum
}

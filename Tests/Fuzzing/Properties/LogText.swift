import JobStats

/// What is written: bytes from outside, and numbers.
func checkLogText(_ input: [UInt8]) throws {
  let printable = text { $0.append(printable: input) }
  try checkPrintable(printable)
  try expect("printable", unescaped(printable), is: unescaped(input))
  let word = text { $0.append(word: input) }
  try checkWord(word)
  try expect("word", unescaped(word), is: unescaped(input))
  let number = input.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
  try checkNumbers(number)
}

/// No control character, be it a byte, or a character of Unicode.
func checkPrintable(_ text: [UInt8]) throws {
  try expect("a control character", !text.contains { $0 < 0x20 || $0 == 0x7F })
  let characters = String(decoding: text, as: UTF8.self).unicodeScalars
  try expect(
    "a control character of Unicode", !characters.contains { (0x80..<0xA0).contains($0.value) })
}

/// One word, by the blanks of Unicode too, that does not end in a colon.
func checkWord(_ text: [UInt8]) throws {
  try checkPrintable(text)
  let characters = String(decoding: text, as: UTF8.self).unicodeScalars
  try expect("a blank", !characters.contains { $0.properties.isWhitespace })
  try expect("a colon at the end", text.last != UInt8(ascii: ":"))
}

/// With \xNN replaced by what it stands for, be it that the text had it so before.
private func unescaped(_ text: [UInt8]) -> [UInt8] {
  var bytes: [UInt8] = []
  var rest = text[...]
  while let byte = rest.first {
    if rest.starts(with: Array("\\x".utf8)), rest.count >= 4,
      let value = UInt8(latin(rest.dropFirst(2).prefix(2)), radix: 16)
    {
      bytes.append(value)
      rest = rest.dropFirst(4)
    } else {
      bytes.append(byte)
      rest = rest.dropFirst()
    }
  }
  return bytes
}

private func checkNumbers(_ number: UInt64) throws {
  try expectText("\(number)") { $0.append(decimal: number) }
  try expectText("\(number / 1000).\(padded(number % 1000, 3))") {
    $0.append(thousandths: number)
  }
  for width in 1...8 {
    let bound = (0..<width).reduce(UInt64(1)) { power, _ in power * 10 }
    try expectText(padded(number % bound, width)) { $0.append(padded: number, width: width) }
  }
  let units = number / 100_000 + (number % 100_000 >= 50_000 ? 1 : 0)
  let seconds = "\(units / 10_000).\(padded(units % 10_000, 4))"
  try expectText(seconds) { $0.append(seconds: number) }
  let fields = "\(number) bytes \(seconds) waited -- interval \(seconds) seconds"
  try expectText("crunchstat: x \(fields)\ncrunchstat: x \(fields)\n") { lines in
    let poll = Poll(time: 0, timeOfDay: nil, isLast: false, lines: lines)
    for _ in 1...2 {
      poll.line("x") { line in
        line.put(field: number, " bytes")
        line.put(secondsField: number, " waited")
        poll.put(interval: number, &line)
      }
    }
  }
}

private func padded(_ number: UInt64, _ width: Int) -> String {
  let digits = "\(number)"
  return String(repeating: "0", count: width - digits.count) + digits
}

private func expectText(_ expected: String, _ body: (LineBuffer) -> Void) throws {
  try expect("text", latin(text(body)), is: expected)
}

/// What is put into a buffer that has no room yet.
func text(_ body: (LineBuffer) -> Void) -> [UInt8] {
  let buffer = LineBuffer(capacity: 0)
  body(buffer)
  return withExtendedLifetime(buffer) { buffer.bytes.array }
}

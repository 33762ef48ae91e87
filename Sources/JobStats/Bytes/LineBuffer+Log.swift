extension LineBuffer {
  /// Begins a log line: the time of day (RFC 3339, UTC, nanoseconds) where one is given,
  /// and "crunchstat: ".
  /// - Parameter time: nanoseconds since 1970, as of CLOCK_REALTIME.
  public func beginLine(at time: UInt64?) {
    if let time { append(time: time) }
    append("crunchstat: ")
  }

  /// Appends bytes from outside so that they can neither break a line nor steer a terminal:
  /// control characters as \xNN, those of Unicode and of eight-bit sets (0x80 to 0x9F) among
  /// them; all others as they are, whether they are UTF-8 or not.
  public func append(printable bytes: [UInt8]) { append(bytes, isWord: false) }

  /// Appends a name from outside as one word of a statistic's line: as printable bytes, with
  /// blanks, those of Unicode too, as \xNN, and a colon at its end, which would make a message
  /// of the line.
  package func append(word bytes: [UInt8]) { append(bytes, isWord: true) }

  private func append(_ bytes: [UInt8], isWord: Bool) {
    // Nearly all text is plain, and goes in one piece.
    if bytes.allSatisfy({ Self.isPlain($0, isWord: isWord) }) { return append(bytes) }
    var rest = bytes[...]
    while let byte = rest.first {
      let length = Self.characterLength(rest)
      if isWord, Self.endsWord(rest, length) {
        for byte in rest.prefix(length) { append(escaped: byte) }
      } else if length > 0 {
        append(Array(rest.prefix(length)))
      } else if byte < 0x20 || (0x7F..<0xA0).contains(byte) || byte == 0xC2 {
        append(escaped: byte)
      } else {
        append(byte)
      }
      rest = rest.dropFirst(max(length, 1))
    }
  }

  private static func isPlain(_ byte: UInt8, isWord: Bool) -> Bool {
    guard (0x20..<0x7F).contains(byte) else { return false }
    return !isWord || byte != 0x20 && byte != UInt8(ascii: ":")
  }

  /// How many bytes the first character has; 0 for a control character, and where there is
  /// none.
  private static func characterLength(_ bytes: ArraySlice<UInt8>) -> Int {
    if let first = bytes.first, first < 0x80 { return first < 0x20 || first == 0x7F ? 0 : 1 }
    var decoder = UTF8()
    var rest = bytes.prefix(4).makeIterator()
    guard case .scalarValue(let character) = decoder.decode(&rest), character.value >= 0xA0
    else { return 0 }
    return UTF8.width(character)
  }

  /// Whether a word can't go on with its first character, of so many bytes, or end with it.
  private static func endsWord(_ bytes: ArraySlice<UInt8>, _ length: Int) -> Bool {
    guard length > 1 else {
      return bytes.first == 0x20 || bytes.first == UInt8(ascii: ":") && bytes.count == 1
    }
    // The blanks of Unicode (White_Space) have two or three bytes.
    let character = bytes.prefix(length).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    switch character {
    case 0xC2A0, 0xE19A80, 0xE28080...0xE2808A, 0xE280A8, 0xE280A9, 0xE280AF, 0xE2819F,
      0xE38080:
      return true
    default: return false
    }
  }

  private func append(escaped byte: UInt8) {
    append("\\x")
    append(Self.hexDigit(byte >> 4))
    append(Self.hexDigit(byte & 15))
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 { value + (value < 10 ? 0x30 : 0x57) }

  /// Appends the time of day and a blank.
  @inline(never)
  func append(time nanoseconds: UInt64) {
    let seconds = nanoseconds / 1_000_000_000
    let date = civilDate(daysSince1970: seconds / 86_400)
    let second = seconds % 86_400
    append(padded: date.year, width: 4)
    append(UInt8(ascii: "-"))
    append(padded: date.month, width: 2)
    append(UInt8(ascii: "-"))
    append(padded: date.day, width: 2)
    append(UInt8(ascii: "T"))
    append(padded: second / 3600, width: 2)
    append(UInt8(ascii: ":"))
    append(padded: second / 60 % 60, width: 2)
    append(UInt8(ascii: ":"))
    append(padded: second % 60, width: 2)
    append(UInt8(ascii: "."))
    append(padded: nanoseconds % 1_000_000_000 / 10, width: 8)
    append(padded: nanoseconds % 10, width: 1)
    append("Z ")
  }
}

/// The Gregorian date of a day, from the number of days since 1970-01-01. In eras of 400
/// years that begin on March 1st, so that leap days come last.
private func civilDate(daysSince1970 days: UInt64) -> (year: UInt64, month: UInt64, day: UInt64)
{
  let shifted = days + 719_468  // days since 0000-03-01
  let era = shifted / 146_097
  let dayOfEra = shifted % 146_097
  let yearOfEra =
    (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let monthFromMarch = (5 * dayOfYear + 2) / 153
  let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
  let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
}

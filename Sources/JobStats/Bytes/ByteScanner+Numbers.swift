/// Numbers, and fields that are numbers.
extension ByteScanner {
  /// Takes a decimal number up to 2^64 - 1; nil, and nothing is passed over, where no
  /// digit comes next or the number is larger.
  @inline(never)
  public mutating func number() -> UInt64? {
    let digits = sixteenBytes().digits
    // None, or more than were looked at, or digits behind the end.
    guard digits > 0, digits < 16, digits <= left else { return longNumber() }
    defer { skip(digits) }
    return nextNumber(digits: digits)
  }

  /// The number that comes next.
  /// - Parameter digits: how many it has: 1 to 16.
  @inline(__always)
  private func nextNumber(digits: Int) -> UInt64 {
    // Of up to eight digits all, else those in front of the last eight. Zeros take the place of what
    // comes behind; the shift is counted modulo 64.
    let front = Digits.number(next(after: 0) &<< UInt64(truncatingIfNeeded: digits &* -8))
    guard digits > 8 else { return front }
    return front &* Digits.bound &+ Digits.number(next(after: digits &- 8))
  }

  /// A number of any length.
  private mutating func longNumber() -> UInt64? {
    guard startsInDigit else { return nil }
    var rest = self
    var value: UInt64 = 0
    while let byte = rest.next, byte &- 0x30 < 10 {
      let (tens, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflow) = tens.addingReportingOverflow(UInt64(byte - 0x30))
      if tooLarge || overflow { return nil }
      value = sum
      rest.skip(1)
    }
    self = rest
    return value
  }

  /// Takes a number and the byte behind it, which is given; else nothing.
  ///
  /// Not inlined: code that a poll finds cold costs more than calls.
  @inline(never)
  mutating func take(_ number: inout ScannedNumber, before end: UInt8) -> Bool {
    let text = sixteenBytes()
    let digits = text.digits
    // None, or more than were looked at.
    guard UInt(bitPattern: digits &- 1) < 15 else { return takeLong(&number, before: end) }
    guard digits < left, isNext(end, after: digits) else { return false }
    number = ScannedNumber(nextNumber(digits: digits), text, digits: digits)
    skip(digits &+ 1)
    return true
  }

  /// One of any number of digits.
  @inline(never)
  private mutating func takeLong(_ number: inout ScannedNumber, before end: UInt8) -> Bool {
    var rest = self
    guard let value = rest.number(), rest.skip(end) else { return false }
    number = ScannedNumber(value)
    self = rest
    return true
  }

  /// Takes a number that fills a field: blanks before it, a blank or the end behind it.
  public mutating func numberField() -> UInt64? {
    skipBlanks()
    guard let value = number(), isAtEnd || next == 0x20 || next == 0x09 else { return nil }
    return value
  }

  /// Passes over fields that are numbers, whatever their value, and the blanks around them.
  /// Returns whether there were as many, each with a blank, a newline or the end behind it.
  ///
  /// Eight bytes at a time: of blanks (0x20) and digits (0x30 to 0x39) bit 4 tells which.
  @inline(never)
  public mutating func skipNumberFields(_ wanted: Int) -> Bool {
    var missing = wanted
    var afterDigit: UInt64 = 0
    while left >= 8 {
      let fields = NumberFields(eightBytes(after: 0), afterDigit)
      guard fields.others == 0, fields.count <= missing else { break }
      missing &-= fields.count
      afterDigit = fields.digits >> 56
      skip(8)
    }
    return skipLastNumberFields(missing, afterDigit)
  }

  /// The last word of some that numbers are to be passed over in.
  @inline(__always)
  private mutating func skipLastNumberFields(_ missing: Int, _ afterDigit: UInt64) -> Bool {
    // What comes behind the end counts as one newline.
    let behind: UInt64 = left < 8 ? 0x0A << UInt64(left * 8) : 0
    let fields = NumberFields(eightBytes(after: 0) | behind, afterDigit)
    if fields.count > missing {
      var starts = fields.starts
      for _ in 0..<missing { starts &= starts &- 1 }
      skip(starts.trailingZeroBitCount / 8)
      return true
    }
    // The first byte that is neither digit nor blank.
    let place = fields.others.trailingZeroBitCount & ~7
    let isGlued = (fields.digits << 8 | afterDigit) >> UInt64(place) & 1 != 0
    skip(place / 8)
    return fields.count == missing && (!isGlued || isAtEnd || next == 0x0A)
  }

  /// Passes over so many fields that are numbers, to the end of the last one. Which they were is
  /// known then, and where the same follow again they are passed over by comparing.
  @inline(__always)
  mutating func skipNumberFields(_ wanted: Int, _ known: inout KnownText) -> Bool {
    known.skip(&self) || skipOtherFields(wanted, &known)
  }

  @inline(never)
  private mutating func skipOtherFields(_ wanted: Int, _ known: inout KnownText) -> Bool {
    let start = self
    guard skipNumberFields(wanted) else { return false }
    var length = start.left - left
    while length > 0, start.rest[length - 1] == 0x20 { length -= 1 }
    known.keep(length, of: start)
    self = start
    skip(length)
    return true
  }

  /// Passes over blanks, but not tabs.
  @inline(__always)
  mutating func skipSpaces() {
    var rest = self
    var count: Int
    repeat {
      count = rest.sixteenBytes().count(of: 0x20)
      rest.skip(count)
    } while count == 16
    self = rest
  }

  /// Passes over digits and the byte behind them, which is given; over nothing where they are not
  /// both there.
  @inline(__always)
  mutating func skipDigits(before end: UInt8) -> Bool {
    let digits = sixteenBytes().digits
    guard UInt(bitPattern: digits &- 1) < 15 else { return skipManyDigits(before: end) }
    guard digits < left, isNext(end, after: digits) else { return false }
    skip(digits &+ 1)
    return true
  }

  @inline(never)
  private mutating func skipManyDigits(before end: UInt8) -> Bool {
    guard startsInDigit else { return false }
    var rest = self
    while rest.startsInDigit { rest.skip(1) }
    guard rest.skip(end) else { return false }
    self = rest
    return true
  }
}

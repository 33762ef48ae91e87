/// Numbers, and fields that are numbers.
extension ByteScanner {
  /// Takes a decimal number up to 2^64 - 1; nil, and nothing is passed over, where no
  /// digit comes next or the number is larger.
  @inline(never)
  public mutating func number() -> UInt64? {
    let values = next(after: 0) ^ Digits.zeros
    let bits = UInt64(Digits.others(in: values).trailingZeroBitCount & ~7)
    // None, or more than were read, or digits behind the end.
    guard bits > 0, bits < 64, bits >> 3 <= left else { return longNumber() }
    skip(Int(bits >> 3))
    return Digits.number(values &<< (64 &- bits))
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
    let low = next(after: 0)
    let values = low ^ Digits.zeros
    let others = Digits.others(in: values)
    guard others != 0 else { return takeLonger(&number, before: end) }
    let bits = UInt64(others.trailingZeroBitCount & ~7)
    let digits = Int(bits >> 3)
    guard bits > 0, UInt8(truncatingIfNeeded: low &>> bits) == end, digits < left else {
      return false
    }
    // Leading zeros take the place of what comes behind.
    number = ScannedNumber(Digits.number(values &<< (64 &- bits)), low, 0, digits: digits)
    skip(digits &+ 1)
    return true
  }

  /// One of at least eight digits.
  @inline(never)
  private mutating func takeLonger(_ number: inout ScannedNumber, before end: UInt8) -> Bool {
    let (low, high) = (next(after: 0), next(after: 8))
    let others = Digits.others(in: high ^ Digits.zeros)
    guard others != 0 else { return takeLong(&number, before: end) }
    let bits = UInt64(others.trailingZeroBitCount & ~7)
    let digits = Int(bits >> 3) &+ 8
    guard UInt8(truncatingIfNeeded: high &>> bits) == end, digits < left else { return false }
    // The last eight digits, and those in front of them.
    let last = Digits.number(next(after: digits &- 8) ^ Digits.zeros)
    let front = Digits.number(((low ^ Digits.zeros) << 1) &<< (63 &- bits))
    number = ScannedNumber(front &* Digits.bound &+ last, low, high, digits: digits)
    skip(digits &+ 1)
    return true
  }

  /// One of more than fifteen digits.
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
      count = (rest.next(after: 0) ^ 0x2020_2020_2020_2020).trailingZeroBitCount >> 3
      rest.skip(count)
    } while count == 8
    self = rest
  }

  /// Passes over digits and the byte behind them, which is given. Returns whether both were
  /// there; if not it has passed over what there was.
  @inline(__always)
  mutating func skipDigits(before end: UInt8) -> Bool {
    let start = left
    var rest = self
    var count: Int
    repeat {
      count = Digits.count(in: rest.next(after: 0))
      rest.skip(count)
    } while count == 8
    self = rest
    return left != start && skip(end)
  }
}

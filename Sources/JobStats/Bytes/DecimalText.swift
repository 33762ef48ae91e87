extension DefaultStringInterpolation {
  /// Whole numbers in decimal, as they would be anyway; but the standard library's general way
  /// of writing numbers is spread over two of the 64 KiB that the kernel maps at once.
  package mutating func appendInterpolation(_ number: Int32) { append(decimal: Int64(number)) }
  package mutating func appendInterpolation(_ number: Int) { append(decimal: Int64(number)) }

  package mutating func appendInterpolation(_ number: UInt64) {
    appendLiteral(String(decoding: Self.digits(number), as: UTF8.self))
  }

  private mutating func append(decimal number: Int64) {
    if number < 0 { appendLiteral("-") }
    appendInterpolation(number.magnitude)
  }

  private static func digits(_ number: UInt64) -> [UInt8] {
    var digits: [UInt8] = []
    var rest = number
    repeat {
      digits.append(0x30 + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    digits.reverse()
    return digits
  }
}

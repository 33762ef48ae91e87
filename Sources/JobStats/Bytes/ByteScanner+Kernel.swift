extension ByteScanner {
  /// Takes a whole line of a flat keyed file, "KEY VALUE", as memory.stat and cpu.stat have
  /// them; nil where it is not of that form, or the value is over 2^64 - 1.
  public mutating func flatEntry() -> (key: ByteSlice, value: UInt64)? {
    guard let key = prefix(to: 0x20), !key.isEmpty, let value = number(), isAtEnd else {
      return nil
    }
    return (key, value)
  }

  /// Gives the lines of a flat keyed file to `body`, one by one; `malformed` is raised by
  /// each that is not of the form.
  func flatEntries(_ malformed: inout UInt64, _ body: (ByteSlice, UInt64) -> Void) {
    var file = self
    while var line = file.line() {
      guard let (key, value) = line.flatEntry() else {
        malformed += 1
        continue
      }
      body(key, value)
    }
    if file.isTorn { malformed += 1 }
  }

  /// Takes a file that is one number and a newline.
  public mutating func singleNumber() -> UInt64? {
    var number = ScannedNumber(0)
    guard take(&number, before: 0x0A), isAtEnd else { return nil }
    return number.value
  }

  /// Takes a list of numbers and ranges, "0-3,7", as cpuset.cpus has it, and returns how
  /// many numbers it names: 0 for an empty list, nil for one of another form. A newline at
  /// its end may be missing.
  public mutating func listCount() -> UInt64? {
    var count: UInt64 = 0
    while let byte = next, byte != 0x0A {
      guard let first = number() else { return nil }
      var last = first
      if skip("-") {
        guard let end = number() else { return nil }
        last = end
      }
      // No machine has more; a larger range is not one of processors.
      guard last >= first, last - first < 1 << 20 else { return nil }
      count += last - first + 1
      guard skip(",") || isAtEnd || next == 0x0A else { return nil }
    }
    return count
  }
}

extension UInt64 {
  /// The product, or nil where it is over 2^64 - 1: for units.
  func scaled(by factor: UInt64) -> UInt64? {
    let (product, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? nil : product
  }
}

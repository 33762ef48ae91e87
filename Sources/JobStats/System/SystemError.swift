import Glibc

/// A system call that failed: what was tried, on what, and how the kernel answered.
public struct SystemError: Error {
  /// What was tried, as in "cannot OPERATION PATH".
  public let operation: String
  /// The path it was tried on, where there is one.
  public let path: BytePath?
  /// The error number, as in errno(3).
  public let code: CInt

  public init(_ operation: String, _ path: BytePath? = nil, code: CInt) {
    self.operation = operation
    self.path = path
    self.code = code
  }

  /// One line: "cannot open /x: No such file or directory".
  public var message: String {
    let place = path.map { " " + $0.text } ?? ""
    return "cannot \(operation)\(place): \(errorText(code))"
  }
}

/// The text of strerror(3) for an error number.
public func errorText(_ code: CInt) -> String {
  unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
}

/// Turns the shim's "value or -errno" into a value or a thrown error.
@discardableResult
public func checked(
  _ result: CInt, _ operation: @autoclosure () -> String, _ path: BytePath? = nil
) throws(SystemError) -> CInt {
  guard result < 0 else { return result }
  throw SystemError(operation(), path, code: -result)
}

/// Turns libc's "-1 and errno" into a value or a thrown error.
@discardableResult
public func checkedErrno(
  _ result: CInt, _ operation: @autoclosure () -> String, _ path: BytePath? = nil
) throws(SystemError) -> CInt {
  guard result < 0 else { return result }
  throw SystemError(operation(), path, code: errno)
}

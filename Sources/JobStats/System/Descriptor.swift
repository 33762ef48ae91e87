import CStatShim
import Glibc

/// A file descriptor with one owner: closed when the owner lets go of it.
public struct Descriptor: ~Copyable {
  /// The number, for calls; it stays this value's.
  public let number: CInt

  /// Takes over an open descriptor.
  public init(owning number: CInt) { self.number = number }

  deinit { close(number) }

  /// open(2), close-on-exec, as seen from the working directory; a new file gets mode 0666
  /// less the umask.
  public static func open(_ path: BytePath, _ flags: CInt) throws(SystemError) -> Descriptor {
    let number = unsafe path.withCString { unsafe cstat_openat(AT_FDCWD, $0, flags) }
    return Descriptor(owning: try checked(number, "open", path))
  }

  /// pipe2(2), close-on-exec: what is written to `input` comes out of `output`.
  public static func pipe() throws(SystemError) -> Pipe {
    var ends: (CInt, CInt) = (-1, -1)
    let result = unsafe withUnsafeMutableBytes(of: &ends) {
      unsafe cstat_pipe($0.bindMemory(to: CInt.self).baseAddress)
    }
    try checked(result, "make a pipe")
    return Pipe(output: Descriptor(owning: ends.0), input: Descriptor(owning: ends.1))
  }

  /// Both ends of a pipe; its parts can be taken out one by one.
  @frozen public struct Pipe: ~Copyable {
    public var output: Descriptor
    public var input: Descriptor
  }

  /// Gives the number away, open: closing it is the caller's from here on.
  public consuming func release() -> CInt {
    let number = self.number
    discard self
    return number
  }
}

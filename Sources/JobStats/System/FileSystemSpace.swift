import Glibc

/// How much room a file system has, in bytes: statvfs(3).
struct FileSystemSpace {
  let total: UInt64
  let used: UInt64
  /// To an unprivileged user.
  let available: UInt64

  /// What a recorded tree has of it: "AVAILABLE USED TOTAL" on a line.
  init?(recorded scanner: ByteScanner) {
    var file = scanner
    guard var line = file.line(), let available = line.numberField(),
      let used = line.numberField(), let total = line.numberField(), line.isAtEnd
    else { return nil }
    (self.available, self.used, self.total) = (available, used, total)
  }

  /// - Parameter path: seen from the working directory, not from a root directory. Nil where
  ///   there is none. One system call.
  init?(_ path: PreparedPath) {
    var status = statvfs()
    var result: CInt
    repeat {
      result = unsafe path.withCString { unsafe statvfs($0, &status) }
    } while result != 0 && errno == EINTR
    guard result == 0 else { return nil }
    let unit = UInt64(status.f_frsize)
    total = UInt64(status.f_blocks) &* unit
    used = (UInt64(status.f_blocks) &- UInt64(status.f_bfree)) &* unit
    available = UInt64(status.f_bavail) &* unit
  }
}

/// A variable of the environment, byte for byte; nil where it is not set.
public func environmentVariable(_ name: String) -> BytePath? {
  guard let value = unsafe getenv(name) else { return nil }
  return unsafe BytePath(UnsafeRawBufferPointer(start: value, count: strlen(value)).map { $0 })
}

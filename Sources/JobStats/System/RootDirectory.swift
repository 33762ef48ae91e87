import CStatShim
import Glibc

/// The directory below which system files are read: "/", or a recorded tree. Every path
/// given to it is one as the system writes it ("/proc/self/cgroup"), and is looked up
/// below the directory.
public final class RootDirectory {
  /// Where the directory is, as it was given.
  public let path: BytePath
  /// Whether it is the machine's own root, so that what is read is true now.
  public let isLive: Bool
  private let descriptor: Descriptor

  public init(_ path: BytePath) throws(SystemError) {
    descriptor = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
    self.path = path
    isLive = path.components.isEmpty && path.isAbsolute
  }

  /// Opens a file or directory. `flags` as in open(2).
  public func open(
    _ path: BytePath, _ flags: CInt = O_RDONLY
  ) throws(SystemError) -> Descriptor {
    // O_NONBLOCK: a FIFO in a recorded tree must not stop us; kernel files ignore it.
    let number = unsafe PreparedPath(path).withCString {
      unsafe cstat_openat(descriptor.number, $0, flags | O_NONBLOCK)
    }
    return Descriptor(owning: try checked(number, "open", path))
  }

  /// Which file a path stands for now, or nil where there is none.
  public func identity(_ path: BytePath) -> FileIdentity? {
    identity(PreparedPath(path))
  }

  /// As `open`, for polls: allocates nothing. Returns a descriptor that the caller owns, or
  /// -errno.
  public func open(_ path: PreparedPath) -> CInt {
    unsafe path.withCString {
      unsafe cstat_openat(descriptor.number, $0, O_RDONLY | O_NONBLOCK)
    }
  }

  /// As `identity`, for polls: allocates nothing.
  public func identity(_ path: PreparedPath) -> FileIdentity? {
    unsafe path.withCString { unsafe FileIdentity(directory: descriptor.number, $0) }
  }

  /// A path below it, for calls that take no directory: seen from the working directory.
  func outside(_ path: BytePath) -> PreparedPath {
    PreparedPath(outside: isLive ? path : self.path.appending(path))
  }

  /// The whole of a small file, or the error. For set-up: it allocates.
  public func contents(_ path: BytePath) throws(SystemError) -> [UInt8] {
    let file = try open(path)
    let buffer = ReadBuffer()
    try checked(buffer.readAll(file.number, .stream), "read", path)
    return buffer.scanner.rest.array
  }

  /// Writes a word into a file that is there, in one write(2), as the kernel's files want it.
  public func write(_ text: String, to path: BytePath) throws(SystemError) {
    let file = try open(path, O_WRONLY)
    let bytes = Array(text.utf8)
    try checked(
      unsafe bytes.withUnsafeBytes {
        unsafe cstat_write(file.number, $0.baseAddress, $0.count)
      }, "write \(text) to", path)
  }

  /// The names in a directory; none where it can't be read.
  public func names(in path: BytePath) -> [BytePath] {
    guard let number = try? open(path, O_RDONLY | O_DIRECTORY).release(),
      let stream = unsafe fdopendir(number)
    else { return [] }
    defer { unsafe closedir(stream) }
    var names: [BytePath] = []
    while let entry = unsafe readdir(stream) {
      unsafe withUnsafeBytes(of: &entry.pointee.d_name) { raw in
        unsafe names.append(BytePath(Array(raw.prefix { $0 != 0 })))
      }
    }
    return names.filter { $0 != BytePath(".") && $0 != BytePath("..") }
  }

  public func makeDirectory(_ path: BytePath) throws(SystemError) {
    let result = unsafe PreparedPath(path).withCString {
      unsafe mkdirat(descriptor.number, $0, 0o755)
    }
    try checkedErrno(result, "make", path)
  }

  public func removeDirectory(_ path: BytePath) throws(SystemError) {
    let result = unsafe PreparedPath(path).withCString {
      unsafe unlinkat(descriptor.number, $0, AT_REMOVEDIR)
    }
    try checkedErrno(result, "remove", path)
  }

  /// The target of a symbolic link such as /proc/self/ns/net, or nil.
  public func linkTarget(_ path: BytePath) -> BytePath? {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
      let count = unsafe PreparedPath(path).withCString {
        unsafe readlinkat(descriptor.number, $0, buffer.baseAddress!, buffer.count)
      }
      guard count >= 0 else { return nil }
      return unsafe BytePath(buffer.prefix(count).map { UInt8(bitPattern: $0) })
    }
  }
}

/// A path that is looked up again and again: as a C string below a root directory.
public struct PreparedPath {
  private var terminated: [CChar]

  /// As it is, for calls that take no directory.
  init(outside path: BytePath) {
    terminated = path.bytes.map { CChar(bitPattern: $0) } + [0]
  }

  public init(_ path: BytePath) {
    // An absolute path would leave the directory; "." stands for the directory itself.
    let relative = path.bytes.drop { $0 == UInt8(ascii: "/") }.map { CChar(bitPattern: $0) }
    terminated = (relative.isEmpty ? [CChar(bitPattern: UInt8(ascii: "."))] : relative) + [0]
  }

  /// Makes it the path of a process's file, or of one of a thread's: "/proc/7/stat",
  /// "/proc/7/task/8/children". In the room that there is: allocates nothing.
  mutating func set(process: Int32, thread: Int32? = nil, _ file: StaticString) {
    terminated.removeAll(keepingCapacity: true)
    append("proc/")
    append(process)
    if let thread {
      append("/task/")
      append(thread)
    }
    append("/")
    append(file)
    terminated.append(0)
  }

  private mutating func append(_ text: StaticString) {
    for index in 0..<text.utf8CodeUnitCount {
      terminated.append(CChar(bitPattern: unsafe text.utf8Start[index]))
    }
  }

  private mutating func append(_ number: Int32) {
    var divisor: Int32 = 1
    while number / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      terminated.append(CChar(0x30 + number / divisor % 10))
      divisor /= 10
    }
  }

  func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    unsafe terminated.withUnsafeBufferPointer { unsafe body($0.baseAddress!) }
  }
}

/// Which file it is: two paths with the same identity are the same file.
public struct FileIdentity: Equatable, Sendable {
  let device: UInt64
  let inode: UInt64
  /// Whether it is a directory.
  public let isDirectory: Bool
  /// Whether it is a regular file.
  public let isRegular: Bool

  init?(directory: CInt, _ path: UnsafePointer<CChar>) {
    var raw = cstat_identity()
    guard unsafe cstat_identify(directory, path, &raw) == 0 else { return nil }
    self.init(raw)
  }

  /// Of an open descriptor.
  init?(_ descriptor: CInt) {
    var raw = cstat_identity()
    guard unsafe cstat_identify(descriptor, nil, &raw) == 0 else { return nil }
    self.init(raw)
  }

  private init(_ raw: cstat_identity) {
    device = raw.device
    inode = raw.inode
    isDirectory = raw.mode & S_IFMT == S_IFDIR
    isRegular = raw.mode & S_IFMT == S_IFREG
  }
}

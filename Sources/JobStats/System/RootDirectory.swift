import CStatShim
import Glibc

/// The directory below which system files are read: "/", or a recorded tree. Every path
/// given to it is one as the system writes it ("/proc/self/cgroup"), and is looked up
/// below the directory.
///
/// Nothing that stands in a recorded tree leads out of it: ".." stops at its top, and the
/// targets of symbolic links are looked up in it too (`openBelow`).
public final class RootDirectory {
  /// Where the directory is, as it was given.
  public let path: BytePath
  /// Whether it is the machine's own root, so that what is read is true now.
  public let isLive: Bool
  /// What keeps a copy of all that is read, where one is wanted.
  let recorder: TreeRecorder?
  private let descriptor: Descriptor
  /// Files that are read again and again are held open below this number: some are left for
  /// those that are opened for a moment.
  let mostHeld: CInt = CInt(clamping: (systemValue(.openFiles) ?? 1024) - 4)
  private let log: Log?
  /// The files of which `warn` has told.
  private var warned: Set<PreparedPath> = []

  /// - Parameter log: where it is told of files that are not read because of their length.
  public init(
    _ path: BytePath, recorder: TreeRecorder? = nil, log: Log? = nil
  ) throws(SystemError) {
    self.log = log
    descriptor = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
    self.path = path
    self.recorder = recorder
    isLive = path.components.isEmpty && path.isAbsolute
  }

  /// Opens a file or directory. `flags` as in open(2).
  public func open(
    _ path: BytePath, _ flags: CInt = O_RDONLY
  ) throws(SystemError) -> Descriptor {
    // O_NONBLOCK: a FIFO in a recorded tree must not stop us; kernel files ignore it.
    let number = open(PreparedPath(path), flags | O_NONBLOCK)
    return Descriptor(owning: try checked(number, "open", path))
  }

  /// As `open`, for polls: allocates nothing. Returns a descriptor that the caller owns, or
  /// -errno.
  public func open(_ path: PreparedPath) -> CInt { open(path, O_RDONLY | O_NONBLOCK) }

  /// Opens a file and reads it whole into `buffer`; for polls: allocates nothing. Returns a
  /// descriptor that the caller owns, or -errno. Files come through here when they are first
  /// read, so this is where a copy of them is kept.
  public func read(_ path: PreparedPath, _ buffer: ReadBuffer, _ mode: ReadMode) -> CInt {
    let number = open(path)
    if number < 0 { return number }
    let result = buffer.readAll(number, mode)
    if result != 0 {
      close(number)
      if result == -EFBIG { warnOfLength(path) }
      return result
    }
    if let recorder { recorder.keep(path, buffer.scanner.rest) }
    return number
  }

  /// A path below it, for calls that take no directory: seen from the working directory.
  func outside(_ path: BytePath) -> PreparedPath {
    PreparedPath(outside: isLive ? path : self.path.appending(path))
  }

  /// The whole of a small file, or the error. For set-up: it allocates.
  public func contents(_ path: BytePath) throws(SystemError) -> [UInt8] {
    let file = try open(path)
    let buffer = ReadBuffer()
    let result = buffer.readAll(file.number, .stream)
    if result == -EFBIG { warnOfLength(PreparedPath(path)) }
    try checked(result, "read", path)
    recorder?.keep(PreparedPath(path), buffer.scanner.rest)
    return buffer.scanner.rest.array
  }

  private func warnOfLength(_ path: PreparedPath) {
    warn(path, "is not read: it has more than \(ReadBuffer.limit >> 20) MiB")
  }

  /// Says once for each file what is wrong with it.
  func warn(_ path: PreparedPath, _ what: String) {
    guard let log, warned.insert(path).inserted else { return }
    log.warning("/\(text: path.path) \(what)")
  }

  /// Writes a word into a file that is there, in one write(2), as the kernel's files want it.
  public func write(_ text: String, to path: BytePath) throws(SystemError) {
    let file = try open(path, O_WRONLY)
    let bytes = Array(text.utf8)
    try checked(
      unsafe bytes.withUnsafeBytes {
        unsafe CInt(clamping: cstat_write(file.number, $0.baseAddress, $0.count))
      }, "write \(text) to", path)
  }

  /// Keeps a copy of a file as it is now in `buffer`, whatever it was when it was first read.
  func keepAgain(_ path: PreparedPath, _ buffer: ReadBuffer) {
    recorder?.keep(path, buffer.scanner.rest, again: true)
  }

  /// Keeps a copy of what a link such as /proc/self/ns/net tells: which others are of the same
  /// namespace.
  func keepNamespace(_ path: PreparedPath) {
    if let recorder, let identity = identity(path) { recorder.keepNamespace(path, identity) }
  }

  /// Which file a path stands for now, or nil where there is none. For set-up.
  public func identity(_ path: BytePath) -> FileIdentity? {
    guard let identity = isLive ? identity(PreparedPath(path)) : identityBelow(path) else {
      return nil
    }
    if let recorder {
      // That it is there is what a replay has to know.
      if identity.isDirectory { recorder.keepDirectory(path) } else { _ = try? contents(path) }
    }
    return identity
  }

  private func identityBelow(_ path: BytePath) -> FileIdentity? {
    let number = open(PreparedPath(path), Descriptor.pathOnly)
    if number < 0 { return nil }
    let place = Descriptor(owning: number)
    return FileIdentity(place.number)
  }

  /// As the other, for polls: allocates nothing. To see whether a file that is held open has
  /// been replaced; so no care is taken of where links in a recorded tree lead: nothing is
  /// read, and what has been replaced is opened with care.
  public func identity(_ path: PreparedPath) -> FileIdentity? {
    unsafe path.withCString { unsafe FileIdentity(directory: descriptor.number, $0) }
  }

  /// The same for a path that is looked up at each poll.
  func identity(_ path: HeldPath) -> FileIdentity? {
    unsafe path.withCString { unsafe FileIdentity(directory: descriptor.number, $0) }
  }

  /// The version of control groups whose hierarchy has its top at a path; nil where none has. For
  /// this machine's own root.
  func hierarchy(at path: BytePath) -> HierarchyVersion? {
    HierarchyVersion(rawValue: unsafe path.withCString { unsafe cstat_hierarchy_at($0) })
  }

  enum HierarchyVersion: CInt {
    case v1 = 1
    case v2 = 2
  }

  /// Whether directories may be in a directory. File systems for control groups count them as
  /// links (fs/kernfs/dir.c), others may count nothing. False where it is not there.
  func hasDirectories(_ path: PreparedPath) -> Bool {
    var status = stat()
    let result = unsafe path.withCString {
      unsafe fstatat(descriptor.number, $0, &status, 0)
    }
    return result == 0 && status.st_nlink != 2
  }

  /// The names in a directory; none where it can't be read.
  public func names(in path: BytePath) -> [BytePath] {
    guard let directory = try? open(path, O_RDONLY | O_DIRECTORY) else { return [] }
    recorder?.keepDirectory(path)
    return directory.names()
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
    let number = open(PreparedPath(path), Descriptor.pathOnly | O_NOFOLLOW)
    return number < 0 ? nil : Descriptor(owning: number).linkTarget()
  }

  private func open(_ path: PreparedPath, _ flags: CInt) -> CInt {
    unsafe path.withCString {
      unsafe isLive
        ? cstat_openat(descriptor.number, $0, flags) : descriptor.openBelow($0, flags)
    }
  }
}

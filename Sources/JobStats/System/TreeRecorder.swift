import CStatShim
import Glibc

/// Keeps a copy of what is read of the system below a directory (-dump), so that -root with
/// that directory gives the same bytes: of each path what its first read gave,
/// or what the first lines come from where it had nothing to say before (blkio, throttle).
public final class TreeRecorder {
  private let directory: Descriptor
  private let path: BytePath
  private let log: Log
  private var kept: Set<PreparedPath> = []
  private var namespaces: [(FileIdentity, PreparedPath)] = []
  private var hasFailed = false

  /// Makes the directory, or takes one that is empty; its parent has to be there. Throws where
  /// that can't be done, or nothing can be written there.
  public init(_ path: BytePath, _ log: Log) throws(SystemError) {
    // What root reads is not for everybody.
    let made = unsafe path.withCString { unsafe mkdir($0, 0o700) }
    if made < 0, errno != EEXIST { throw SystemError("make", path, code: errno) }
    directory = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
    guard try Descriptor.open(path, O_RDONLY | O_DIRECTORY).names().isEmpty else {
      throw SystemError("write to", path, code: ENOTEMPTY)
    }
    // The first directory that is needed in any case.
    try checkedErrno(unsafe mkdirat(directory.number, "proc", 0o777), "write to", path)
    self.path = path
    self.log = log
  }

  /// Keeps a file's bytes.
  /// - Parameter again: even if it has been kept before.
  func keep(_ path: PreparedPath, _ bytes: ByteSlice, again: Bool = false) {
    guard isNew(path) || again, let place = place(path) else { return }
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW
    let number = unsafe place.withCString { unsafe cstat_openat(directory.number, $0, flags) }
    guard number >= 0 else { return fail(place, -number) }
    let file = Descriptor(owning: number)
    errno = 0
    if bytes.write(to: file.number) { return }
    fail(place, errno)
    // Half of a file would be taken for the whole.
    _ = unsafe place.withCString { unsafe unlinkat(directory.number, $0, 0) }
  }

  /// Whether a copy of a file has been kept, or can't be.
  func hasKept(_ path: PreparedPath) -> Bool { hasFailed || kept.contains(path) }

  /// Keeps that a directory is there.
  func keepDirectory(_ path: BytePath) {
    let directory = PreparedPath(path)
    if isNew(directory) { _ = place(PreparedPath(path.appending("."))) }
  }

  /// Keeps a file that can't be read, and tells only whether it is the same as another.
  func keepNamespace(_ path: PreparedPath, _ identity: FileIdentity) {
    guard isNew(path), let place = place(path) else { return }
    let number = directory.number
    let first = namespaces.first { $0.0 == identity }?.1
    if first == nil { namespaces.append((identity, place)) }
    let result = unsafe place.withCString { place in
      guard let first else { return unsafe mknodat(number, place, S_IFREG | 0o444, 0) }
      return unsafe first.withCString { unsafe linkat(number, $0, number, place, 0) }
    }
    if result < 0 { fail(place, errno) }
  }

  private func isNew(_ path: PreparedPath) -> Bool {
    !hasFailed && kept.insert(path).inserted
  }

  /// Where a path's copy is kept. Makes all directories that the path leads through; none of
  /// them is above ours.
  private func place(_ path: PreparedPath) -> PreparedPath? {
    var parts: [BytePath] = []
    let components = path.path.components
    for (index, part) in components.enumerated() {
      if part == BytePath("..") { _ = parts.popLast() }
      if part == BytePath("..") || part == BytePath(".") { continue }
      parts.append(part)
      guard index < components.count - 1 else { continue }
      let made = PreparedPath(Self.joined(parts))
      let result = unsafe made.withCString { unsafe mkdirat(directory.number, $0, 0o777) }
      if result < 0, errno != EEXIST {
        fail(made, errno)
        return nil
      }
    }
    return PreparedPath(Self.joined(parts))
  }

  private static func joined(_ parts: [BytePath]) -> BytePath {
    parts.reduce(BytePath("")) { $0.appending($1) }
  }

  /// One warning, and nothing more is kept: the job is not to notice.
  private func fail(_ place: PreparedPath, _ code: CInt) {
    hasFailed = true
    let error = SystemError("write", path.appending(place.path), code: code)
    log.warning("flag -dump: \(error.message): nothing more is copied")
  }
}

import CStatShim
import Glibc

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

import CStatShim
import Glibc

/// Which file it is: two paths with the same identity are the same file.
public struct FileIdentity: Equatable, Sendable {
  let device: UInt64
  let inode: UInt64
  /// The bits of st_mode that tell what it is.
  private let type: UInt32

  /// Whether it is a directory.
  public var isDirectory: Bool { type == S_IFDIR }
  /// Whether it is a regular file.
  public var isRegular: Bool { type == S_IFREG }

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

  /// S_IFMT, which is a function here.
  private static let typeBits: UInt32 = 0o170000

  private init(_ raw: cstat_identity) {
    device = raw.device
    inode = raw.inode
    type = raw.mode & Self.typeBits
  }
}

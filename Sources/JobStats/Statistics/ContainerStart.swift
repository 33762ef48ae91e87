/// Tells whether a group that is only watched is past its start, as far as its network goes.
///
/// A container engine puts the container's first process into the group, and gives it namespaces
/// of its own a moment later: until then the group seems to be in crunchstat's network
/// namespace, and its numbers would be the host's. So that namespace is taken for the group's
/// when a process of the group has a mount namespace of its own, which it gets no sooner than
/// its network, or when nothing else has been seen for a second.
final class ContainerStart {
  private let root: RootDirectory
  private let ownNetwork: FileIdentity?
  private let ownMounts: FileIdentity?
  private var since: UInt64?
  private var sharesOurs = false

  private static let longest: UInt64 = 1_000_000_000

  /// Nil where nothing starts: a recorded tree stands still.
  init?(_ context: SamplingContext) {
    guard context.watchesContainer, context.root.isLive else { return nil }
    root = context.root
    ownNetwork = root.identity(PreparedPath(BytePath("/proc/self/ns/net")))
    ownMounts = root.identity(PreparedPath(BytePath("/proc/self/ns/mnt")))
  }

  /// Which mount namespace a process is in, nil where that can't be told.
  func mounts(of process: ByteText) -> FileIdentity? {
    root.identity(PreparedPath(BytePath("/proc/\(process)/ns/mnt")))
  }

  /// Whether a namespace that was just found to be a process's, nil where that can't be told,
  /// may be taken for the group's. The last sample takes what there is.
  /// - Parameter mounts: the process's mount namespace, found out before the network's.
  func isOver(
    _ network: FileIdentity?, mounts: FileIdentity?, _ poll: Poll
  ) -> Bool {
    guard network == nil || network == ownNetwork else {
      (since, sharesOurs) = (nil, false)
      return true
    }
    let begin = since ?? poll.time
    since = begin
    let hasOwnMounts = network != nil && mounts != nil && mounts != ownMounts
    sharesOurs = sharesOurs || hasOwnMounts || poll.time &- begin >= Self.longest
    return sharesOurs || poll.isLast
  }

  /// Whether looks have just begun, so that the namespace is soon another.
  func isNew(_ poll: Poll) -> Bool { since == poll.time }

  /// To be called when the group has no process: who comes next may be at its start.
  func sawNone() { since = nil }
}

/// The control groups that a process is in, one per hierarchy: /proc/PID/cgroup.
public struct ProcessGroups {
  private var paths = PerController<BytePath>()
  /// The v1 hierarchies that carry something of interest: their controllers, with commas between
  /// them.
  private(set) var hierarchies: [BytePath] = []

  /// - Parameter process: a process id, or "self".
  public init(_ root: RootDirectory, process: String) throws(SystemError) {
    self.init(parsing: try root.contents(BytePath("/proc/\(process)/cgroup")))
  }

  /// Lines are "4:memory:/path", "7:cpu,cpuacct:/path" or "0::/path" (v2); a path may hold
  /// colons. Others are passed over.
  public init(parsing bytes: [UInt8]) {
    ByteScanner.scan(bytes) { scanner in
      while var line = scanner.line() {
        guard let number = line.prefix(to: UInt8(ascii: ":")),
          let controllers = line.prefix(to: UInt8(ascii: ":")), line.next == UInt8(ascii: "/")
        else { continue }
        let path = BytePath(line.rest.array)
        if controllers.isEmpty {
          if number == "0" { paths[.unified] = path }
        } else {
          let known = Controller.list(controllers)
          for controller in Controller.allCases where known.contains(controller) {
            paths[controller] = path
          }
          if !known.isEmpty { hierarchies.append(BytePath(controllers.array)) }
        }
      }
    }
  }

  /// The group's path as the process sees it, or nil where the hierarchy is not in use.
  public func path(_ controller: Controller) -> BytePath? { paths[controller] }

  /// Where the process's group is to be found, and the mount that shows it; nil where no
  /// mount does. Of several mounts the first that shows the group serves.
  public func place(
    _ controller: Controller, in mounts: [ControlGroupMount]
  ) -> GroupPlace? {
    guard let path = path(controller) else { return nil }
    for mount in mounts where mount.carries(controller) {
      // A group outside the mount's root can't be seen through it.
      guard !path.climbs, let below = path.relative(to: mount.root) else { continue }
      return GroupPlace(directory: mount.point.appending(below), mount: mount)
    }
    return nil
  }
}

/// A control group's directory. A class, so that seven of them are copied as seven references.
public final class GroupPlace: Equatable {
  public let directory: BytePath
  public let mount: ControlGroupMount

  public init(directory: BytePath, mount: ControlGroupMount) {
    self.directory = directory
    self.mount = mount
  }

  public static func == (one: GroupPlace, other: GroupPlace) -> Bool {
    one === other || one.directory == other.directory && one.mount == other.mount
  }

  /// The group's path as /proc/PID/cgroup has it.
  var path: BytePath {
    mount.root.appending(directory.relative(to: mount.point) ?? BytePath(""))
  }

  /// The directories of the group and of all its ancestors that can be seen, nearest first.
  public var upward: [BytePath] { directory.upward(to: mount.point) }
}

import Glibc

/// How container engines call the control group of a container with a given id.
enum ContainerGroup {
  /// The group below it that crun makes for the container's processes.
  static let inner = "container"

  /// Paths below the hierarchy's root, the likeliest first.
  ///
  /// With the cgroupfs driver a container's group is PARENT/ID (Docker) or
  /// PARENT/libpod-ID (Podman); with systemd's, PARENT/ENGINE-ID.scope, where PARENT is a
  /// slice.
  static func spellings(parent: BytePath, id: BytePath) -> [BytePath] {
    // An id that is a path is not one of an engine's.
    guard id.components.count == 1 else { return [parent.appending(id)] }
    let name = id.components[0].bytes
    func scope(_ engine: String) -> BytePath {
      BytePath(Array("\(engine)-".utf8) + name + Array(".scope".utf8))
    }
    let plainPodman = BytePath(Array("libpod-".utf8) + name)
    let names =
      [id, scope("docker"), scope("libpod"), plainPodman]
      + ["crio", "cri-containerd", "nerdctl"].map(scope)
    let user = getuid()
    let session = BytePath("user.slice/user-\(user).slice/user@\(user).service/user.slice")
    let byDefault = [
      BytePath("docker").appending(id), BytePath("system.slice").appending(scope("docker")),
      BytePath("machine.slice").appending(scope("libpod")),
      BytePath("libpod_parent").appending(plainPodman),
      session.appending(scope("libpod")), session.appending(scope("docker")),
    ]
    let parents = [parent] + [slice(parent)].compactMap { $0 }
    var spellings: [BytePath] = []
    for spelling in parents.flatMap({ parent in names.map(parent.appending) }) + byDefault
    where !spellings.contains(spelling) {
      spellings.append(spelling)
    }
    return spellings
  }

  /// Where systemd puts a slice whose name is a path: "a-b.slice" is a.slice/a-b.slice.
  private static func slice(_ parent: BytePath) -> BytePath? {
    let suffix = Array(".slice".utf8)
    guard parent.components.count == 1, parent.bytes.suffix(suffix.count) == suffix[...] else {
      return nil
    }
    let parts = parent.components[0].bytes.dropLast(suffix.count)
      .split(separator: UInt8(ascii: "-"))
    guard parts.count > 1 else { return nil }
    return (1...parts.count).reduce(BytePath("")) { path, count in
      let name = parts.prefix(count).joined(separator: [UInt8(ascii: "-")])
      return path.appending(BytePath(Array(name) + suffix))
    }
  }
}

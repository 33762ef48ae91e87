extension MountTable {
  /// The mounts that show the groups of this process: those where nearly every machine has them, if
  /// they are there, else all. The kernel needs 3 µs to tell of each mount, of which some machines
  /// have hundreds, and a program that ends at once would have to wait for that.
  public static func showing(_ groups: ProcessGroups, _ root: RootDirectory)
    -> [ControlGroupMount]
  {
    usual(groups, root) ?? read(root)
  }

  /// The mounts at /sys/fs/cgroup/CONTROLLERS, as /proc/self/cgroup lists them, and at
  /// /sys/fs/cgroup/unified, or with v2 alone at /sys/fs/cgroup; nil unless at each of them stands
  /// the top of a hierarchy, and that is where the groups' paths begin.
  static func usual(_ groups: ProcessGroups, _ root: RootDirectory) -> [ControlGroupMount]? {
    // A replay needs the table itself.
    guard root.isLive, root.recorder == nil, seesWholeHierarchies(root) else { return nil }
    let top = BytePath("/sys/fs/cgroup")
    var mounts: [ControlGroupMount] = []
    for controllers in groups.hierarchies {
      let point = top.appending(controllers)
      guard root.hierarchy(at: point) == .v1 else { return nil }
      mounts.append(ControlGroupMount(seenAt: point, controllers: controllers))
    }
    if groups.path(.unified) != nil {
      let point = groups.hierarchies.isEmpty ? top : top.appending("unified")
      guard root.hierarchy(at: point) == .v2 else { return nil }
      mounts.append(ControlGroupMount(seenAt: point, controllers: nil))
    }
    return mounts
  }

  /// Whether paths in /proc/self/cgroup are known to begin at the top of their hierarchies: in the
  /// first control group namespace (Linux 4.6; PROC_CGROUP_INIT_INO, include/linux/proc_ns.h).
  static func seesWholeHierarchies(_ root: RootDirectory) -> Bool {
    root.identity(PreparedPath("/proc/self/ns/cgroup"))?.inode == 0xEFFF_FFFB
  }
}

/// A control group hierarchy that is mounted somewhere. A class for what `Candidate` says.
public final class ControlGroupMount: Equatable {
  /// Where it is mounted.
  public let point: BytePath
  /// Which group of the hierarchy is seen at `point`: "/" unless it is a bind mount, or
  /// the mount of another control group namespace.
  public let root: BytePath
  /// v1: the options, controllers among them, with commas between them. v2: nil.
  public let options: BytePath?
  private let controllers: ControllerSet
  /// Whether the top of the hierarchy has been seen to be there.
  let isSeen: Bool

  init(point: BytePath, root: BytePath, options: ByteSlice?) {
    self.point = point
    self.root = root
    self.options = options.map { BytePath($0.array) }
    controllers = options.map { Controller.list($0) } ?? .unified
    isSeen = false
  }

  /// One that has been seen, of the controllers of a line of /proc/PID/cgroup; nil: of v2.
  init(seenAt point: BytePath, controllers: BytePath?) {
    self.point = point
    root = "/"
    options = controllers
    isSeen = true
    self.controllers =
      controllers.map { ByteScanner.scan($0.bytes) { Controller.list($0.rest) } } ?? .unified
  }

  public static func == (one: ControlGroupMount, other: ControlGroupMount) -> Bool {
    one === other
      || one.point == other.point && one.root == other.root && one.options == other.options
  }

  /// Whether the hierarchy carries the controller.
  public func carries(_ controller: Controller) -> Bool { controllers.contains(controller) }
}

/// The control group mounts that a process sees, in the kernel's order.
public enum MountTable {
  /// From /proc/self/mountinfo (Linux 2.6.26), or /proc/mounts where a recorded tree has
  /// only that. Lines that are not of their format are passed over. Linear in the bytes.
  public static func read(_ root: RootDirectory) -> [ControlGroupMount] {
    if let bytes = try? root.contents(BytePath("/proc/self/mountinfo")) {
      return parse(bytes, parseMountinfoLine)
    }
    guard let bytes = try? root.contents(BytePath("/proc/mounts")) else { return [] }
    return parse(bytes, parseMountsLine)
  }

  public static func parse(mountinfo bytes: [UInt8]) -> [ControlGroupMount] {
    parse(bytes, parseMountinfoLine)
  }

  public static func parse(mounts bytes: [UInt8]) -> [ControlGroupMount] {
    parse(bytes, parseMountsLine)
  }

  private static func parse(
    _ bytes: [UInt8], _ parseLine: (inout ByteScanner) -> ControlGroupMount?
  ) -> [ControlGroupMount] {
    ByteScanner.scan(bytes) { scanner in
      var mounts: [ControlGroupMount] = []
      while var line = scanner.line() {
        guard let mount = parseLine(&line) else { continue }
        // It hides what was mounted there before.
        mounts.removeAll { $0.point == mount.point }
        mounts.append(mount)
      }
      return mounts
    }
  }

  /// "36 35 98:0 /root /point rw,noatime master:1 - cgroup source rw,memory": any number of
  /// optional fields stands before the dash. See proc(5).
  private static func parseMountinfoLine(_ line: inout ByteScanner) -> ControlGroupMount? {
    for _ in 0..<3 { _ = line.word() }
    let root = line.word()
    let point = line.word()
    while true {
      let word = line.word()
      if word.isEmpty { return nil }
      if word == "-" { break }
    }
    let type = line.word()
    // The source may be empty, between two blanks.
    guard line.skip(" "), line.prefix(to: 0x20) != nil else { return nil }
    return mount(type, root: root, point: point, options: line.word())
  }

  /// "cgroup /point cgroup rw,memory 0 0"; the root is not told. See fstab(5).
  private static func parseMountsLine(_ line: inout ByteScanner) -> ControlGroupMount? {
    _ = line.word()
    let point = line.word()
    let type = line.word()
    return mount(type, root: nil, point: point, options: line.word())
  }

  private static func mount(
    _ type: ByteSlice, root: ByteSlice?, point: ByteSlice, options: ByteSlice
  ) -> ControlGroupMount? {
    let isUnified = type == "cgroup2"
    guard isUnified || type == "cgroup", !point.isEmpty, !options.isEmpty else { return nil }
    return ControlGroupMount(
      point: unescaped(point), root: root.map(unescaped) ?? BytePath("/"),
      options: isUnified ? nil : options)
  }

  /// Blanks, tabs, newlines and backslashes come as a backslash and three octal digits.
  private static func unescaped(_ slice: ByteSlice) -> BytePath {
    let bytes = slice.array
    guard bytes.contains(UInt8(ascii: "\\")) else { return BytePath(bytes) }
    var plain: [UInt8] = []
    var rest = bytes[...]
    while let byte = rest.popFirst() {
      let octal = rest.prefix(3).reduce(into: (value: 0, digits: 0)) { sum, digit in
        guard (0x30...0x37).contains(digit) else { return }
        sum = (sum.value * 8 + Int(digit - 0x30), sum.digits + 1)
      }
      if byte == UInt8(ascii: "\\"), octal.digits == 3, octal.value < 256 {
        plain.append(UInt8(octal.value))
        rest = rest.dropFirst(3)
      } else {
        plain.append(byte)
      }
    }
    return BytePath(plain)
  }
}

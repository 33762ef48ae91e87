import CStatShim
import Glibc

extension Descriptor {
  /// open(2)'s O_PATH (Linux 2.6.39), which Glibc's module does not show: a place in the file
  /// system, nothing that could be read.
  static let pathOnly = CInt(CSTAT_PATH_ONLY)

  /// Opens what stands below this directory, as if it were the root of everything: ".." stops
  /// at it, and links are followed below it. openat2(2) does that (Linux 5.6). Where the kernel
  /// has none, or a container's filter forbids it, a link that leads out is an error (-EXDEV).
  /// Returns a descriptor that the caller owns, or -errno.
  func openBelow(_ path: UnsafePointer<CChar>, _ flags: CInt) -> CInt {
    let opened = unsafe cstat_open_below(number, path, flags)
    guard opened == -ENOSYS || opened == -EPERM else { return opened }
    // What is made is made by tests.
    if flags & O_CREAT != 0 { return unsafe cstat_openat(number, path, flags) }
    // Only the place, which has no effect on what stands there, a device for one.
    let place = unsafe cstat_openat(
      number, path, Self.pathOnly | flags & (O_NOFOLLOW | O_DIRECTORY))
    guard place >= 0 else { return place }
    guard isBelow(place) else {
      close(place)
      return -EXDEV
    }
    if flags & Self.pathOnly != 0 { return place }
    defer { close(place) }
    return unsafe BytePath("/proc/self/fd/\(place)").withCString {
      unsafe cstat_openat(AT_FDCWD, $0, flags & ~O_NOFOLLOW)
    }
  }

  private func isBelow(_ place: CInt) -> Bool {
    let links = [number, place].map { number in
      try? Descriptor.open(BytePath("/proc/self/fd/\(number)"), Self.pathOnly | O_NOFOLLOW)
        .linkTarget()
    }
    guard let top = links[0], let found = links[1] else { return false }
    return found.relative(to: top) != nil
  }

  /// Where a symbolic link that was opened as such leads; nil for anything else.
  func linkTarget() -> BytePath? {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
      let count = unsafe readlinkat(number, "", buffer.baseAddress!, buffer.count)
      guard count >= 0 else { return nil }
      return unsafe BytePath(buffer.prefix(count).map { UInt8(bitPattern: $0) })
    }
  }

  /// The names in a directory, in the kernel's order; none where it can't be read.
  public consuming func names() -> [BytePath] {
    guard let stream = unsafe fdopendir(release()) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [BytePath] = []
    while let entry = unsafe readdir(stream) {
      unsafe withUnsafeBytes(of: &entry.pointee.d_name) { raw in
        unsafe names.append(BytePath(Array(raw.prefix { $0 != 0 })))
      }
    }
    return names.filter { $0 != BytePath(".") && $0 != BytePath("..") }
  }
}

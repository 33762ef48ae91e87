/// A path as a C string that polls look up without counting references, as an array's are.
@safe
final class HeldPath {
  private var text = UnsafeMutablePointer<CChar>.allocate(capacity: 1)

  init() { unsafe text.pointee = 0 }

  deinit { unsafe text.deallocate() }

  func set(_ path: PreparedPath) {
    unsafe text.deallocate()
    unsafe text = .allocate(capacity: path.terminated.count)
    unsafe text.update(from: path.terminated, count: path.terminated.count)
  }

  @inline(__always)
  func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    unsafe body(text)
  }
}

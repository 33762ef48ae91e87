/// A path that is looked up again and again: as a C string below a root directory.
public struct PreparedPath: Hashable {
  private(set) var terminated: [CChar]

  /// As it is, for calls that take no directory.
  init(outside path: BytePath) { terminated = Self.terminated(path.bytes[...]) }

  public init(_ path: BytePath) {
    // An absolute path would leave the directory; "." stands for the directory itself.
    let relative = path.bytes.drop { $0 == UInt8(ascii: "/") }
    terminated = Self.terminated(relative.isEmpty ? [UInt8(ascii: ".")] : relative)
  }

  private static func terminated(_ bytes: ArraySlice<UInt8>) -> [CChar] {
    let count = bytes.count
    return unsafe [CChar](unsafeUninitializedCapacity: count + 1) { text, initialized in
      unsafe UnsafeMutableRawBufferPointer(text).copyBytes(from: bytes)
      unsafe text[count] = 0
      initialized = count + 1
    }
  }

  /// Makes it the path of a process's file, or of one of a thread's: "/proc/7/stat",
  /// "/proc/7/task/8/children". In the room that there is: allocates nothing.
  mutating func set(process: Int32, thread: Int32? = nil, _ file: StaticString) {
    terminated.removeAll(keepingCapacity: true)
    append("proc/")
    append(process)
    if let thread {
      append("/task/")
      append(thread)
    }
    append("/")
    append(file)
    terminated.append(0)
  }

  private mutating func append(_ text: StaticString) {
    for index in 0..<text.utf8CodeUnitCount {
      terminated.append(CChar(bitPattern: unsafe text.utf8Start[index]))
    }
  }

  private mutating func append(_ number: Int32) {
    var divisor: Int32 = 1
    while number / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      terminated.append(CChar(0x30 + number / divisor % 10))
      divisor /= 10
    }
  }

  /// The path, below the root directory.
  var path: BytePath { BytePath(terminated.dropLast().map { UInt8(bitPattern: $0) }) }

  func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    unsafe terminated.withUnsafeBufferPointer { unsafe body($0.baseAddress!) }
  }
}

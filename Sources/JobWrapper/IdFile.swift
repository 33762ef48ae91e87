import Glibc
import JobStats

/// The file into which a container engine writes the container's id, some time after it
/// has been started.
package struct IdFile {
  package enum State: Equatable {
    case waiting
    case found(BytePath)
    /// It will not come, or is not one; the text says why.
    case failed(String)
  }

  let path: BytePath
  private let deadline: UInt64
  private let waited: UInt64
  /// When to look next, on the monotonic clock.
  package private(set) var next: UInt64
  private var pause: UInt64 = millisecond

  package init(_ path: BytePath, wait: UInt64, start: UInt64) {
    self.path = path
    waited = wait
    deadline = start &+ wait
    next = start
  }

  /// Looks once. An empty file is one that is still to be written.
  package mutating func look(_ time: UInt64) -> State {
    let state = contents()
    guard state == .waiting else { return state }
    if time >= deadline {
      let seconds = Double(waited) / Double(second)
      return .failed("flag -cgroup-cid: \(path.text): no container id after \(seconds) s")
    }
    next = min(time + pause, deadline)
    pause = min(pause * 2, 100 * millisecond)
    return .waiting
  }

  private func contents() -> State {
    do throws(SystemError) {
      let file = try Descriptor.open(path, O_RDONLY | O_NONBLOCK)
      let bytes = ReadBuffer(capacity: 1024)
      try checked(bytes.readAll(file.number, .stream), "read", path)
      return Self.id(in: bytes.scanner.rest.array, path)
    } catch {
      return error.code == ENOENT ? .waiting : .failed("flag -cgroup-cid: \(error.message)")
    }
  }

  /// The id without the white space around it. It becomes part of a path, so it may hold
  /// nothing that leads elsewhere.
  package static func id(in bytes: [UInt8], _ path: BytePath) -> State {
    let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
    let trimmed = Array(bytes.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    if trimmed.isEmpty { return .waiting }
    let id = BytePath(trimmed)
    guard trimmed.count <= 4096, !trimmed.contains(where: { $0 <= 0x20 || $0 == 0x7F }),
      !id.climbs
    else { return .failed("flag -cgroup-cid: \(path.text) holds no container id") }
    return .found(id)
  }
}

import BenchmarkSupport
import Glibc
import JobStats

/// A tree of control group files in a temporary folder, that is rewritten between polls.
///
/// Files are rewritten in place, so that each stays the same file. No kernel serves them,
/// so the product looks at each poll if the path still stands for the file that it holds
/// open (`StatFile`), which it does not do on a real control group: two system calls more
/// per file. Reading real ones is what the sections `tight` and `paced` do.
final class RecordedTree {
  /// Which kernel wrote it: what decides which files a statistic reads.
  enum Layout: String, CaseIterable {
    /// CPU time from the v2 side.
    case hybrid
    /// CPU time from cpuacct.usage and the two files that split it.
    case v1
    /// No hierarchy, no cpuacct.usage_user: Linux 3.10.
    case v1Old = "old v1"
  }

  /// A file that a poll reads.
  struct Source {
    let path: String
    /// Whether it is /proc/PID/net/dev, which is held and never looked for.
    let isNetwork: Bool
    fileprivate let text: (RecordedTexts) -> String
  }

  let sources: [Source]
  let root: RootDirectory
  let locator: ExplicitTree
  /// Where it is.
  let path: String

  private static let processList = "/cgroup/memory/job/cgroup.procs"

  private final class File {
    let descriptor: Descriptor
    let contents: [[UInt8]]

    init(_ descriptor: consuming Descriptor, _ contents: [[UInt8]]) {
      self.descriptor = descriptor
      self.contents = contents
    }
  }
  private var files: [File] = []
  private var made: (files: [String], directories: [String]) = ([], [])

  init(_ layout: Layout) throws {
    let place = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    var template = "\(place)/crunchstat-benchmark-XXXXXX".utf8CString.map { $0 }
    let isMade = unsafe template.withUnsafeMutableBufferPointer {
      unsafe mkdtemp($0.baseAddress!) != nil
    }
    guard isMade else { throw SystemError("make a folder in", BytePath(place), code: errno) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    root = try RootDirectory(BytePath(path))
    locator = ExplicitTree(root: BytePath("/cgroup"), parent: BytePath("job"), id: BytePath(""))
    sources = Self.sources(layout)
    let texts = (0..<RecordedTexts.steps).map { RecordedTexts(step: $0) }
    for source in sources {
      files.append(try make(source.path, texts.map { Array(source.text($0).utf8) }))
    }
    let process = Array("\(RecordedTexts.process)\n".utf8)
    files.append(try make(Self.processList, texts.map { _ in process }))
    try rewrite(0)
  }

  deinit {
    for file in made.files { unsafe unlink(path + file) }
    for directory in made.directories.reversed() { unsafe rmdir(path + directory) }
    unsafe rmdir(path)
  }

  /// Lets all files be as they are at a step: every value, and its number of digits, differs
  /// from the step before. Allocates nothing.
  func rewrite(_ step: Int) throws(SystemError) {
    for file in files {
      let bytes = file.contents[step % RecordedTexts.steps]
      let result = unsafe bytes.withUnsafeBufferPointer {
        unsafe bench_rewrite(file.descriptor.number, $0.baseAddress, $0.count)
      }
      try checked(result, "rewrite a file in", root.path)
    }
  }

  /// Lets the floor read what a poll reads, with the looks that this needs.
  func openFloor(writeBytes: UInt64) throws(SystemError) {
    try Floor.begin(path)
    for source in sources {
      try Floor.add(source.path, inPieces: source.isNetwork, looks: !source.isNetwork)
    }
    try Floor.write(writeBytes)
  }

  private func make(_ file: String, _ contents: [[UInt8]]) throws -> File {
    var directory = ""
    for part in file.split(separator: "/").dropLast() {
      directory += "/" + part
      guard !made.directories.contains(directory) else { continue }
      try root.makeDirectory(BytePath(directory))
      made.directories.append(directory)
    }
    let descriptor = try root.open(BytePath(file), O_RDWR | O_CREAT)
    made.files.append(file)
    return File(descriptor, contents)
  }

  private static func sources(_ layout: Layout) -> [Source] {
    func source(
      _ path: String, isNetwork: Bool = false, _ text: @escaping (RecordedTexts) -> String
    ) -> Source {
      Source(path: path, isNetwork: isNetwork, text: text)
    }
    let memory = source("/cgroup/memory/job/memory.stat") {
      $0.memory(hasTotals: layout != .v1Old)
    }
    let blockIO = source(
      "/cgroup/blkio/job/blkio."
        + (layout == .v1Old ? "io_service_bytes" : "throttle.io_service_bytes_recursive"),
      \.blockIO)
    let network = source(
      "/proc/\(RecordedTexts.process)/net/dev", isNetwork: true, \.interfaces)
    let cpu =
      switch layout {
      case .hybrid: [source("/cgroup/unified/job/cpu.stat", \.cpuStat)]
      case .v1:
        [
          source("/cgroup/cpuacct/job/cpuacct.usage_user", \.cpuacctUser),
          source("/cgroup/cpuacct/job/cpuacct.usage_sys", \.cpuacctSystem),
          source("/cgroup/cpuacct/job/cpuacct.usage", \.cpuacctUsage),
        ]
      case .v1Old: [source("/cgroup/cpuacct/job/cpuacct.stat", \.cpuacctStat)]
      }
    return [memory] + cpu + [blockIO, network]
  }
}

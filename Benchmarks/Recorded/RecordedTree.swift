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
  /// One of its files.
  struct Source {
    let path: String
    /// Whether it is /proc/PID/net/dev, which is held and never looked for.
    let isNetwork: Bool
    /// Whether every poll of the default statistics reads it.
    let isPolled: Bool
    let text: (RecordedTexts) -> String

    init(
      _ path: String, isNetwork: Bool = false, isPolled: Bool = true,
      _ text: @escaping (RecordedTexts) -> String
    ) {
      self.path = path
      self.isNetwork = isNetwork
      self.isPolled = isPolled
      self.text = text
    }
  }

  let sources: [Source]
  let root: RootDirectory
  let locator: ExplicitTree
  /// Where it is.
  let path: String

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

  /// - Parameters:
  ///   - sources: all files there are.
  ///   - hierarchies: the folder that the control group hierarchies are in.
  ///   - group: the control group that is watched.
  init(_ sources: [Source], hierarchies: String, group: String) throws {
    self.sources = sources
    let place = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    var template = "\(place)/crunchstat-benchmark-XXXXXX".utf8CString.map { $0 }
    let isMade = unsafe template.withUnsafeMutableBufferPointer {
      unsafe mkdtemp($0.baseAddress!) != nil
    }
    guard isMade else { throw SystemError("make a folder in", BytePath(place), code: errno) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    root = try RootDirectory(BytePath(path))
    locator = ExplicitTree(
      root: BytePath(hierarchies), parent: BytePath(group), id: BytePath(""))
    let texts = (0..<RecordedTexts.steps).map { RecordedTexts(step: $0) }
    for source in sources {
      files.append(try make(source.path, texts.map { Array(source.text($0).utf8) }))
    }
    // What statfs(2) is asked about.
    makeDirectories(of: place + "/file")
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
    for source in sources where source.isPolled {
      try Floor.add(source.path, inPieces: source.isNetwork, looks: !source.isNetwork)
    }
    try Floor.write(writeBytes)
  }

  private func make(_ file: String, _ contents: [[UInt8]]) throws -> File {
    makeDirectories(of: file)
    let descriptor = try root.open(BytePath(file), O_RDWR | O_CREAT)
    made.files.append(file)
    return File(descriptor, contents)
  }

  private func makeDirectories(of file: String) {
    var directory = ""
    for part in file.split(separator: "/").dropLast() {
      directory += "/" + part
      guard !made.directories.contains(directory) else { continue }
      // What can't be made is told by the file that goes there.
      try? root.makeDirectory(BytePath(directory))
      made.directories.append(directory)
    }
  }
}

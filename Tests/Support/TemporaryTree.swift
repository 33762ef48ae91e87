import Glibc
import JobStats

/// A folder of its own for one test, in which files can be written, replaced and removed;
/// it goes with this value.
package final class TemporaryTree {
  /// The folder, as the test sees it.
  package let path: String
  /// The same, as crunchstat sees it; all paths below are looked up in it.
  package let root: RootDirectory

  package init() throws {
    let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    var template = Array("\(folder)/crunchstat-tests-XXXXXX".utf8CString)
    unsafe template.withUnsafeMutableBufferPointer { name in
      _ = unsafe mkdtemp(name.baseAddress!)
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    root = try RootDirectory(BytePath(path))
  }

  deinit {
    for name in root.names(in: BytePath("/")) { remove("/" + name.text) }
    _ = unsafe rmdir(path)
  }

  /// Writes a file, in place where it is there; makes the folders that it needs.
  package func write(_ bytes: [UInt8], to file: String) throws {
    let place = BytePath(file)
    var folder = BytePath("")
    for part in place.components.dropLast() {
      folder = folder.appending(part)
      if root.identity(folder) == nil { try root.makeDirectory(folder) }
    }
    let opened = try root.open(place, O_WRONLY | O_CREAT | O_TRUNC)
    let text = LineBuffer()
    text.append(bytes)
    let isWritten = withExtendedLifetime(text) { text.bytes.write(to: opened.number) }
    guard isWritten else { throw SystemError("write", place, code: EIO) }
  }

  package func write(_ text: String, to file: String) throws {
    try write(Array(text.utf8), to: file)
  }

  /// Puts a new file into the place of one that may be there, as rename(2) does.
  package func replace(_ file: String, with text: String) throws {
    try write(text, to: file + ".new")
    try checkedErrno(
      unsafe rename(path + file + ".new", path + file), "rename", BytePath(file))
  }

  package func link(_ file: String, to target: String) throws {
    try checkedErrno(unsafe symlink(target, path + file), "link", BytePath(file))
  }

  package func makeFolder(_ folder: String) throws {
    try write("", to: folder + "/.made")
    remove(folder + "/.made")
  }

  /// Removes a file, or a folder and all below it.
  package func remove(_ file: String) {
    if unsafe unlink(path + file) == 0 || errno == ENOENT { return }
    for name in root.names(in: BytePath(file)) { remove(file + "/" + name.text) }
    _ = unsafe rmdir(path + file)
  }

  /// What a file holds.
  package func text(_ file: String) throws -> String {
    String(decoding: try root.contents(BytePath(file)), as: UTF8.self)
  }
}

import Glibc
import JobStats

/// Finds a program as the shell does.
package struct ProgramPath {
  /// Where it is, or the word itself where it was not found.
  package let path: BytePath
  /// Why it can't be run: ENOENT or EACCES, or 0.
  package let error: CInt

  /// A word with a slash is a path; others are looked for in each directory of PATH, of
  /// which an empty one is the working directory. A file that may not be executed is
  /// remembered, but a later one that may wins.
  /// - Parameter search: the value of PATH, nil where it is not set.
  package init(_ word: BytePath, search: BytePath?) {
    if word.bytes.contains(UInt8(ascii: "/")) {
      path = word
      error = 0
      return
    }
    let directories = (search ?? BytePath("/bin:/usr/bin")).bytes
    var denied: BytePath?
    // `split` makes slices, of whose type Swift's runtime has to learn first.
    var start = 0
    while start <= directories.count, !word.isEmpty {
      var end = start
      while end < directories.count, directories[end] != UInt8(ascii: ":") { end += 1 }
      let place = end == start ? BytePath(".") : BytePath(Array(directories[start..<end]))
      start = end + 1
      let candidate = place.appending(word)
      switch Self.look(candidate) {
      case 0:
        path = candidate
        error = 0
        return
      case EACCES: denied = denied ?? candidate
      default: break
      }
    }
    path = denied ?? word
    error = denied == nil ? ENOENT : EACCES
  }

  private static func look(_ path: BytePath) -> CInt {
    var status = stat()
    return unsafe path.withCString { name in
      guard unsafe stat(name, &status) == 0 else { return errno }
      guard status.st_mode & S_IFMT == S_IFREG else { return EACCES }
      return unsafe access(name, X_OK) == 0 ? 0 : errno
    }
  }
}

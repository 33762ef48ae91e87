import CStatShim
import Glibc
import JobStats

/// Words as exec takes them: pointers to C strings, NULL at the end.
typealias ArgumentVector = UnsafePointer<UnsafeMutablePointer<CChar>?>

/// The command line and the environment as the kernel handed them over, byte for byte.
package enum Arguments {
  /// The words of the command line, this program's name first. Each is copied when it is
  /// asked for: there may be megabytes of them.
  package struct Words: RandomAccessCollection {
    package let startIndex = 0
    package let endIndex: Int

    package subscript(index: Int) -> BytePath {
      precondition(indices.contains(index))
      return unsafe BytePath(bytes(of: Arguments.tail(from: index)[0]!))
    }
  }

  package static var words: Words { Words(endIndex: Int(cstat_argument_count())) }

  /// The words from an index on, as exec takes them: they end with NULL, and live for ever.
  static func tail(from index: Int) -> ArgumentVector {
    unsafe UnsafePointer(cstat_arguments() + index)
  }

  /// The working directory, or nil where it has been removed.
  static var workingDirectory: BytePath? {
    guard let text = unsafe getcwd(nil, 0) else { return nil }
    defer { unsafe free(text) }
    return unsafe BytePath(bytes(of: text))
  }

  /// Runs `body` with the arguments of a shell that runs a script: sh, the script's path,
  /// and what follows the first of the script's own arguments.
  static func withShell<Result>(
    _ script: BytePath, _ arguments: ArgumentVector, _ body: (ArgumentVector) -> Result
  ) -> Result {
    unsafe BytePath("sh").withCString { shell in
      unsafe script.withCString { path in
        var words: [UnsafeMutablePointer<CChar>?] = unsafe [
          UnsafeMutablePointer(mutating: shell), UnsafeMutablePointer(mutating: path),
        ]
        var index = 0
        while unsafe arguments[index] != nil {
          index += 1
          unsafe words.append(arguments[index])
        }
        return unsafe words.withUnsafeBufferPointer { unsafe body($0.baseAddress!) }
      }
    }
  }

  private static func bytes(of text: UnsafePointer<CChar>) -> [UInt8] {
    unsafe UnsafeRawBufferPointer(start: text, count: strlen(text)).map { $0 }
  }
}

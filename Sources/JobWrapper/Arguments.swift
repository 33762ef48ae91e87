import Glibc
import JobStats

/// The command line and the environment as the kernel handed them over, byte for byte.
package enum Arguments {
  /// The words of the command line, this program's name first.
  package static var words: [BytePath] {
    let count = Int(CommandLine.argc)
    return (0..<count).compactMap { index in
      unsafe CommandLine.unsafeArgv[index].map { unsafe BytePath(bytes(of: $0)) }
    }
  }

  /// The words from an index on, as exec takes them: they end with NULL, and live for ever.
  static func tail(from index: Int) -> UnsafePointer<UnsafeMutablePointer<CChar>?> {
    unsafe UnsafePointer(CommandLine.unsafeArgv + index)
  }

  /// A variable of the environment, or nil.
  static func variable(_ name: String) -> BytePath? {
    unsafe getenv(name).map { unsafe BytePath(bytes(of: $0)) }
  }

  private static func bytes(of text: UnsafePointer<CChar>) -> [UInt8] {
    unsafe UnsafeRawBufferPointer(start: text, count: strlen(text)).map { $0 }
  }
}

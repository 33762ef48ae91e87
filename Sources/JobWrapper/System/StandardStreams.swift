import CStatShim
import Glibc
import JobStats

/// Descriptors 0, 1 and 2, which are the program's as they are, and others that came from
/// whoever started crunchstat (a jobserver's pipe, a lock), which are passed through.
package struct StandardStreams {
  /// Those that were closed at the start: bit N for descriptor N.
  let closed: CInt
  /// Those above 2 that were open at the start.
  private let others: [CInt]

  /// Opens /dev/null in the place of those that are closed, or the next files opened would
  /// take their numbers.
  package init() {
    others = Self.openDescriptors().filter { $0 > 2 }
    var closed: CInt = 0
    for number in CInt(0)...2 where cstat_open_flags(number) == -EBADF {
      closed |= 1 << number
      // The lowest free number is this one.
      _ = try? Descriptor.open(BytePath("/dev/null"), O_RDWR).release()
    }
    self.closed = closed
  }

  /// Whether the program is to find its stderr closed.
  var isErrorClosed: Bool { closed & 1 << 2 != 0 }

  /// Lets go of crunchstat's own copies, so that the other end of a pipe sees its end when
  /// the program closes it.
  func release(_ numbers: ClosedRange<CInt>) {
    for number in others { close(number) }
    let null = (try? Descriptor.open(BytePath("/dev/null"), O_RDWR).release()) ?? -1
    for number in numbers {
      if null < 0 { close(number) } else { dup2(null, number) }
    }
    close(null)
  }

  private static func openDescriptors() -> [CInt] {
    let path = BytePath("/proc/self/fd")
    guard let list = try? Descriptor.open(path, O_RDONLY | O_DIRECTORY) else { return [] }
    var numbers: [CInt] = []
    _ = DirectoryReader().numbers(list.number, into: &numbers)
    return numbers.filter { $0 != list.number }
  }
}

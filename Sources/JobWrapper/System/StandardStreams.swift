import CStatShim
import Glibc
import JobStats

/// Descriptors 0, 1 and 2, which are the program's as they are, and others that came from
/// whoever started crunchstat (a jobserver's pipe, a lock), which are passed through.
package struct StandardStreams {
  /// Those that were closed at the start: bit N for descriptor N.
  let closed: CInt

  /// Opens /dev/null in the place of those that are closed, or the next files opened would
  /// take their numbers.
  package init() {
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

  /// Lets go of crunchstat's own copies, of some of 0 to 2 and of all that have come from outside,
  /// so that the other end of a pipe sees its end when the program closes it. To be called once the
  /// program runs, and before crunchstat waits for anything but the removal of its groups.
  func release(_ numbers: ClosedRange<CInt>) {
    for number in Self.fromOutside() where number > 2 { close(number) }
    let null = (try? Descriptor.open(BytePath("/dev/null"), O_RDWR).release()) ?? -1
    for number in numbers {
      if null < 0 { close(number) } else { dup2(null, number) }
    }
    close(null)
  }

  /// Those that came through exec, by which all that crunchstat opens are closed. Cost: 2 µs for
  /// each descriptor that there is, of either kind.
  private static func fromOutside() -> [CInt] {
    var numbers: [CInt] = []
    let path = BytePath("/proc/self/fd")
    if let list = try? Descriptor.open(path, O_RDONLY | O_DIRECTORY) {
      _ = DirectoryReader().numbers(list.number, into: &numbers)
    } else {
      // There are so few that none is left for the list; or there is no /proc.
      numbers = Array(0..<CInt(clamping: min(systemValue(.openFiles) ?? 1024, 4096)))
    }
    return numbers.filter { cstat_outlives_exec($0) == 1 }
  }
}

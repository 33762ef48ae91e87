import CStatShim
import Glibc

/// A value of the system's, as sysconf(3) gives it.
public enum SystemValue: Sendable {
  /// Clock ticks per second, the unit of cpuacct.stat.
  case clockTicks
  /// Bytes per page, the unit of resident memory in /proc/PID/stat.
  case pageSize
  /// How many descriptors this process may have open.
  case openFiles
  /// How many processors there are.
  case processors

  fileprivate var name: CInt {
    switch self {
    case .clockTicks: CInt(_SC_CLK_TCK)
    case .pageSize: CInt(_SC_PAGESIZE)
    case .openFiles: CInt(_SC_OPEN_MAX)
    case .processors: CInt(_SC_NPROCESSORS_ONLN)
    }
  }
}

/// The value, or nil where the system has none.
public func systemValue(_ value: SystemValue) -> Int? {
  let result = cstat_sysconf(value.name)
  return result >= 0 ? result : nil
}

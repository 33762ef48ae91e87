import JobStats

/// Code that is fed with bytes that anybody may have made, and what has to hold for whatever
/// they are. `make fuzz` looks for bytes for which it does not; `make test` feeds it with those
/// that are kept in Corpus/NAME.
package struct FuzzTarget: Sendable {
  package let name: String
  /// Throws a `Fault` where something does not hold.
  package let check: @Sendable ([UInt8]) throws -> Void

  init(_ name: String, _ check: @escaping @Sendable ([UInt8]) throws -> Void) {
    self.name = name
    self.check = check
  }

  package static let all: [FuzzTarget] =
    [
      FuzzTarget("scanner", checkScanner),
      FuzzTarget("log-text", checkLogText),
      FuzzTarget("memory", checkMemory),
      FuzzTarget("cpu-times", checkCPUTimes),
      FuzzTarget("cpu-list", checkList),
      FuzzTarget("blkio", checkBlockIO),
      FuzzTarget("io-stat", checkUnifiedBlockIO),
      FuzzTarget("net-dev", checkInterfaces),
      FuzzTarget("process-stat", checkProcessStat),
      FuzzTarget("process-io", checkProcessIO),
      FuzzTarget("mountinfo", checkMounts),
      FuzzTarget("process-groups", checkProcessGroups),
      FuzzTarget("container-id", checkContainerID),
      FuzzTarget("flags", checkFlags),
      FuzzTarget("relay", checkRelay),
    ]
    // That of this machine's disk reads no file.
    + Registry.all.filter { $0 != SpaceStatistic.self }.map { statistic in
      FuzzTarget("statistic-\(statistic.name)") { try checkStatistic(statistic, $0) }
    }
}

/// Something that does not hold.
struct Fault: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Throws a `Fault` unless two values are the same.
func expect<Value: Equatable>(
  _ what: @autoclosure () -> String, _ value: Value, is expected: Value
)
  throws
{
  guard value != expected else { return }
  throw Fault("\(what()): \(value), not \(expected)")
}

/// Throws a `Fault` unless something holds.
func expect(_ what: @autoclosure () -> String, _ holds: Bool) throws {
  if !holds { throw Fault(what()) }
}

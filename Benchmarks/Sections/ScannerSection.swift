import BenchmarkSupport
import JobStats

/// Each scanner by itself, on texts in memory whose values and numbers of digits change
/// from one parse to the next.
enum ScannerSection {
  private static let rounds = 200

  static func run(_ report: Report, isQuick: Bool) {
    report.begin(
      .scanners, "Scanners",
      """
      CPU time per parse of a text in memory, median of runs of \(rounds) times
      \(RecordedTexts.steps) texts after a warm-up. mountinfo is read once, at the start.
      """)
    var table = Table("file", "bytes", "ns/parse", "MB/s", "allocations")
    for scanner in scanners {
      let bench = ScannerBench(scanner.text)
      let (time, allocations) = bench.measure(
        runs: isQuick ? 5 : 25, rounds: rounds, scanner.parse)
      table.add(
        scanner.name, fixed(bench.bytes, 0), fixed(time, 0),
        fixed(bench.bytes * 1000 / time, 0), fixed(allocations, 0))
    }
    report.add(table)
  }

  private struct Scanner {
    let name: String
    let text: (RecordedTexts) -> String
    /// Returns something that depends on what was read.
    let parse: (ByteScanner) -> UInt64
  }

  private static var scanners: [Scanner] {
    var malformed: UInt64 = 0
    var exact = CPUTimes.ExactLines()
    var devices = DeviceTable.blockIO
    var interfaces = DeviceTable.network
    return [
      Scanner(name: "memory.stat", text: { $0.memory(hasTotals: true) }) {
        MemoryValues($0, malformed: &malformed).rss?.value ?? 0
      },
      Scanner(name: "cpu.stat", text: \.cpuStat) {
        CPUTimes(cpuStat: $0, &exact, malformed: &malformed)?.user ?? 0
      },
      Scanner(name: "cpuacct.stat", text: \.cpuacctStat) {
        CPUTimes(cpuacctStat: $0, 10_000_000, malformed: &malformed)?.user ?? 0
      },
      Scanner(name: "cpuacct.usage", text: \.cpuacctUsage) {
        var scanner = $0
        return scanner.singleNumber() ?? 0
      },
      Scanner(name: "blkio, 2 devices", text: \.blockIO) {
        BlockIOStatistic.scan($0, &devices, malformed: &malformed)
        return devices.isEmpty ? 0 : 1
      },
      Scanner(name: "net/dev, 3 interfaces", text: \.interfaces) {
        NetworkStatistic.scan($0, &interfaces, malformed: &malformed)
        return interfaces.isEmpty ? 0 : 1
      },
      Scanner(name: "mountinfo", text: { _ in RecordedTexts.mountinfo }) {
        UInt64(MountTable.parse(mountinfo: $0.rest.array).count)
      },
    ]
  }
}

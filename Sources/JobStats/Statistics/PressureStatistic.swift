/// `pressure:cpu T some T full`, also `memory` and `io`, and since the last sample: seconds
/// in which some, and in which all, processes of the job waited for it.
///
/// The totals of cpu.pressure, memory.pressure and io.pressure (Linux 4.20) of a v2 group, or
/// of the v2 side of a hybrid. For the processors there is `full` since Linux 5.13
/// (Documentation/accounting/psi.rst).
public final class PressureStatistic: Statistic {
  public static let name: StaticString = "pressure"
  public static let summary: StaticString = "time in which some, all processes waited"

  private let context: SamplingContext
  private var resources: [(file: StatFile, series: CounterSeries)]
  private var absence = AbsenceNotice()

  public init(_ context: SamplingContext) {
    self.context = context
    let titles: [(StaticString, String)] = [
      ("pressure:cpu", "cpu.pressure"), ("pressure:memory", "memory.pressure"),
      ("pressure:io", "io.pressure"),
    ]
    resources = titles.map { title, name in
      let places = context.locator.candidates(.unified, GroupFile(v2: name))
      return (
        StatFile(context, places), CounterSeries(title, [.time(" some"), .time(" full")])
      )
    }
  }

  public func sample(_ poll: Poll) {
    var isPresent = false
    for index in resources.indices {
      let file = resources[index].file
      guard let scanner = file.read(poll) else { continue }
      isPresent = true
      let values = Self.scan(scanner, malformed: &file.malformed)
      resources[index].series.write(poll, values, source: file.source)
    }
    if !isPresent, !resources.contains(where: { $0.file.wasFound }) {
      absence.tell(context, Self.name, "no pressure files in a v2 group of the job")
    }
  }

  /// "some avg10=0.00 avg60=0.00 avg300=0.00 total=N", and the same for "full": microseconds.
  private static func scan(_ scanner: ByteScanner, malformed: inout UInt64) -> CounterValues {
    var values = CounterValues(repeating: nil)
    var file = scanner
    while var line = file.line() {
      let kind = line.word()
      let isSome = kind == "some"
      guard isSome || kind == "full", let total = total(&line) else {
        malformed += 1
        continue
      }
      values[isSome ? 0 : 1] = total
    }
    if file.isTorn { malformed += 1 }
    return values
  }

  /// In nanoseconds.
  private static func total(_ line: inout ByteScanner) -> UInt64? {
    while true {
      let word = line.word()
      if word.isEmpty { return nil }
      var pair = ByteScanner(word)
      guard pair.skip("total=") else { continue }
      guard let value = pair.number(), pair.isAtEnd else { return nil }
      return value.scaled(by: 1000)
    }
  }

  public func summarize(_ log: Log) {
    for resource in resources { log.malformed(resource.file) }
  }
}

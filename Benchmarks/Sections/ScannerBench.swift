import BenchmarkSupport
import JobStats

/// The texts of one file as they are at different steps, in memory.
@safe
final class ScannerBench {
  private let scanners: [ByteScanner]
  private let storage: UnsafeMutableBufferPointer<UInt8>
  /// The mean number of bytes of a text.
  let bytes: Double

  init(_ text: (RecordedTexts) -> String) {
    let texts = (0..<RecordedTexts.steps).map { Array(text(RecordedTexts(step: $0)).utf8) }
    let all = Array(texts.joined())
    let padding = [UInt8](repeating: 0, count: ByteScanner.padding)
    let storage = UnsafeMutableBufferPointer<UInt8>.allocate(
      capacity: all.count + padding.count)
    _ = unsafe storage.initialize(from: all + padding)
    var scanners: [ByteScanner] = []
    var start = 0
    for text in texts {
      let slice = unsafe storage[start..<(start + text.count)]
      unsafe scanners.append(ByteScanner(padded: UnsafeBufferPointer(rebasing: slice)))
      start += text.count
    }
    unsafe self.storage = storage
    self.scanners = scanners
    bytes = Double(all.count) / Double(texts.count)
  }

  deinit { unsafe storage.deallocate() }

  /// Nanoseconds of CPU time per parse, and allocations per parse.
  func measure(
    runs: Int, rounds: Int, _ parse: (ByteScanner) -> UInt64
  ) -> (nanoseconds: Double, allocations: Double) {
    let parses = Double(rounds * scanners.count)
    func run() -> UInt64 {
      var sum: UInt64 = 0
      for _ in 0..<rounds { for scanner in scanners { sum &+= parse(scanner) } }
      return sum
    }
    bench_keep(run())
    var times = Samples()
    for _ in 0..<runs {
      let start = OwnCPUTime.now()
      bench_keep(run())
      times.append(Double(OwnCPUTime.now() - start) / parses)
    }
    let allocations = AllocationCounter.count { bench_keep(run()) }
    return (times.median, Double(allocations) / parses)
  }
}

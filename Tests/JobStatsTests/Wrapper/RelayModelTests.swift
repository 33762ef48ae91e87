import FuzzProperties
import Testing

/// The relay and the sink together against what is asked of them, in random orders.
@Suite struct RelayModelTests {
  // A tenth where nothing is optimised, and a sanitizer may look on: it takes minutes otherwise.
  #if DEBUG
    private let seeds: UInt64 = 70
  #else
    private let seeds: UInt64 = 700
  #endif

  @Test(arguments: [TestPipe.Kind.pipe, .socket, .unreopenable])
  func `the program's bytes stay whole and in order, and log lines come between its lines`(
    kind: TestPipe.Kind
  ) throws {
    for seed in 0..<seeds {
      var model = try RelayModel(
        kind, SeededGenerator(seed), hasLongLines: seed % 8 == 0)
      for _ in 0..<60 { model.step() }
      try model.finish()
      guard let fault = model.fault() else { continue }
      Issue.record("seed \(seed): \(fault)")
      return
    }
  }
}

import CStatShim
import Testing

@testable import JobStats

@Suite struct PrefetchListTests {
  @Test func `all lines of cache are listed that bytes lie in, up to 1 KiB`() {
    let base = UnsafeMutableRawPointer.allocate(byteCount: 2048, alignment: 64)
    defer { unsafe base.deallocate() }
    func lines(_ range: Range<Int>) -> Int {
      var list = PrefetchList()
      unsafe list.add(
        UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count))
      return list.lines
    }
    #expect(lines(0..<1) == 1)
    #expect(lines(0..<64) == 1)
    #expect(lines(0..<65) == 2)
    #expect(lines(63..<65) == 2)
    #expect(lines(63..<64) == 1)
    #expect(lines(1..<513) == 9)
    #expect(lines(0..<1024) == 16)
    #expect(lines(0..<2048) == 16)
    #expect(lines(5..<5) == 0)
  }

  @Test func `an object is listed as a whole or its first bytes`() {
    let object = LineBuffer(capacity: 16)
    var list = PrefetchList()
    list.add(object)
    #expect((1...3).contains(list.lines))
    list.clear()
    list.add(object, first: 1)
    #expect(list.lines == 1)
    list.clear()
    #expect(list.lines == 0)
  }

  private final class One: Statistic {
    static let name: StaticString = "one"
    static let summary: StaticString = "one"
    init(_ context: SamplingContext) {}
    func sample(_ poll: Poll) {}
    func summarize(_ log: Log) {}
  }

  @Test func `the table of a statistic is its type's`() throws {
    let tree = try TemporaryTree()
    let log = Log(try TestPipe().sink(), timestamps: false, debug: false)
    let context = SamplingContext(root: tree.root, locator: jobTree, log: log)
    let (one, same): (any Statistic, any Statistic) = (One(context), One(context))
    let other: any Statistic = NetworkStatistic(context)
    #expect(PrefetchList.table(of: one) == PrefetchList.table(of: same))
    #expect(PrefetchList.table(of: one) != PrefetchList.table(of: other))
    var list = PrefetchList()
    list.add(tableOf: one)
    #expect(list.lines == 1)
  }

  @Test func `nothing comes of an empty array, nor of more than there is room for`() {
    var list = PrefetchList()
    list.add([Int]())
    unsafe list.add(UnsafeRawBufferPointer(start: nil, count: 0))
    #expect(list.lines == 0)
    let object = LineBuffer(capacity: 16)
    for _ in 0..<1000 { list.add(object, first: 1) }
    #expect(list.lines == 24)
  }

  @Test func `asking for what is no more does no harm`() {
    var list = PrefetchList()
    for size in [16, 4096, 1 << 22] {
      let base = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
      unsafe list.add(UnsafeRawBufferPointer(start: base, count: size))
      unsafe base.deallocate()
    }
    unsafe list.add(
      UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: 1 << 46), count: 900))
    #expect(list.lines > 3)
    list.fetch()
    cstat_prefetch_code()
  }
}

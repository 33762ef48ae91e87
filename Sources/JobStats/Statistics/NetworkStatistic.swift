/// `net:IFACE N tx N rx`, and since the last sample: bytes per interface but `lo`, of the
/// network namespace that the job is in (/proc/PID/net/dev, proc(5)).
public final class NetworkStatistic: Statistic {
  public static let name: StaticString = "net"
  public static let summary: StaticString = "network per interface: bytes sent, received"

  private let namespace: JobNetwork
  private let text = LastText()
  private var interfaces = DeviceTable.network
  private let context: SamplingContext
  private var absence = AbsenceNotice()
  private var malformed: UInt64 = 0

  public init(_ context: SamplingContext) {
    self.context = context
    namespace = JobNetwork(context)
  }

  public func sample(_ poll: Poll) {
    guard let (scanner, isOther) = namespace.read(poll) else {
      tellAbsence(poll)
      return
    }
    // Another namespace: interfaces of the same names count something else.
    if _slowPath(isOther) { interfaces.forget() }
    if !text.isSame(scanner.rest) { scan(scanner) }
    interfaces.write(poll, startsAtZero: false)
  }

  private func tellAbsence(_ poll: Poll) {
    if namespace.wasFound || namespace.isStarting { return }
    absence.tell(context, Self.name, "no process whose net/dev can be read")
  }

  private func scan(_ scanner: ByteScanner) {
    let before = malformed
    Self.scan(scanner, &interfaces, malformed: &malformed)
    // Malformed lines are counted at every poll.
    if malformed != before { text.forget() }
  }

  public func listPlaces(in list: inout PrefetchList) {
    list.add(self)
    text.listPlaces(in: &list)
    interfaces.listPlaces(in: &list)
    namespace.listPlaces(in: &list)
  }

  public var nextAttention: UInt64? { namespace.nextAttention }
  public var attentionLeeway: UInt64 { namespace.attentionLeeway }
  public func attend(_ poll: Poll) { namespace.look(poll) }

  /// Two lines of heading, then "NAME: RX_BYTES 7 more TX_BYTES 7 more"; there may be no
  /// blank behind the colon.
  package static func scan(
    _ scanner: ByteScanner, _ interfaces: inout DeviceTable, malformed: inout UInt64
  ) {
    var file = scanner
    if file.eightBytes(after: Word.headingLength - 8) == Word.headingEnd {
      file.skip(Word.headingLength)
    }
    interfaces.scan(file, malformed: &malformed, take) { line, interfaces in
      take(line, &interfaces) ? 0 : 1
    }
  }

  private enum Word {
    /// The heading's two lines, which all kernels have had since Linux 2.2, end in "compressed".
    static let headingLength = 200
    static let headingEnd: UInt64 = 0x0A64_6573_7365_7270
  }

  /// Takes what a line goes on with as all kernels write it: the first and the ninth of sixteen
  /// numbers, and the line's end. Of the others those that hardly ever change are known.
  @inline(__always)
  private static func take(
    _ line: inout ByteScanner, _ interface: inout DeviceTable.Row
  ) -> Bool {
    takeCounter(&line, &interface.second) && line.skipNumberFields(6, &interface.fields.0)
      && line.skip(0x20) && takeCounter(&line, &interface.first)
      && line.skipNumberFields(6, &interface.fields.1) && line.skip(0x0A)
  }

  /// Takes a number, and passes over the next one and the blank behind it.
  @inline(never)
  private static func takeCounter(
    _ line: inout ByteScanner, _ number: inout ScannedNumber
  ) -> Bool {
    line.skipSpaces()
    guard line.take(&number, before: 0x20) else { return false }
    line.skipSpaces()
    return line.skipDigits(before: 0x20)
  }

  /// Takes a line of any interface. Returns whether it is well formed.
  private static func take(_ whole: ByteScanner, _ interfaces: inout DeviceTable) -> Bool {
    var line = whole
    // Both lines of the heading have a bar here ("Inter-|", " face |"), and no colon.
    if line.eightBytes(after: 6) & 0xFF == UInt64(UInt8(ascii: "|")),
      line.rest.firstIndex(of: UInt8(ascii: ":")) == nil
    {
      interfaces.know(whole.rest, .nothing)
      return true
    }
    line.skipBlanks()
    guard let name = line.prefix(to: UInt8(ascii: ":")), !name.isEmpty else { return false }
    let start = whole.rest[0..<whole.left - line.left]
    if name == "lo" {
      interfaces.know(start, .others)
      return true
    }
    guard let (received, sent) = counters(&line), line.isAtEnd || line.startsInDigit else {
      return false
    }
    let row = interfaces.take(name, first: sent, second: received)
    interfaces.know(start, .both, row: row)
    return true
  }

  /// The first and the ninth of sixteen numbers, which are passed over; there may be more.
  @inline(__always)
  private static func counters(_ line: inout ByteScanner) -> (UInt64, UInt64)? {
    guard let received = line.numberField(), line.skipNumberFields(7),
      let sent = line.numberField(), line.skipNumberFields(7)
    else { return nil }
    return (received, sent)
  }

  public func summarize(_ log: Log) {
    interfaces.summarize(log)
    if malformed > 0 { log.warning("skipped \(malformed) malformed lines in net/dev") }
  }
}

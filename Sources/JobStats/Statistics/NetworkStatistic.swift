/// `net:IFACE N tx N rx`, and since the last sample: bytes per interface but `lo`, of the
/// network namespace that the job is in (/proc/PID/net/dev, proc(5)).
public final class NetworkStatistic: Statistic {
  public static let name: StaticString = "net"
  public static let summary: StaticString = "network per interface: bytes sent, received"

  private static let prefix: StaticString = "net:"
  private static let keys: (StaticString, StaticString) = (" tx", " rx")

  private let context: SamplingContext
  private let namespace: JobNetwork
  private var interfaces = DeviceTable()
  private var absence = AbsenceNotice()
  private var malformed: UInt64 = 0

  public init(_ context: SamplingContext) {
    self.context = context
    namespace = JobNetwork(context)
  }

  public func sample(_ poll: Poll) {
    guard let (scanner, isOther) = namespace.read(poll) else {
      if !namespace.wasFound {
        absence.tell(context, Self.name, "no process whose net/dev can be read")
      }
      return
    }
    // Another namespace: interfaces of the same names count something else.
    if isOther { interfaces.forget() }
    interfaces.begin()
    Self.scan(scanner, &interfaces, malformed: &malformed)
    interfaces.write(poll, Self.prefix, Self.keys, startsAtZero: false)
  }

  public var nextAttention: UInt64? { namespace.nextAttention }
  public func attend(_ poll: Poll) { namespace.look(poll) }

  /// Two lines of heading, then "NAME: RX_BYTES 7 more TX_BYTES 7 more"; there may be no
  /// blank behind the colon.
  package static func scan(
    _ scanner: ByteScanner, _ interfaces: inout DeviceTable, malformed: inout UInt64
  ) {
    var file = scanner
    while var line = file.line() {
      // Both lines of the heading have a bar here ("Inter-|", " face |"), and no colon.
      if line.eightBytes(after: 6) & 0xFF == UInt64(UInt8(ascii: "|")),
        line.rest.firstIndex(of: UInt8(ascii: ":")) == nil
      {
        continue
      }
      line.skipBlanks()
      guard let name = line.prefix(to: UInt8(ascii: ":")), !name.isEmpty else {
        malformed += 1
        continue
      }
      if name == "lo" { continue }
      guard let (received, sent) = counters(&line) else {
        malformed += 1
        continue
      }
      interfaces.take(name, first: sent, second: received)
    }
    if file.isTorn { malformed += 1 }
  }

  /// The first and the ninth of the sixteen numbers of a line.
  private static func counters(_ line: inout ByteScanner) -> (UInt64, UInt64)? {
    guard let received = line.numberField(), line.skipNumberFields(7),
      let sent = line.numberField(), line.skipNumberFields(7)
    else { return nil }
    return (received, sent)
  }

  public func summarize(_ log: Log) {
    interfaces.summarize(log, Self.prefix, Self.keys)
    if malformed > 0 { log.warning("skipped \(malformed) malformed lines in net/dev") }
  }
}

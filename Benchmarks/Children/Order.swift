import JobStats
import JobWrapper

/// What a measured child is to do, in the name that it is started by.
struct Order {
  enum Role: String {
    /// The floor's polls, in place of the product's.
    case floor
    /// The product's polls, and how late they come.
    case late
    /// Nothing but waiting for deadlines half a period from the product's.
    case bare
    /// Blocks of polls without a pause, the product's and the floor's in turns.
    case tight
    /// The product's polls, of every statistic, with allocations counted.
    case count
    /// Tells which groups the product has made.
    case groups
  }

  let role: Role
  /// How much there is to do: pairs of blocks, or polls; of the floor, when the one beside it is to
  /// poll.
  var amount: UInt64 = 0
  /// How many bytes a poll of the floor writes.
  var writeBytes: UInt64 = 0
  /// Nanoseconds between two polls.
  var period = Floor.period
  /// Of two pairs whose lateness is noted at once, whether it is of the second.
  var isSecond = false

  private static let name = "crunchstat-benchmark-child"

  init(
    _ role: Role, amount: UInt64 = 0, writeBytes: UInt64 = 0, period: UInt64 = Floor.period,
    isSecond: Bool = false
  ) {
    self.role = role
    self.amount = amount
    self.writeBytes = writeBytes
    self.period = period
    self.isSecond = isSecond
  }

  var word: String {
    "\(Self.name):\(role.rawValue):\(amount):\(writeBytes):\(period):\(isSecond)"
  }

  /// That of this process, if it is a measured child.
  static let own: Order? = {
    let parts = Arguments.words.first?.text.split(separator: ":") ?? []
    guard parts.count == 6, parts[0] == name, let role = Role(rawValue: String(parts[1])),
      let amount = UInt64(parts[2]), let bytes = UInt64(parts[3]),
      let period = UInt64(parts[4]), let isSecond = Bool(String(parts[5]))
    else { return nil }
    return Order(
      role, amount: amount, writeBytes: bytes, period: period, isSecond: isSecond)
  }()
}

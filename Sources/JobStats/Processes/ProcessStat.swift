/// What /proc/PID/stat says of a process, all its threads together (proc(5)).
///
/// Times are in clock ticks, rounded down; those of children are of all that the process has
/// waited for, with their own children's.
package struct ProcessStat: Equatable {
  package var state: UInt8 = 0
  package var parent: Int32 = 0
  private var flags: UInt64 = 0
  package var majorFaults: UInt64 = 0
  package var childMajorFaults: UInt64 = 0
  package var user: UInt64 = 0
  package var system: UInt64 = 0
  package var childUser: UInt64 = 0
  package var childSystem: UInt64 = 0
  package var threads: UInt64 = 0
  /// When the process began, in ticks since the machine's start: with the process id it
  /// names a process for ever.
  package var start: UInt64 = 0
  /// Resident pages.
  package var residentPages: UInt64 = 0

  /// One pass over the line; nil where it is not of the file's form.
  ///
  /// The name, in parentheses, may hold anything, parentheses and newlines too. It has 15
  /// bytes, those of kernel threads up to 63.
  package init?(_ scanner: ByteScanner) {
    let file = scanner.rest
    let front = file[0..<min(file.count, Self.longestFront)]
    guard let end = front.lastIndex(of: UInt8(ascii: ")")) else { return nil }
    var fields = ByteScanner(file[(end + 1)..<file.count])
    let word = fields.word()
    guard word.count == 1 else { return nil }
    state = word[0]
    guard let parent = fields.numberField(), parent <= UInt64(Int32.max) else { return nil }
    self.parent = Int32(parent)
    // Group, session, terminal, its group (may be -1).
    guard fields.skipWords(4), let flags = fields.numberField() else { return nil }
    self.flags = flags
    // Minor faults.
    guard fields.skipWords(2) else { return nil }
    guard let majorFaults = fields.numberField(),
      let childMajorFaults = fields.numberField(), let user = fields.numberField(),
      let system = fields.numberField(), let childUser = fields.numberField(),
      let childSystem = fields.numberField()
    else { return nil }
    // Priority and niceness, both of which may be negative.
    guard fields.skipWords(2), let threads = fields.numberField(), fields.skipWords(1),
      let start = fields.numberField(), fields.skipWords(1),
      let pages = fields.numberField()
    else { return nil }
    self.majorFaults = majorFaults
    self.childMajorFaults = childMajorFaults
    self.user = user
    self.system = system
    self.childUser = childUser
    self.childSystem = childSystem
    self.threads = threads
    self.start = start
    residentPages = pages
  }

  /// A process id of ten digits, the longest name, and what is around them.
  private static let longestFront = 80

  /// Whether its first thread has begun to end (PF_EXITING, include/linux/sched.h).
  package var isEnding: Bool { flags & 4 != 0 }

  /// Whether the process has ended, and waits to be reaped; its first thread may end
  /// before the others.
  package var hasEnded: Bool {
    (state == UInt8(ascii: "Z") || state == UInt8(ascii: "X")) && threads <= 1
  }
}

extension ByteScanner {
  /// Passes over words, whatever they are. Returns whether there were as many.
  fileprivate mutating func skipWords(_ count: Int) -> Bool {
    for _ in 0..<count where word().isEmpty { return false }
    return true
  }
}

/// What all statistics of one job share.
public final class SamplingContext {
  public let root: RootDirectory
  public let locator: any GroupLocator
  public let log: Log
  /// Every file is read into this one, and scanned before the next is read.
  public let buffer = ReadBuffer(capacity: 2048)
  /// What has been sampled of the job's memory.
  var memory = SampledMemory()

  /// The job's processes, where they are counted one by one.
  private(set) lazy var processes = locator.processes.map { ProcessTree($0, root, buffer, log) }

  /// The kernel's own mark of the job's memory, and its limit.
  private(set) lazy var memoryMark = MemoryMark(self)
  private(set) lazy var memoryLimit = MemoryLimit(self)
  /// The CPU quotas of the group and those above it, in the order of the locator's levels.
  private(set) lazy var cpuQuotas = locator.levels(.cpu).map { CPUQuota(self, $0) }

  /// Whether what is watched is a group that crunchstat neither made nor found by itself, a
  /// container's as a rule, and not the whole host.
  var watchesContainer: Bool { locator.isForeign && locator.killsAreTheJobs }

  public init(root: RootDirectory, locator: any GroupLocator, log: Log) {
    self.root = root
    self.locator = locator
    self.log = log
  }
}

/// What sampling knows of the job's memory, where mem is logged.
struct SampledMemory {
  /// The most rss that was seen, in bytes.
  private(set) var peak: UInt64 = 0
  /// Whether rss is less than at the poll before, by more than jobs come and go with.
  private(set) var hasFallen = false
  private var rss: UInt64 = 0

  private static let much: UInt64 = 1 << 20

  mutating func take(rss: UInt64) {
    hasFallen = rss &+ Self.much <= self.rss
    self.rss = rss
    peak = max(peak, rss)
  }
}

/// When to look again for something that was not there: after a pause that doubles from
/// 5 ms to 1 s.
struct LookPause {
  private static let shortest: UInt64 = 5_000_000
  private static let longest: UInt64 = 1_000_000_000
  private var pause: UInt64 = 0
  /// When it is over.
  private(set) var next: UInt64 = 0

  /// Whether it is time to look. The last sample always looks.
  func isOver(_ poll: Poll) -> Bool { poll.time >= next || poll.isLast }

  /// Waits longer than the last time.
  mutating func extend(_ time: UInt64) {
    pause = min(max(pause * 2, Self.shortest), Self.longest)
    next = time + pause
  }

  /// Looks again in a second.
  mutating func wait(_ time: UInt64) { next = time + Self.longest }

  /// Begins anew with short pauses.
  mutating func reset() { self = LookPause() }
}

/// A place where a file of the watched group may stand. A class, as all that is put into arrays
/// at the start: of these Swift's runtime knows the arrays' type.
public final class Candidate: Equatable {
  /// Put together when it is first asked for: most candidates never are.
  public private(set) lazy var path = directory.appending(file)
  private let directory: BytePath
  private let file: String
  /// Whether what stands there counts more than the job: a group that crunchstat did not
  /// make for it, further up.
  public let coversMore: Bool

  /// - Parameter file: the name of the file in a directory; what is given as one path needs none.
  public init(_ directory: BytePath, _ file: String = "", coversMore: Bool = false) {
    self.directory = directory
    self.file = file
    self.coversMore = coversMore
  }

  public static func == (one: Candidate, other: Candidate) -> Bool {
    one.path == other.path && one.coversMore == other.coversMore
  }
}

/// Where the files of the watched group are. What it returns is decided once, at set-up;
/// whether a file is there is found out by those who open it.
public protocol GroupLocator: AnyObject {
  /// The places for a statistic's file, the first that can be opened serves.
  func candidates(_ controller: Controller, _ file: GroupFile) -> [Candidate]
  /// The group and its ancestors, each of which limits it, nearest first.
  func levels(_ controller: Controller) -> [GroupLevel]
  /// The process whose network namespace is the job's, where one is known from the start.
  var process: Int32? { get }
  /// Whether that is the program that crunchstat runs, which began in our own namespace.
  var isProgram: Bool { get }
  /// The job's processes, where they are to be counted one by one.
  var processes: JobProcesses? { get }
  /// Lists of the group's processes, to find one where it is not.
  var processLists: [BytePath] { get }
  /// Whether groups were made for the job; their counters began at 0 with it.
  var isOwn: Bool { get }
  /// Whether whoever is in the memory group belongs to the job.
  var killsAreTheJobs: Bool { get }
  /// Whether high-water marks are of what is watched, and not of others in the group before.
  var marksAreTheJobs: Bool { get }
  /// Whether the tree may be another machine's, so that this one's processors say nothing.
  var isForeign: Bool { get }
}

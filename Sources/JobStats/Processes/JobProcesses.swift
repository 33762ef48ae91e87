/// Which processes are the job's, where they are to be counted one by one.
public struct JobProcesses {
  public enum Roots {
    /// The program, which is our child, its descendants, and orphans that we adopt.
    case children(OwnChildren)
    /// A process that runs already, and its descendants.
    case process(Int32)
    /// Those of a control group, and their descendants.
    case listed
  }

  public enum Use {
    /// All that can be told of processes is taken from them.
    case always
    /// CPU time or bytes are, where no control group of the job's counts them.
    case whereGroupsDoNot
    /// Bytes are, where the watched control group is there and counts none.
    case forBytes
  }

  let roots: Roots
  let use: Use
  /// Lists of more processes of the job (cgroup.procs), whoever their parents are.
  let lists: [BytePath]

  public init(_ roots: Roots, _ use: Use, lists: [BytePath] = []) {
    self.roots = roots
    self.use = use
    self.lists = lists
  }

  /// Whether all of them are in one control group, made for the job.
  var haveOwnGroup: Bool {
    if case .children = roots { !lists.isEmpty } else { false }
  }

  /// The process that all others descend from, where there is one.
  var root: Int32? {
    switch roots {
    case .children(let own): own.process
    case .process(let process): process
    case .listed: nil
    }
  }

  /// Who they are, for notices.
  var description: String {
    switch roots {
    case .children: "the program and its descendants"
    case .process(let process): "process \(process) and its descendants"
    case .listed: "the group's processes and their descendants, not of all in groups below it"
    }
  }

  /// Whether all that the processes have used was used since the program's start.
  var startAtZero: Bool {
    if case .children = roots { true } else { false }
  }
}

/// Which processes are the job's, where they are to be counted one by one.
public struct JobProcesses {
  public enum Roots {
    /// The program, which is our child, its descendants, and orphans that we adopt.
    case children(OwnChildren)
    /// A process that runs already, and its descendants.
    case process(Int32)
  }

  public enum Use {
    /// All that can be told of processes is taken from them.
    case always
    /// CPU time or bytes are, where no control group of the job's counts them.
    case whereGroupsDoNot
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

  /// The process that all others descend from.
  var root: Int32 {
    switch roots {
    case .children(let own): own.process
    case .process(let process): process
    }
  }

  /// Who they are, for notices.
  var description: String {
    switch roots {
    case .children: "the program and its descendants"
    case .process(let process): "process \(process) and its descendants"
    }
  }

  /// Whether all that the processes have used was used since the program's start.
  var startAtZero: Bool {
    if case .children = roots { true } else { false }
  }
}

import JobStats

/// What the command line asks for.
package struct Options {
  package var groupRoot: BytePath?
  package var groupParent = BytePath("")
  package var idFile: BytePath?
  /// How long to wait for the id file, in nanoseconds.
  package var wait: UInt64 = 5_000_000_000
  /// The sampling period, in nanoseconds.
  package var poll: UInt64 = 1_000_000_000
  package var scope = Scope.auto
  package var statistics = Registry.byDefault
  /// How long to go on passing on stderr after the program's end, in nanoseconds.
  package var drain: UInt64 = 5_000_000_000
  package var logFile: BytePath?
  package var timestamps = false
  package var root = BytePath("/")
  /// Where to keep a copy of what is read.
  package var dump: BytePath?
  /// A process to watch that runs already.
  package var process: Int32?
  /// The signal that the program gets when crunchstat's parent has gone; 0: none.
  package var deadParentSignal: Int32 = 0
  /// Whether the program is killed when crunchstat ends before it.
  package var diesWithUs = false
  /// Whether what the program leaves behind in its groups is killed.
  package var killsLeftovers = false
  package var debug = false

  /// The index of the program in the command line, or nil to watch a process or a group.
  package var program: Int?

  package enum Scope: String, CaseIterable {
    case auto, own, inherit, tree
  }

  /// What to do instead of measuring.
  package enum Request: Equatable { case measure, help, version }
  package var request = Request.measure

  package init() {}

  private func absolute(_ path: BytePath) throws(OptionError) -> BytePath {
    guard let directory = Arguments.workingDirectory else {
      throw OptionError("flag -cgroup-root: \"\(path.text)\": there is no working directory")
    }
    return directory.appending(path)
  }

  private func needsRoot(_ name: String, _ value: BytePath) -> OptionError {
    OptionError("flag \(name): \"\(value.text)\" needs -cgroup-root")
  }

  private func needsProgram(_ name: String) -> OptionError {
    OptionError("flag \(name): is about a program, and there is none")
  }

  /// The rules that no flag can check alone.
  func checked() throws(OptionError) -> Options {
    if let groupRoot, !groupRoot.isAbsolute, root == BytePath("/") {
      // As any other path on the command line; below another root there is only that.
      var options = self
      options.groupRoot = try absolute(groupRoot)
      return try options.checked()
    }
    if groupRoot == nil {
      if let idFile { throw needsRoot("-cgroup-cid", idFile) }
      if !groupParent.isEmpty { throw needsRoot("-cgroup-parent", groupParent) }
    } else if scope == .own {
      throw OptionError("flag -scope: \"own\" makes a group, -cgroup-root watches one")
    }
    if program == nil {
      if deadParentSignal != 0 { throw needsProgram("-signal-on-dead-ppid") }
      if diesWithUs { throw needsProgram("-die-with-me") }
      if killsLeftovers { throw needsProgram("-kill-leftovers") }
    }
    if let process {
      func fail(_ reason: String) -> OptionError {
        OptionError("flag -pid: \"\(process)\" \(reason)")
      }
      if program != nil { throw fail("and a program exclude each other") }
      if groupRoot != nil { throw fail("and -cgroup-root exclude each other") }
      if scope == .own { throw fail("makes no group: it and -scope own exclude each other") }
    } else if scope == .tree, groupRoot != nil {
      throw OptionError("flag -scope: \"tree\" needs no group, -cgroup-root watches one")
    } else if scope == .tree, root != BytePath("/") {
      throw OptionError("flag -scope: \"tree\" below another -root needs a process: -pid")
    } else if program == nil, groupRoot == nil {
      throw OptionError(
        "nothing to do: name a program, a process with -pid, or a group with -cgroup-root")
    }
    return self
  }
}

/// A command line that can't be used. The text names the flag and what is wrong with it.
package struct OptionError: Error {
  package let text: String
  init(_ text: String) { self.text = text }
}

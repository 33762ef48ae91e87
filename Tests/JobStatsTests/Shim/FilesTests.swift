import CStatShim
import Glibc
import JobStats
import Testing

@Suite struct ShimFilesTests {
  @Test func `sysconf gives the value, or -EINVAL for a name it does not know`() {
    #expect(cstat_sysconf(CInt(_SC_CLK_TCK)) > 0)
    #expect(cstat_sysconf(CInt(_SC_PAGESIZE)) >= 4096)
    #expect(cstat_sysconf(-1) == -Int(EINVAL))
    #expect(cstat_sysconf(1_000_000) == -Int(EINVAL))
  }

  @Test func `a limit that the system does not have is none, whatever errno was before`() {
    errno = EBADF
    #expect(cstat_sysconf(CInt(_SC_SYMLOOP_MAX)) == -Int(EINVAL))
    #expect(systemValue(.clockTicks).map { $0 > 0 } == true)
  }

  @Test func `a pipe carries bytes, and its ends are closed on exec`() throws {
    var ends: [CInt] = [-1, -1]
    let result = unsafe ends.withUnsafeMutableBufferPointer {
      unsafe cstat_pipe($0.baseAddress)
    }
    #expect(result == 0)
    defer { ends.forEach { close($0) } }
    #expect(ends.allSatisfy { fcntl($0, F_GETFD) & FD_CLOEXEC != 0 })
    #expect(write(ends[1], "through") == 7)
    #expect(read(ends[0], 100) == (7, "through"))
  }

  @Test func `a pipe that can't be made gives -EMFILE`() async {
    await #expect(processExitsWith: .exitCode(CInt(EMFILE))) {
      var limit = rlimit(rlim_cur: 3, rlim_max: 3)
      unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      var ends: (CInt, CInt) = (-1, -1)
      let result = unsafe withUnsafeMutablePointer(to: &ends.0) { unsafe cstat_pipe($0) }
      // Not exit: the leak checker opens files then.
      _exit(-result)
    }
  }

  @Test func `a file is opened below a folder, and closed on exec`() throws {
    let tree = try TemporaryTree()
    try tree.write("inside", to: "/folder/file")
    let folder = open(AT_FDCWD, tree.path + "/folder", O_RDONLY | O_DIRECTORY)
    defer { close(folder) }
    let file = open(folder, "file", O_RDONLY)
    defer { close(file) }
    #expect(file >= 0)
    #expect(fcntl(file, F_GETFD) & FD_CLOEXEC != 0)
    #expect(read(file, 100) == (6, "inside"))
  }

  @Test func `it is told whether a descriptor outlives exec`() {
    let number = open(AT_FDCWD, "/dev/null", O_RDONLY)
    #expect(cstat_outlives_exec(number) == 0)
    let copy = dup(number)
    #expect(cstat_outlives_exec(copy) == 1)
    close(copy)
    close(number)
    #expect(cstat_outlives_exec(-1) == -EBADF)
  }

  @Test func `a file that can't be opened gives the error`() throws {
    let tree = try TemporaryTree()
    try tree.write("", to: "/file")
    #expect(open(AT_FDCWD, tree.path + "/missing", O_RDONLY) == -ENOENT)
    #expect(open(AT_FDCWD, tree.path + "/file/below", O_RDONLY) == -ENOTDIR)
    #expect(open(AT_FDCWD, tree.path, O_WRONLY) == -EISDIR)
    #expect(open(-1, "relative", O_RDONLY) == -EBADF)
    #expect(open(AT_FDCWD, tree.path + "/file", O_RDONLY | O_DIRECTORY) == -ENOTDIR)
  }

  @Test func `a new file is for all to read and write, as umask lets it`() throws {
    let tree = try TemporaryTree()
    let file = open(AT_FDCWD, tree.path + "/new", O_WRONLY | O_CREAT)
    defer { close(file) }
    var identity = cstat_identity()
    #expect(unsafe cstat_identify(file, nil, &identity) == 0)
    #expect(identity.mode & 0o600 == 0o600 && identity.mode & 0o111 == 0)
  }

  @Test func `pread reads from an offset, read from where the descriptor stands`() throws {
    let tree = try TemporaryTree()
    try tree.write("0123456789", to: "/file")
    let file = try tree.root.open(BytePath("/file"))
    #expect(pread(file.number, 4, 3) == (4, "3456"))
    #expect(pread(file.number, 100, 8) == (2, "89"))
    #expect(pread(file.number, 100, 10) == (0, ""))
    #expect(pread(file.number, 100, 1000) == (0, ""))
    #expect(read(file.number, 4) == (4, "0123"))
    #expect(read(file.number, 100) == (6, "456789"))
    #expect(read(file.number, 100) == (0, ""))
  }

  @Test func `reads that fail give the error`() throws {
    let pipe = try TestPipe()
    #expect(pread(-1, 10, 0).count == -Int(EBADF))
    #expect(read(-1, 10).count == -Int(EBADF))
    #expect(pread(pipe.output, 10, 0).count == -Int(ESPIPE))
    #expect(read(pipe.output, 10).count == -Int(EAGAIN))
    #expect(read(pipe.input, 10).count == -Int(EBADF))
    pipe.put("x")
    #expect(read(pipe.output, 10) == (1, "x"))
    pipe.closeInput()
    #expect(read(pipe.output, 10) == (0, ""))
  }

  @Test func `a full pipe that is not to block takes what fits, then gives -EAGAIN`() throws {
    let pipe = try TestPipe(size: 4096)
    #expect(cstat_set_nonblocking(pipe.input) == 0)
    let text = String(repeating: "x", count: 5000)
    #expect(write(pipe.input, text) == 4096)
    #expect(write(pipe.input, text) == -Int(EAGAIN))
    #expect(pipe.take().count == 4096)
    #expect(write(pipe.input, "y") == 1)
  }

  @Test func `writes that fail give the error`() throws {
    let full = try RootDirectory(BytePath("/")).open(BytePath("/dev/full"), O_WRONLY)
    #expect(write(full.number, "x") == -Int(ENOSPC))
    #expect(write(-1, "x") == -Int(EBADF))
    #expect(write(-1, "") == -Int(EBADF))
    let gone = try TestPipe()
    gone.closeOutput()
    #expect(write(gone.input, "x") == -Int(EPIPE))
  }

  @Test func `a socket is sent to without blocking and without a signal`() throws {
    let pipe = try TestPipe(socketsOf: 4096)
    #expect(send(pipe.input, "hello") == 5)
    #expect(pipe.takeText() == "hello")
    let much = String(repeating: "x", count: 1 << 16)
    var last = 1
    for _ in 0..<1000 where last > 0 { last = send(pipe.input, much) }
    #expect(last == -Int(EAGAIN))
    #expect(cstat_open_flags(pipe.input) & O_NONBLOCK == 0)
    pipe.closeOutput()
    #expect(send(pipe.input, "x") == -Int(EPIPE))
    #expect(send(-1, "x") == -Int(EBADF))
  }

  @Test func `a send to what is no socket gives -ENOTSOCK`() throws {
    let pipe = try TestPipe()
    #expect(send(pipe.input, "x") == -Int(ENOTSOCK))
  }

  @Test func `an identity tells files apart, by path and by descriptor`() throws {
    let tree = try TemporaryTree()
    try tree.write("1", to: "/one")
    try tree.write("2", to: "/two")
    let one = try tree.root.open(BytePath("/one"))
    #expect(identity(one.number, nil) == identity(AT_FDCWD, tree.path + "/one"))
    #expect(identity(one.number, nil) != identity(AT_FDCWD, tree.path + "/two"))
    try tree.replace("/one", with: "3")
    #expect(identity(one.number, nil) != identity(AT_FDCWD, tree.path + "/one"))
    #expect(identity(AT_FDCWD, tree.path)?.mode == mode_t(S_IFDIR))
    #expect(identity(one.number, nil)?.mode == mode_t(S_IFREG))
  }

  @Test func `what is not there has no identity`() throws {
    var raw = cstat_identity()
    #expect(unsafe cstat_identify(-1, nil, &raw) == -EBADF)
    #expect(unsafe cstat_identify(AT_FDCWD, "/nowhere/at/all", &raw) == -ENOENT)
    #expect(unsafe cstat_identify(AT_FDCWD, "/proc/self/status/x", &raw) == -ENOTDIR)
  }

  @Test func `kernel files are told from others`() throws {
    let tree = try TemporaryTree()
    try tree.write("x", to: "/file")
    let machine = try RootDirectory(BytePath("/"))
    let status = try machine.open(BytePath("/proc/self/status"))
    let file = try tree.root.open(BytePath("/file"))
    #expect(cstat_is_kernel_file(status.number) == 1)
    #expect(cstat_is_kernel_file(file.number) == 0)
    #expect(cstat_is_kernel_file(-1) == -EBADF)
    for name in ["/sys/kernel/mm", "/sys/fs/cgroup/memory", "/sys/fs/cgroup/unified"] {
      guard let folder = try? machine.open(BytePath(name)) else { continue }
      let isUnified = machine.identity(BytePath(name + "/cgroup.controllers")) != nil
      #expect(cstat_is_kernel_file(folder.number) == (isUnified ? 2 : 1), "\(name)")
    }
  }

  @Test func `open flags are told and set on one open file alone`() throws {
    let pipe = try TestPipe()
    #expect(cstat_open_flags(pipe.output) & O_NONBLOCK != 0)
    #expect(cstat_open_flags(pipe.input) & O_NONBLOCK == 0)
    #expect(cstat_open_flags(pipe.input) & O_ACCMODE == O_WRONLY)
    #expect(cstat_set_nonblocking(pipe.input) == 0)
    #expect(cstat_open_flags(pipe.input) & (O_NONBLOCK | O_ACCMODE) == O_NONBLOCK | O_WRONLY)
    #expect(cstat_open_flags(-1) == -EBADF)
    #expect(cstat_set_nonblocking(-1) == -EBADF)
  }
}

private struct Identity: Equatable {
  let device: UInt64
  let inode: UInt64
  let mode: mode_t
}

private func identity(_ directory: CInt, _ path: String?) -> Identity? {
  var raw = cstat_identity()
  let result =
    if let path {
      unsafe cstat_identify(directory, path, &raw)
    } else {
      unsafe cstat_identify(directory, nil, &raw)
    }
  guard result == 0 else { return nil }
  return Identity(device: raw.device, inode: raw.inode, mode: mode_t(raw.mode) & S_IFMT)
}

private func open(_ directory: CInt, _ path: String, _ flags: CInt) -> CInt {
  unsafe cstat_openat(directory, path, flags)
}

private func write(_ descriptor: CInt, _ text: String) -> Int {
  unsafe cstat_write(descriptor, text, text.utf8.count)
}

private func send(_ descriptor: CInt, _ text: String) -> Int {
  unsafe cstat_send(descriptor, text, text.utf8.count)
}

private func read(_ descriptor: CInt, _ capacity: Int) -> (count: Int, text: String) {
  unsafe reading(capacity) { unsafe cstat_read(descriptor, $0, capacity) }
}

private func pread(
  _ descriptor: CInt, _ capacity: Int, _ offset: off_t
) -> (count: Int, text: String) {
  unsafe reading(capacity) { unsafe cstat_pread(descriptor, $0, capacity, offset) }
}

private func reading(
  _ capacity: Int, _ body: (UnsafeMutableRawPointer) -> Int
) -> (count: Int, text: String) {
  unsafe withUnsafeTemporaryAllocation(byteCount: capacity, alignment: 1) { buffer in
    let count = unsafe body(buffer.baseAddress!)
    let text = unsafe String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
    return (count, text)
  }
}

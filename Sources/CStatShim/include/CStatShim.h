// The system calls and macros that Swift can't call, or must not pay for.
//
// Every function returns a value, 0, -errno, or nothing; none sets errno for the caller, none
// allocates, none parses. Calls that a signal interrupted are made again in here, so
// that no caller ever sees -EINTR. Pointers stay the caller's.
#ifndef CSTATSHIM_H
#define CSTATSHIM_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// ---- runtime.c: how this process was started -------------------------------------------

/// The command line as the kernel handed it over, the program's own name first, NULL at the
/// end; it lives for ever. In C because Swift's CommandLine reads a copy of it from
/// /proc/self/cmdline, which may not be there.
char **cstat_arguments(void);

/// How many words it has.
int cstat_argument_count(void);

/// The process that started this one, when it was started: getppid(2), so 0 for one outside of
/// this process id namespace. These two in C because what Swift finds out once, when it is first
/// asked for, lies in pages that nothing else needs: a hundredth of a millisecond at every start.
pid_t cstat_first_parent(void);

/// When that was, on CLOCK_MONOTONIC, in nanoseconds.
uint64_t cstat_start_time(void);

// ---- memory.c: what is far away -------------------------------------------------------

/// A line of the processor's caches, in bytes.
enum { CSTAT_LINE = 64 };

/// Asks for memory to be brought to the processor: `count` addresses of lines, each with how many
/// more follow in the low bits. Does not wait until it is there; an address that nothing is at does
/// no harm. In C, as is the next one, because Swift has no way to say it.
void cstat_prefetch(const uintptr_t *runs, long count);

/// The same for the code of a poll, which lies from this function to the other one, which nobody
/// calls, where the linker has put it in order (link-order.txt); else it does nothing, or nothing of
/// use.
void cstat_prefetch_code(void);
void cstat_polls_code_ends(void);

/// malloc_usable_size(3): how many bytes there are of what malloc has given, which has to be its
/// start. In C because Swift's Glibc lacks it.
size_t cstat_room(const void *allocated);

// ---- sixteen bytes at once ------------------------------------------------------------

/// Sixteen bytes in a register; SIMD16<UInt8> in Swift.
typedef uint8_t cstat_bytes __attribute__((ext_vector_type(16)));
typedef _Bool cstat_flags __attribute__((ext_vector_type(16)));

/// Bit N: whether byte N is that of the other. In C, as is the next one, because Swift has no way
/// to make bits of a comparison that the compiler knows for the one instruction that does it.
static inline uint32_t cstat_equal(cstat_bytes one, cstat_bytes other) {
  return __builtin_bit_cast(uint16_t, __builtin_convertvector(one == other, cstat_flags));
}

/// What tells digits from other bytes: the first one, and how far the last is from it, sixteen
/// times each. Not constants of the code that uses them, which nobody could ask for ahead.
struct cstat_digits {
  cstat_bytes first, most;
};
extern const struct cstat_digits cstat_digits;

/// Bit N: whether byte N is a digit.
static inline uint32_t cstat_is_digit(cstat_bytes bytes) {
  cstat_bytes values = bytes - cstat_digits.first;
  return __builtin_bit_cast(
      uint16_t, __builtin_convertvector(values <= cstat_digits.most, cstat_flags));
}

// ---- files.c: descriptors and bytes -------------------------------------------------

/// sysconf(3). Returns the value, or -EINVAL for a name that this system has no value
/// for. In C because sysconf tells "no value" and "error" apart by errno alone.
long cstat_sysconf(int name);

/// pipe2(2) with O_CLOEXEC. Puts the read end into ends[0], the write end into ends[1];
/// the caller owns both. In C because pipe2 is hidden behind _GNU_SOURCE.
int cstat_pipe(int ends[2]);

/// openat(2) with O_CLOEXEC added and mode 0666 for new files. Returns a descriptor that
/// the caller owns. In C because open is variadic, which Swift can't call.
int cstat_openat(int directory, const char *path, int flags);

/// openat2(2) (Linux 5.6) with RESOLVE_IN_ROOT, else as cstat_openat: no part of the path, nor
/// any link on the way, leads out of `directory`. In C because libc has no function for it.
int cstat_open_below(int directory, const char *path, int flags);

/// O_PATH, which is hidden behind _GNU_SOURCE.
enum { CSTAT_PATH_ONLY = 010000000 };

/// pread(2): up to `capacity` bytes from `offset` into `buffer`, which is the caller's.
/// Returns the count, 0 at the end of the file. In C, as are the next two, so that one
/// poll's reads cost a call each and no errno look-up.
ssize_t cstat_pread(int descriptor, void *buffer, size_t capacity, off_t offset);

/// read(2): as cstat_pread, from where the descriptor stands. -EAGAIN where nothing is
/// there to read on a non-blocking descriptor.
ssize_t cstat_read(int descriptor, void *buffer, size_t capacity);

/// write(2): returns how many bytes were taken, which may be fewer than `count`.
ssize_t cstat_write(int descriptor, const void *bytes, size_t count);

/// send(2) with MSG_DONTWAIT and MSG_NOSIGNAL: a write to a socket that never blocks,
/// without O_NONBLOCK, which would change the socket for everybody who holds it.
ssize_t cstat_send(int descriptor, const void *bytes, size_t count);

/// Which file an open descriptor, or a path, stands for.
struct cstat_identity {
  uint64_t device;
  uint64_t inode;
  uint32_t mode;  // st_mode
};

/// fstatat(2) below `directory`, or fstat(2) of `directory` itself where `path` is NULL.
/// In C because st_dev and st_mode have other types on other systems.
int cstat_identify(int directory, const char *path, struct cstat_identity *identity);

/// Whether fstatfs(2) says that the file lives in a kernel file system: 1 for proc, sysfs and
/// cgroup, 2 for cgroup2. Such a file can be held open and read again and again, and fails to
/// be read once what it describes has gone. 0 for any other (a recorded tree).
int cstat_is_kernel_file(int descriptor);

/// statfs(2) and stat(2): 1 where the top of a v1 control group hierarchy is mounted at `path`, 2
/// for v2's, 0 for anything else, a group further down too. Symbolic links are followed. (The top of
/// a kernfs has the inode number 1, fs/kernfs/dir.c, Linux 3.15: its first node.) In C because Glibc's
/// module lacks linux/magic.h.
int cstat_hierarchy_at(const char *path);

/// fcntl(2): sets O_NONBLOCK on a descriptor whose open file description is nobody
/// else's. In C because fcntl is variadic.
int cstat_set_nonblocking(int descriptor);

/// fcntl(2) F_GETFL: the open flags, or -EBADF for a descriptor that is closed.
int cstat_open_flags(int descriptor);

/// fcntl(2) F_GETFD: 1 where a descriptor stays open across exec, 0 where it does not, or -EBADF
/// for one that is closed.
int cstat_outlives_exec(int descriptor);

// ---- processes.c: what /proc can't tell ----------------------------------------------

/// getdents64(2): up to `capacity` bytes of directory entries, as the kernel lays them out
/// (struct linux_dirent64). Returns the count, 0 at the end. In C because glibc 2.30 is the
/// first to have it, and opendir(3) allocates.
ssize_t cstat_entries(int directory, void *buffer, size_t capacity);

/// The CPU time in nanoseconds that a process and all its threads, ended ones too, have
/// used: exact, where /proc/PID/stat has it in ticks. clock_gettime(2) of another process's
/// CPU-time clock (Linux 2.6.12), which any user may read. -EINVAL or -ESRCH where it is
/// gone. In C because Swift can't pass the clock's number, which is made of the process's.
int64_t cstat_process_time(pid_t process);

/// What all children that this process has waited for have used, and theirs.
struct cstat_children {
  uint64_t user;          // microseconds
  uint64_t system;        // microseconds
  uint64_t major_faults;
  uint64_t minor_faults;
};

/// getrusage(2) RUSAGE_CHILDREN. In C because glibc's headers make `who` an enum in C++ and
/// with _GNU_SOURCE, and its fields unions.
int cstat_children_usage(struct cstat_children *usage);

/// prctl(2) PR_SET_CHILD_SUBREAPER (Linux 3.4): orphans among our descendants become our
/// children, not init's. Our children don't inherit it.
int cstat_adopt_orphans(void);

/// waitid(2) WNOWAIT: the id of a child that has ended and can be reaped, or 0 where there
/// is none. In C because siginfo_t's fields are macros.
pid_t cstat_ended_child(void);

// ---- events.c: signals and waiting --------------------------------------------------

/// One signal that was sent to this process.
struct cstat_signal {
  int number;
  int from_kernel;  // 1: sent by the kernel (terminal, timer), not by a process
  pid_t sender;     // the process that sent it; our own for SIGPIPE
  int has_value;    // 1: sent by sigqueue(3), with `value`
  uint64_t value;
};

/// Blocks every signal that a process can be sent, and returns a descriptor (signalfd(2),
/// Linux 2.6.27) to read them from; the mask that was in force goes into `original`. A
/// fault in this process (SIGSEGV and so on) ends it all the same. SIGCHLD is set to its
/// default action, or the kernel would reap our child for us where the parent ignored it;
/// `ignored` tells which of SIGHUP, SIGINT, SIGQUIT, SIGTERM and SIGCHLD were ignored: bit
/// N - 1 for signal N.
int cstat_signals_open(sigset_t *original, uint64_t *ignored);

/// Takes one pending signal. Returns 1, or 0 where none is pending.
int cstat_signals_next(int descriptor, struct cstat_signal *signal);

/// kill(2), or sigqueue(3) for a signal that was sent so: passes a signal on to a process.
/// In C because Swift does not import a union with a pointer in it as it is.
int cstat_signals_pass(pid_t process, const struct cstat_signal *signal);

/// prctl(2) PR_SET_PDEATHSIG: the kernel sends this process a signal when the thread that is
/// its parent ends. In C because prctl is variadic.
int cstat_signal_parents_end(int number);

/// One descriptor to wait for. A negative descriptor is passed over.
struct cstat_event {
  int descriptor;
  short wanted;    // CSTAT_READABLE, CSTAT_WRITABLE
  short happened;  // the same, and what poll(2) adds: an end or an error counts as both
};
enum { CSTAT_READABLE = 1, CSTAT_WRITABLE = 4, CSTAT_ENDED = 16 | 8 | 32 };

/// ppoll(2) (Linux 2.6.16): waits until something happens or `nanoseconds` have passed,
/// or for ever where that is negative. Returns how many events have happened. The timer
/// is a high-resolution one; how late it may be is the timer slack, see below, or, where that
/// is more, a part of the wait itself. When time has passed, it asks for the code of a poll.
int cstat_wait(struct cstat_event *events, int count, int64_t nanoseconds);

/// The part of a wait by which poll(2) may be late whatever the timer slack, as one in so many,
/// and no more than CSTAT_MOST_WAIT_SLACK nanoseconds (fs/select.c, select_estimate_accuracy,
/// Linux 2.6.28 on): 1000; 200 where this thread is niced; 0 where it has a real-time policy,
/// which is never late. The timer is set to the end of that span. Two system calls.
int cstat_wait_slack_divisor(void);
enum { CSTAT_MOST_WAIT_SLACK = 100000000 };

/// prctl(2) PR_SET_TIMERSLACK: lets timers fire at most `nanoseconds` late. Children
/// inherit it, so it is set after the program has been spawned.
int cstat_set_timer_slack(unsigned long nanoseconds);

/// sched_setattr(2), which glibc 2.36 does not wrap: asks the fair scheduler for slices of so
/// many nanoseconds (kernel/sched/syscalls.c, Linux 6.12: 0.1 to 100 ms; older kernels take no
/// notice). A short one changes nothing about how much of a processor this thread gets, only
/// how soon it gets it when it wakes up among busy ones. Niceness and policy stay. Children
/// inherit it, so it is set after the program has been spawned.
int cstat_set_slice(unsigned long nanoseconds);

// ---- spawn.c: the program -----------------------------------------------------------

/// What to run and in which state.
struct cstat_program {
  const char *path;            // where it is; PATH has been searched
  char *const *arguments;      // ends with NULL
  char *const *environment;    // ends with NULL
  const sigset_t *mask;        // the signal mask to run it with
  int standard_error;          // becomes its descriptor 2, or -1: leave as it is
  int closed;                  // bit N: descriptor N (0 to 2) is closed for it
  int ignore_child;            // SIGCHLD was ignored when we started, so it is for it
  int dies_with_us;            // SIGKILL when this process ends, until it execs a setuid file
  const int *groups;           // directories of the control groups to enter before exec
  int group_count;
};

/// Runs the program by a vfork(2) child that enters the control groups (writes "0" into
/// their cgroup.procs), sets descriptors and signals, and execs. Returns the process's id,
/// which the caller has to reap, or -errno; then `failed_group` holds the index of the
/// control group that could not be entered, or -1 where it was exec or the process itself
/// that failed, and no process is left behind. A SIGTSTP, SIGTTIN or SIGTTOU that reaches the
/// child before exec stops it after that.
/// In C because nothing but C may run between vfork and exec; not posix_spawn(3), which
/// can't enter groups and hangs, as vfork does, when its child is stopped before exec.
pid_t cstat_spawn(const struct cstat_program *program, int *failed_group);

/// pidfd_open(2) (Linux 5.3), close-on-exec: a descriptor, the caller's, that can be read
/// once the process has ended, whoever reaps it and whatever becomes of its id. -ENOSYS on
/// older kernels, -ESRCH where there is no such process. In C because glibc before 2.36 has
/// no such function.
int cstat_pidfd(pid_t process);

/// waitpid(2) WNOHANG: what has become of a child since the last call. Returns 1 and the
/// status as a shell shows it (the exit status, or 128 + the signal that killed it) where it
/// has ended, 2 and the signal that stopped it where it has been stopped, 3 where it has been
/// continued, 0 where nothing has happened. In C because the W... macros are.
int cstat_reap(pid_t process, int *status);

#endif

// What the benchmarks need in C: a malloc that counts, the loop that is compared with
// ("the floor"), and the processes that are measured from outside. No part of the product.
//
// Functions return a value, 0, or -errno. One thread uses them.
#ifndef BENCHMARK_SUPPORT_H
#define BENCHMARK_SUPPORT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// ---- keep.c -------------------------------------------------------------------------

/// Makes the compiler believe that a result is used.
void bench_keep(uint64_t value);
/// Whether this C code was compiled with optimisation.
int bench_is_optimised(void);
/// Makes the file hold just these bytes, in place: it stays the same file.
int bench_rewrite(int descriptor, const void *bytes, size_t count);

// ---- allocations.c: malloc and its kin, counted -------------------------------------
//
// The executable's own malloc, calloc, realloc, posix_memalign, aligned_alloc and memalign
// go before glibc's in every library it loads, Swift's runtime among them.

/// Starts counting; what was counted before is forgotten.
void bench_allocations_begin(void);
/// Counts on after `bench_allocations_pause`.
void bench_allocations_resume(void);
void bench_allocations_pause(void);
/// How many calls were counted.
uint64_t bench_allocations(void);
/// Where the first of them came from, a line per frame, innermost first; "" if there was
/// none. Valid until the next call.
const char *bench_first_allocation(void);
/// Calls malloc, calloc, realloc, posix_memalign, aligned_alloc and memalign once each.
void bench_allocate_in_every_way(void);

// ---- floor.c: what a poll can't do without ------------------------------------------

/// Forgets all files; those to come are below `root`.
int bench_floor_begin(const char *root);
/// Opens a file, which every poll reads from then on.
/// @param in_pieces  whether it comes in pieces of up to a page (/proc/net/dev).
/// @param looks      whether a poll looks if the path still stands for it, as has to be
///                   done where no kernel serves the file (a recorded tree).
int bench_floor_add(const char *path, int in_pieces, int looks);
/// Opens a memory.peak, which every poll reads and resets from then on. Returns 1, or 0 where the
/// kernel can't reset it for one descriptor alone (before 6.12).
int bench_floor_add_mark(const char *path);
/// Sets what each poll writes, and where to.
int bench_floor_write(const char *path, size_t bytes);
/// One poll: reads all, resets marks, writes once. Returns 0, or -errno of the first call that failed.
int bench_floor_poll(void);
/// Polls at deadlines that are `start` and a number of periods, in nanoseconds, until a child
/// process has ended; SIGCHLD has to be blocked.
int bench_floor_run(uint64_t start, uint64_t period);
/// What waiting can't do without: clock_nanosleep(2) and a look at the clock, `polls` times, at
/// such deadlines. Timer slack is 1 ns, as the product's.
int bench_sleep_run(uint64_t start, uint64_t period, uint64_t polls, int lateness);
/// The monotonic clock, in nanoseconds.
uint64_t bench_now(void);

// ---- children.c: measured processes -------------------------------------------------

// Numbers and lists of numbers that this process and its measured children see alike.
enum { BENCH_NUMBERS = 16, BENCH_LISTS = 8 };
/// Makes the memory that is shared with children, in the parent.
int bench_shared_make(void);
/// Finds it, in a child.
int bench_shared_take(void);
/// Zeroes it.
void bench_shared_clear(void);
void bench_set(int number, uint64_t value);
uint64_t bench_get(int number);
/// Appends to a list; what goes beyond its room is dropped.
void bench_note(int list, uint64_t value);
uint64_t bench_note_count(int list);
uint64_t bench_noted(int list, uint64_t index);
/// Appends to the shared text.
void bench_tell(const char *text);
const char *bench_told(void);

struct bench_child {
  pid_t process;  // or -errno
  int input;      // the write end of its stdin
};
/// Runs a program in a process group of its own; its stdin is a pipe, its other descriptors are
/// ours.
/// @param words  its arguments with newlines in between, its name first.
struct bench_child bench_child_start(const char *program, const char *words);
/// Whether it has ended; it is not reaped.
int bench_child_has_ended(struct bench_child child);
/// Closes its stdin, waits for its end, and returns its status as a shell shows it.
int bench_child_end(struct bench_child child);

/// Has this thread, and children that it starts from now on, run on one processor alone: the
/// one with this index among those it may run on; negative: on all of them again.
void bench_pin(int index);

/// Starts a process with `count - 1` children, all of which sleep and share their memory:
/// the first one's id, or -errno where there can't be as many. They end when it is ended, or
/// the caller does.
pid_t bench_crowd_start(int count);
void bench_crowd_end(pid_t first);
/// Starts a process that ends at once, and reaps it.
void bench_short_process(void);

/// What a process has used since its start; what the kernel does not count is 0.
struct bench_cost {
  uint64_t cpu;    // user and system, in nanoseconds; exact, not sampled
  uint64_t reads;  // read(2) and its kin
  uint64_t bytes_read;
  uint64_t writes;
  uint64_t bytes_written;
  uint64_t own_bytes;  // what asking has read, where it was our own process that asked
};
struct bench_cost bench_process_cost(pid_t process);
/// How many memory.peak files a process holds open for writing: each of its polls writes to each,
/// so that the mark begins anew (Linux 6.12). Cost: one call for each descriptor.
int bench_marks(pid_t process);
/// What of a process is in memory, in KiB, or 0 where the kernel does not tell (before 4.14).
uint64_t bench_resident(pid_t process);

// ---- runs.c: programs from beginning to end -----------------------------------------
//
// Their words come with newlines in between; the first is looked for in PATH.

/// Makes an argument vector of words, in `copy`. Returns 0 or -errno.
int bench_split(char *copy, size_t room, const char *words, char **arguments, int most);
/// Runs a program with all its descriptors /dev/null: nanoseconds from before its start until it
/// has been waited for, or -errno; -ECHILD where its status was not 0.
int64_t bench_run(const char *words);
/// Keeps what a program writes to its stdout. Returns its status, or -errno.
int bench_capture(const char *words, char *text, size_t room);
struct bench_flow {
  uint64_t bytes;
  uint64_t time;  // nanoseconds
};
/// Reads what `producer` writes to its stderr, a pipe, to the end: from there, or from the other
/// end of `relay`, which reads the first pipe and writes another. Begins to count when the first
/// piece has come.
struct bench_flow bench_pass_on(const char *producer, const char *relay);

// ---- jobs.c: what the measured run --------------------------------------------------

/// Keeps every processor busy, one thread each: so many turns, or with 0 until stdin ends.
int bench_job_burn(uint64_t turns);
/// Writes lines of 100 bytes to stderr, in pieces of 64,000 bytes.
int bench_job_lines(uint64_t bytes);

#endif

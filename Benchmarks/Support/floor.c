// The floor: what a poll can't do without, and nothing else.
//
// It is a fair limit because it leaves out only what may be made cheaper: scanning,
// subtracting, formatting, and looking after what is read. All that the kernel has to do
// for a poll is the same:
//  - one ppoll(2) with as many entries, and a time-out worked out in the same way from the
//    same clock, read as often; the timer slack is the same, since the product sets it;
//  - the same files are read, through descriptors that are held open, with pread(2) into a
//    buffer of the same size that is warm, as the product's is; nothing is opened;
//  - a group's memory.peak is reset by a write(2) where that is possible (Linux 6.12);
//  - as many bytes are written, by one write(2), to the same kind of file;
//  - all that by syscall(2), as there.
// Even the process is the product's: the product makes the control groups, runs the job and
// takes over the signals, and then this loop runs in place of the product's own, or in turns
// with it. The reads and bytes of both are counted by the kernel and printed, so that a floor
// that does less or more than it should is seen.
#define _GNU_SOURCE
#include "BenchmarkSupport.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_FILES = 32, PAGE = 4096, LONGEST_LINE = 512 };

static struct {
  int descriptor;
  int in_pieces;
  int looks;
  int resets;
  char path[256];
} files[MOST_FILES];
static int file_count;
static int directory = -1;
static int output = -1;
static size_t output_bytes;
static char input_buffer[8192];
static char output_buffer[1 << 20];

int bench_floor_begin(const char *root) {
  for (int i = 0; i < file_count; i++) close(files[i].descriptor);
  file_count = 0;
  if (directory >= 0) close(directory);
  directory = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return directory >= 0 ? 0 : -errno;
}

/// What begins a mark anew.
static const char anything[] = "0\n";
enum { ANYTHING = sizeof anything - 1 };

/// The file's index, or -errno.
static int add(const char *path, int flags) {
  while (*path == '/') path++;
  if (file_count == MOST_FILES || strlen(path) >= sizeof files->path) return -ENAMETOOLONG;
  int descriptor = openat(directory, path, flags | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return -errno;
  memset(&files[file_count], 0, sizeof *files);
  files[file_count].descriptor = descriptor;
  strcpy(files[file_count].path, path);
  return file_count++;
}

int bench_floor_add(const char *path, int in_pieces, int looks) {
  int index = add(path, O_RDONLY);
  if (index < 0) return index;
  files[index].in_pieces = in_pieces;
  files[index].looks = looks;
  return 0;
}

int bench_floor_add_mark(const char *path) {
  int index = add(path, O_RDWR);
  if (index < 0) return 0;
  files[index].resets = 1;
  if (write(files[index].descriptor, anything, ANYTHING) == ANYTHING) return 1;
  close(files[index].descriptor);
  file_count--;
  return 0;
}

int bench_floor_write(const char *path, size_t bytes) {
  if (bytes > sizeof output_buffer) return -EFBIG;
  if (output >= 0) close(output);
  output = open(path, O_WRONLY | O_APPEND | O_NONBLOCK | O_CLOEXEC);
  output_bytes = bytes;
  return output >= 0 ? 0 : -errno;
}

int bench_floor_poll(void) {
  for (int i = 0; i < file_count; i++) {
    if (files[i].looks) {
      struct stat there, held;
      if (fstatat(directory, files[i].path, &there, 0) || fstat(files[i].descriptor, &held))
        return -errno;
    }
    ssize_t got;
    off_t offset = 0;
    do {
      got = syscall(SYS_pread64, files[i].descriptor, input_buffer, sizeof input_buffer, offset);
      if (got < 0) return -errno;
      offset += got;
    } while (files[i].in_pieces && got > PAGE - LONGEST_LINE);
    if (files[i].resets && syscall(SYS_write, files[i].descriptor, anything, (size_t)ANYTHING) < 0)
      return -errno;
  }
  return syscall(SYS_write, output, output_buffer, output_bytes) < 0 ? -errno : 0;
}

uint64_t bench_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/// Whether a child has ended: it may only have been stopped, or continued. The signal of one that
/// has ended is left for the product.
static int child_has_ended(int signals) {
  siginfo_t info = {0};
  if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0) return 1;
  struct signalfd_siginfo signal;
  while (read(signals, &signal, sizeof signal) > 0) {
  }
  return 0;
}

/// The first deadline from a time on, of those that are `start` and a number of periods.
static uint64_t deadline_after(uint64_t time, uint64_t start, uint64_t period) {
  return start + (time > start ? (time - start) / period + 1 : 0) * period;
}

int bench_floor_run(uint64_t start, uint64_t period) {
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  int signals = signalfd(-1, &child, SFD_NONBLOCK | SFD_CLOEXEC);
  if (signals < 0) return -errno;
  // The product waits for signals, the program's stderr, a sink that was full, and the end of a
  // process that it watches.
  struct pollfd events[4] = {
      {signals, POLLIN, 0}, {-1, POLLIN, 0}, {-1, POLLOUT, 0}, {-1, POLLIN, 0}};
  uint64_t next = deadline_after(bench_now(), start, period);
  int result = 0;
  while (result == 0 && (events[0].revents == 0 || !child_has_ended(signals))) {
    uint64_t time = bench_now();
    uint64_t pause = next > time ? next - time : 0;
    // As the product: poll(2) is late by so much.
    pause -= pause / 1000;
    struct timespec limit = {(time_t)(pause / 1000000000), (long)(pause % 1000000000)};
    if (syscall(SYS_ppoll, events, 4, &limit, NULL, (size_t)0) < 0 && errno != EINTR) {
      result = -errno;
      break;
    }
    time = bench_now();
    if (time < next) continue;
    next += ((time - next) / period + 1) * period;
    result = bench_floor_poll();
  }
  close(signals);
  return result;
}

int bench_sleep_run(uint64_t start, uint64_t period, uint64_t polls, int lateness) {
  prctl(PR_SET_TIMERSLACK, 1);
  uint64_t time;
  uint64_t next = deadline_after(bench_now(), start, period);
  while (polls > 0) {
    struct timespec deadline = {(time_t)(next / 1000000000), (long)(next % 1000000000)};
    int error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, NULL);
    if (error == EINTR) continue;
    if (error != 0) return -error;
    time = bench_now();
    uint64_t skipped = (time - next) / period;
    bench_note(lateness, time - next - skipped * period);
    next += (skipped + 1) * period;
    polls--;
  }
  return 0;
}

#define _GNU_SOURCE
#include "BenchmarkSupport.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// The shared memory's number in a child.
enum { SHARED_DESCRIPTOR = 3 };

static struct shared {
  volatile uint64_t numbers[BENCH_NUMBERS];
  volatile uint64_t counts[BENCH_LISTS];
  uint64_t notes[BENCH_LISTS][1 << 14];
  char text[16384];
} *shared;
static int shared_descriptor = -1;

static int map(int descriptor) {
  void *memory = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
                      descriptor, 0);
  if (memory == MAP_FAILED) return -errno;
  shared = memory;
  return 0;
}

int bench_shared_make(void) {
  if (shared) return 0;
  shared_descriptor = memfd_create("benchmark", MFD_CLOEXEC);
  if (shared_descriptor < 0) return -errno;
  if (ftruncate(shared_descriptor, sizeof *shared) != 0) return -errno;
  return map(shared_descriptor);
}

int bench_shared_take(void) {
  int result = map(SHARED_DESCRIPTOR);
  close(SHARED_DESCRIPTOR);
  return result;
}

void bench_shared_clear(void) { memset(shared, 0, sizeof *shared); }
void bench_set(int number, uint64_t value) { shared->numbers[number] = value; }
uint64_t bench_get(int number) { return shared->numbers[number]; }

void bench_note(int list, uint64_t value) {
  uint64_t count = shared->counts[list];
  if (count == sizeof shared->notes[list] / sizeof value) return;
  shared->notes[list][count] = value;
  shared->counts[list] = count + 1;
}

uint64_t bench_note_count(int list) { return shared->counts[list]; }
uint64_t bench_noted(int list, uint64_t index) { return shared->notes[list][index]; }

void bench_tell(const char *text) {
  size_t length = strlen(shared->text);
  snprintf(shared->text + length, sizeof shared->text - length, "%s", text);
}

const char *bench_told(void) { return shared->text; }

void bench_pin(int index) {
  static cpu_set_t all;
  if (CPU_COUNT(&all) == 0) sched_getaffinity(0, sizeof all, &all);
  cpu_set_t one;
  CPU_ZERO(&one);
  int place = index % CPU_COUNT(&all);
  for (int cpu = 0; index >= 0 && cpu < CPU_SETSIZE; cpu++)
    if (CPU_ISSET(cpu, &all) && place-- == 0) CPU_SET(cpu, &one);
  sched_setaffinity(0, sizeof all, index >= 0 ? &one : &all);
}

struct bench_child bench_child_start(const char *program, const char *words) {
  char copy[4096];
  char *arguments[32];
  int result = bench_split(copy, sizeof copy, words, arguments, 32);
  if (result != 0) return (struct bench_child){result, -1};

  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return (struct bench_child){-errno, -1};
  pid_t process = fork();
  if (process == 0) {
    // Should we die while it is stopped, it goes on, and ends.
    prctl(PR_SET_PDEATHSIG, SIGCONT);
    // So that it can be stopped with its job; should we die meanwhile, the kernel continues both.
    setpgid(0, 0);
    dup2(ends[0], 0);
    if (shared_descriptor == SHARED_DESCRIPTOR)
      fcntl(shared_descriptor, F_SETFD, 0);
    else
      dup2(shared_descriptor, SHARED_DESCRIPTOR);
    execvp(program, arguments);
    _exit(127);
  }
  int error = errno;
  close(ends[0]);
  if (process > 0) setpgid(process, process);
  if (process > 0) return (struct bench_child){process, ends[1]};
  close(ends[1]);
  return (struct bench_child){-error, -1};
}

int bench_child_has_ended(struct bench_child child) {
  siginfo_t info = {0};
  int result = waitid(P_PID, (id_t)child.process, &info, WEXITED | WNOHANG | WNOWAIT);
  return result != 0 || info.si_pid != 0;
}

int bench_child_end(struct bench_child child) {
  close(child.input);
  int status = 0;
  while (waitpid(child.process, &status, 0) < 0)
    if (errno != EINTR) return -errno;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

uint64_t bench_resident(pid_t process) {
  char path[64];
  char line[256];
  uint64_t kilobytes = 0;
  snprintf(path, sizeof path, "/proc/%d/smaps_rollup", process);
  FILE *file = fopen(path, "re");
  while (file && fgets(line, sizeof line, file))
    if (sscanf(line, "Rss: %lu kB", &kilobytes) == 1) break;
  if (file) fclose(file);
  return kilobytes;
}

int bench_marks(pid_t process) {
  char path[64];
  char target[512];
  int marks = 0;
  snprintf(path, sizeof path, "/proc/%d/fd", process);
  DIR *list = opendir(path);
  struct dirent *entry;
  while (list && (entry = readdir(list)) != NULL) {
    ssize_t length = readlinkat(dirfd(list), entry->d_name, target, sizeof target - 1);
    static const char name[] = "/memory.peak";
    ssize_t rest = length - (ssize_t)strlen(name);
    if (rest < 0 || memcmp(target + rest, name, strlen(name)) != 0) continue;
    // The link is writable where the descriptor is.
    struct stat link;
    if (fstatat(dirfd(list), entry->d_name, &link, AT_SYMLINK_NOFOLLOW) == 0 && link.st_mode & S_IWUSR)
      marks++;
  }
  if (list) closedir(list);
  return marks;
}

struct bench_cost bench_process_cost(pid_t process) {
  struct bench_cost cost = {0};
  clockid_t clock;
  struct timespec time;
  if (clock_getcpuclockid(process, &clock) == 0 && clock_gettime(clock, &time) == 0)
    cost.cpu = (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
  char path[64];
  char text[512];
  snprintf(path, sizeof path, "/proc/%d/io", process);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return cost;
  ssize_t count = read(file, text, sizeof text - 1);
  close(file);
  if (count < 0) return cost;
  text[count] = 0;
  int found = sscanf(text, "rchar: %lu wchar: %lu syscr: %lu syscw: %lu", &cost.bytes_read,
                     &cost.bytes_written, &cost.reads, &cost.writes);
  if (found == 4 && process == getpid()) cost.own_bytes = (uint64_t)count;
  return cost;
}

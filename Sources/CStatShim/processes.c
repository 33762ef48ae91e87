#define _GNU_SOURCE
#include "CStatShim.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

ssize_t cstat_entries(int directory, void *buffer, size_t capacity) {
  long count = syscall(SYS_getdents64, directory, buffer, capacity);
  return count >= 0 ? count : -errno;
}

int64_t cstat_process_time(pid_t process) {
  // CPUCLOCK_SCHED of the whole process, as include/linux/posix-timers_types.h has it.
  clockid_t clock = (clockid_t)(~(unsigned)process << 3 | 2);
  struct timespec time;
  if (clock_gettime(clock, &time) != 0) return -errno;
  return time.tv_sec * (int64_t)1000000000 + time.tv_nsec;
}

int cstat_children_usage(struct cstat_children *usage) {
  struct rusage raw;
  if (getrusage(RUSAGE_CHILDREN, &raw) != 0) return -errno;
  usage->user = (uint64_t)raw.ru_utime.tv_sec * 1000000 + (uint64_t)raw.ru_utime.tv_usec;
  usage->system = (uint64_t)raw.ru_stime.tv_sec * 1000000 + (uint64_t)raw.ru_stime.tv_usec;
  usage->major_faults = (uint64_t)raw.ru_majflt;
  usage->minor_faults = (uint64_t)raw.ru_minflt;
  return 0;
}

int cstat_adopt_orphans(void) {
  return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 ? 0 : -errno;
}

pid_t cstat_ended_child(void) {
  siginfo_t ended;
  ended.si_pid = 0;
  int result = waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT);
  return result == 0 ? ended.si_pid : 0;
}

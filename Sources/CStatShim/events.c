#define _GNU_SOURCE
#include "CStatShim.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// cstat_event is pollfd under a name that Swift can see without _GNU_SOURCE.
_Static_assert(sizeof(struct cstat_event) == sizeof(struct pollfd), "");
_Static_assert(offsetof(struct cstat_event, happened) == offsetof(struct pollfd, revents), "");
_Static_assert(CSTAT_READABLE == POLLIN && CSTAT_WRITABLE == POLLOUT, "");
_Static_assert(CSTAT_ENDED == (POLLHUP | POLLERR | POLLNVAL), "");

int cstat_signals_open(sigset_t *original, uint64_t *ignored) {
  static const int asked[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGCHLD};
  *ignored = 0;
  for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
    struct sigaction action;
    if (sigaction(asked[i], NULL, &action) != 0) return -errno;
    int is_child = asked[i] == SIGCHLD && (action.sa_flags & SA_NOCLDWAIT) != 0;
    if (action.sa_handler == SIG_IGN || is_child) *ignored |= 1ULL << (asked[i] - 1);
  }
  // All of them: a fault in this process, SIGSEGV for one, ends it though it is blocked.
  sigset_t taken;
  sigfillset(&taken);
  if (sigprocmask(SIG_SETMASK, &taken, original) != 0) return -errno;
  signal(SIGCHLD, SIG_DFL);
  int descriptor = signalfd(-1, &taken, SFD_NONBLOCK | SFD_CLOEXEC);
  return descriptor >= 0 ? descriptor : -errno;
}

int cstat_signals_next(int descriptor, struct cstat_signal *next) {
  struct signalfd_siginfo info;
  ssize_t count = cstat_read(descriptor, &info, sizeof info);
  if (count == -EAGAIN) return 0;
  if (count < 0) return (int)count;
  next->number = (int)info.ssi_signo;
  next->from_kernel = info.ssi_code == SI_KERNEL;
  next->sender = (pid_t)info.ssi_pid;
  next->has_value = info.ssi_code == SI_QUEUE;
  next->value = info.ssi_ptr;
  return 1;
}

int cstat_signals_pass(pid_t process, const struct cstat_signal *taken) {
  union sigval value = {.sival_ptr = (void *)(uintptr_t)taken->value};
  int result =
      taken->has_value ? sigqueue(process, taken->number, value) : kill(process, taken->number);
  return result == 0 ? 0 : -errno;
}

int cstat_wait(struct cstat_event *events, int count, int64_t nanoseconds) {
  struct timespec limit = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  _Static_assert(sizeof limit == 16, "as the system call has it");
  // Not by ppoll(3), see `cstat_pread`. The kernel writes into `limit` what is left.
  long happened = syscall(SYS_ppoll, events, (unsigned)count, nanoseconds < 0 ? NULL : &limit,
                          NULL, (size_t)0);
  // The time has come: as a rule for a poll.
  if (happened == 0 && nanoseconds > 0) cstat_prefetch_code();
  if (happened >= 0) return (int)happened;
  if (errno != EINTR) return -errno;
  // Stopped and continued: the caller looks at its clock and waits again.
  for (int i = 0; i < count; i++) events[i].happened = 0;
  return 0;
}

int cstat_wait_slack_divisor(void) {
  switch (sched_getscheduler(0) & ~SCHED_RESET_ON_FORK) {
    case SCHED_OTHER:
    case SCHED_BATCH:
    case SCHED_IDLE:
    case 7:  // SCHED_EXT (Linux 6.12)
      return getpriority(PRIO_PROCESS, 0) > 0 ? 200 : 1000;
    default: return 0;
  }
}

int cstat_signal_parents_end(int number) {
  return prctl(PR_SET_PDEATHSIG, number, 0, 0, 0) == 0 ? 0 : -errno;
}

int cstat_set_timer_slack(unsigned long nanoseconds) {
  return prctl(PR_SET_TIMERSLACK, nanoseconds, 0, 0, 0) == 0 ? 0 : -errno;
}

/// As in linux/sched/types.h; the headers of the C library and of Linux define it both.
struct scheduling {
  uint32_t size;
  uint32_t policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime;
  uint64_t deadline;
  uint64_t period;
};

int cstat_set_slice(unsigned long nanoseconds) {
  struct scheduling scheduling = {.size = sizeof scheduling};
  if (syscall(SYS_sched_getattr, 0, &scheduling, sizeof scheduling, 0) != 0) return -errno;
  // The others have no slices, or runtime means something else.
  if (scheduling.policy != SCHED_OTHER && scheduling.policy != SCHED_BATCH) return -EINVAL;
  scheduling.runtime = nanoseconds;
  return syscall(SYS_sched_setattr, 0, &scheduling, 0) == 0 ? 0 : -errno;
}

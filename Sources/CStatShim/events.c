#define _GNU_SOURCE
#include "CStatShim.h"

#include <errno.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

// cstat_event is pollfd under a name that Swift can see without _GNU_SOURCE.
_Static_assert(sizeof(struct cstat_event) == sizeof(struct pollfd), "");
_Static_assert(offsetof(struct cstat_event, happened) == offsetof(struct pollfd, revents), "");
_Static_assert(CSTAT_READABLE == POLLIN && CSTAT_WRITABLE == POLLOUT, "");
_Static_assert(CSTAT_ENDED == (POLLHUP | POLLERR | POLLNVAL), "");

int cstat_signals_open(sigset_t *original, int *child_ignored) {
  static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS};
  sigset_t taken;
  sigfillset(&taken);
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) sigdelset(&taken, faults[i]);
  if (sigprocmask(SIG_SETMASK, &taken, original) != 0) return -errno;
  struct sigaction action;
  if (sigaction(SIGCHLD, NULL, &action) != 0) return -errno;
  *child_ignored = action.sa_handler == SIG_IGN || (action.sa_flags & SA_NOCLDWAIT) != 0;
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
  return 1;
}

int cstat_wait(struct cstat_event *events, int count, int64_t nanoseconds) {
  struct timespec limit = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  int happened = ppoll((struct pollfd *)events, (nfds_t)count,
                       nanoseconds < 0 ? NULL : &limit, NULL);
  if (happened >= 0) return happened;
  if (errno != EINTR) return -errno;
  // Stopped and continued: the caller looks at its clock and waits again.
  for (int i = 0; i < count; i++) events[i].happened = 0;
  return 0;
}

int cstat_set_timer_slack(unsigned long nanoseconds) {
  return prctl(PR_SET_TIMERSLACK, nanoseconds, 0, 0, 0) == 0 ? 0 : -errno;
}

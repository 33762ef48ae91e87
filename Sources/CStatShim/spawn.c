#define _GNU_SOURCE
#include "CStatShim.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int enter_group(int directory) {
  int descriptor = cstat_openat(directory, "cgroup.procs", O_WRONLY);
  if (descriptor < 0) return descriptor;
  ssize_t written = cstat_write(descriptor, "0", 1);
  close(descriptor);
  return written < 0 ? (int)written : 0;
}

/// What the child tells its parent when it could not become the program.
struct failure {
  int error;
  int group;
};

/// The signal that would have stopped the child before exec, or 0.
static volatile sig_atomic_t passed_over;

static void pass_over(int number) { passed_over = number; }

/// Has signals that would stop this process only be noted until exec, which sets them back:
/// stopped before exec, it would keep its parent in vfork, where nothing but SIGKILL
/// reaches it.
static void stop_later(void) {
  static const int stops[] = {SIGTSTP, SIGTTIN, SIGTTOU};
  for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
    struct sigaction action;
    if (sigaction(stops[i], NULL, &action) != 0 || action.sa_handler != SIG_DFL) continue;
    action.sa_handler = pass_over;
    sigaction(stops[i], &action, NULL);
  }
}

/// Runs in the vfork child, in its parent's memory: writes nothing but its own stack
/// and `passed_over`.
static struct failure become_program(const struct cstat_program *program, pid_t parent) {
  if (program->dies_with_us) {
    int result = cstat_signal_parents_end(SIGKILL);
    if (result < 0) return (struct failure){result, -1};
    // It may have ended before that.
    if (getppid() != parent) raise(SIGKILL);
  }
  if (program->standard_error >= 0) {
    if (dup2(program->standard_error, 2) < 0) return (struct failure){-errno, -1};
    // Entering groups takes a descriptor, and there may be few.
    close(program->standard_error);
  }
  for (int i = 0; i < program->group_count; i++) {
    int result = enter_group(program->groups[i]);
    if (result < 0) return (struct failure){result, i};
  }
  for (int i = 0; i <= 2; i++)
    if (program->closed & 1 << i) close(i);
  if (program->ignore_child) signal(SIGCHLD, SIG_IGN);
  stop_later();
  sigprocmask(SIG_SETMASK, program->mask, NULL);
  execve(program->path, program->arguments, program->environment);
  return (struct failure){-errno, -1};
}

pid_t cstat_spawn(const struct cstat_program *program, int *failed_group) {
  *failed_group = -1;
  // The error comes back over a pipe, not through the shared memory of vfork, which
  // some systems (valgrind, gVisor) make a plain fork.
  int report[2];
  int result = cstat_pipe(report);
  if (result < 0) return result;
  passed_over = 0;
  pid_t parent = getpid();
  pid_t process = vfork();
  if (process == 0) {
    struct failure failure = become_program(program, parent);
    cstat_write(report[1], &failure, sizeof failure);
    _exit(127);
  }
  int error = errno;
  close(report[1]);
  struct failure failure;
  ssize_t count = process < 0 ? 0 : cstat_read(report[0], &failure, sizeof failure);
  close(report[0]);
  if (process < 0) return -error;
  if (count != sizeof failure) {
    if (passed_over) kill(process, passed_over);
    return process;
  }
  while (waitpid(process, NULL, 0) < 0 && errno == EINTR) {
  }
  *failed_group = failure.group;
  return failure.error;
}

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

int cstat_pidfd(pid_t process) {
  int descriptor = (int)syscall(SYS_pidfd_open, process, 0);
  return descriptor >= 0 ? descriptor : -errno;
}

int cstat_reap(pid_t process, int *status) {
  int raw;
  pid_t ended;
  do {
    ended = waitpid(process, &raw, WNOHANG | WUNTRACED | WCONTINUED);
  } while (ended < 0 && errno == EINTR);
  if (ended < 0) return -errno;
  if (ended == 0) return 0;
  if (WIFSTOPPED(raw)) {
    *status = WSTOPSIG(raw);
    return 2;
  }
  if (WIFCONTINUED(raw)) return 3;
  *status = WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw);
  return 1;
}

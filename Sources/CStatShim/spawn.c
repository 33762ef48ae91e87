#define _GNU_SOURCE
#include "CStatShim.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
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

/// Runs in the vfork child, in its parent's memory: writes nothing but its own stack.
static struct failure become_program(const struct cstat_program *program) {
  for (int i = 0; i < program->group_count; i++) {
    int result = enter_group(program->groups[i]);
    if (result < 0) return (struct failure){result, i};
  }
  if (program->standard_error >= 0 && dup2(program->standard_error, 2) < 0)
    return (struct failure){-errno, -1};
  for (int i = 0; i <= 2; i++)
    if (program->closed & 1 << i) close(i);
  if (program->ignore_child) signal(SIGCHLD, SIG_IGN);
  sigprocmask(SIG_SETMASK, program->mask, NULL);
  execve(program->path, program->arguments, program->environment);
  return (struct failure){-errno, -1};
}

static pid_t spawn_with_child(const struct cstat_program *program, int *failed_group) {
  // The error comes back over a pipe, not through the shared memory of vfork, which
  // some systems (valgrind, gVisor) make a plain fork.
  int report[2];
  int result = cstat_pipe(report);
  if (result < 0) return result;
  pid_t process = vfork();
  if (process == 0) {
    struct failure failure = become_program(program);
    cstat_write(report[1], &failure, sizeof failure);
    _exit(127);
  }
  int error = errno;
  close(report[1]);
  struct failure failure;
  ssize_t count = process < 0 ? 0 : cstat_read(report[0], &failure, sizeof failure);
  close(report[0]);
  if (process < 0) return -error;
  if (count != sizeof failure) return process;
  while (waitpid(process, NULL, 0) < 0 && errno == EINTR) {
  }
  *failed_group = failure.group;
  return failure.error;
}

/// The signals that glibc keeps for itself (32 and 33) and that posix_spawn sets to be
/// ignored in the child: those of them that were not ignored here, to be set to default
/// there. glibc's own functions refuse these numbers.
static sigset_t internal_defaults(void) {
  sigset_t set;
  sigemptyset(&set);
  for (int number = 32; number <= 33; number++) {
    // As the kernel has it: handler, flags, restorer, mask.
    struct {
      void *handler;
      unsigned long flags;
      void *restorer;
      unsigned long mask;
    } action = {0};
    if (syscall(SYS_rt_sigaction, number, NULL, &action, sizeof action.mask) != 0) continue;
    if (action.handler == (void *)SIG_IGN) continue;
    ((unsigned long *)&set)[0] |= 1UL << (number - 1);
  }
  return set;
}

static int describe(const struct cstat_program *program, posix_spawn_file_actions_t *actions,
                    posix_spawnattr_t *attributes) {
  int error = 0;
  if (program->standard_error >= 0)
    error = posix_spawn_file_actions_adddup2(actions, program->standard_error, 2);
  for (int i = 0; i <= 2 && !error; i++)
    if (program->closed & 1 << i) error = posix_spawn_file_actions_addclose(actions, i);
  if (!error) error = posix_spawnattr_setsigmask(attributes, program->mask);
  sigset_t defaults = internal_defaults();
  if (!error) error = posix_spawnattr_setsigdefault(attributes, &defaults);
  short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
  if (!error) error = posix_spawnattr_setflags(attributes, flags);
  return error;
}

static pid_t spawn_plainly(const struct cstat_program *program) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  pid_t process = 0;
  int error = posix_spawn_file_actions_init(&actions);
  if (error) return -error;
  error = posix_spawnattr_init(&attributes);
  if (!error) {
    error = describe(program, &actions, &attributes);
    if (!error)
      error = posix_spawn(&process, program->path, &actions, &attributes, program->arguments,
                          program->environment);
    posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_destroy(&actions);
  return error ? -error : process;
}

pid_t cstat_spawn(const struct cstat_program *program, int *failed_group) {
  *failed_group = -1;
  // posix_spawn can neither enter a group nor set a signal to be ignored.
  if (program->group_count == 0 && !program->ignore_child) return spawn_plainly(program);
  return spawn_with_child(program, failed_group);
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
  if (WIFSTOPPED(raw)) return 2;
  if (WIFCONTINUED(raw)) return 3;
  *status = WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw);
  return 1;
}

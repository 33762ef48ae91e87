// What starting a program can't do without: the floor for `crunchstat PROGRAM`. A static C
// program that spawns another one, waits for it, and ends with its status. Where directories
// of control groups are named, it makes them first, lets the program enter them before its
// first instruction, as crunchstat does, and removes them.
// usage: start-floor [DIRECTORY...] -- PROGRAM [ARGUMENTS...]
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_GROUPS = 16, FAILED = 125, NOT_FOUND = 127 };
extern char **environ;

/// Returns the process, or -1.
static pid_t start(char **words, int *lists, int count) {
  pid_t process;
  if (count == 0) return posix_spawnp(&process, words[0], NULL, NULL, words, environ) ? -1 : process;
  process = vfork();
  if (process != 0) return process;
  for (int i = 0; i < count; i++)
    if (write(lists[i], "0", 1) != 1) _exit(FAILED);
  execvp(words[0], words);
  _exit(NOT_FOUND);
}

int main(int argc, char **argv) {
  int count = 0;
  while (count + 1 < argc && strcmp(argv[count + 1], "--") != 0) count++;
  if (count > MOST_GROUPS || count + 2 >= argc) return FAILED;
  int lists[MOST_GROUPS];
  for (int i = 0; i < count; i++) {
    char path[4096];
    if (mkdir(argv[i + 1], 0755) != 0) return FAILED;
    snprintf(path, sizeof path, "%s/cgroup.procs", argv[i + 1]);
    lists[i] = open(path, O_WRONLY | O_CLOEXEC);
    if (lists[i] < 0) return FAILED;
  }
  pid_t process = start(argv + count + 2, lists, count);
  int status = 0;
  if (process < 0 || waitpid(process, &status, 0) < 0) return FAILED;
  for (int i = 0; i < count; i++) {
    // The kernel may need a moment to see the process off.
    for (int tries = 0; rmdir(argv[i + 1]) != 0; tries++) {
      if (errno != EBUSY || tries == 100) return FAILED;
      usleep(1000);
    }
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// Programs that are run from beginning to end and timed, and what passes through a pipe.
#define _GNU_SOURCE
#include "BenchmarkSupport.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_WORDS = 48, LONGEST = 8192, TWO_SECONDS = 2000000 };
extern char **environ;

int bench_split(char *copy, size_t room, const char *words, char **arguments, int most) {
  int count = 0;
  if ((size_t)snprintf(copy, room, "%s", words) >= room) return -E2BIG;
  for (char *word = strtok(copy, "\n"); word && count < most - 1; word = strtok(NULL, "\n"))
    arguments[count++] = word;
  arguments[count] = NULL;
  return count > 0 ? 0 : -EINVAL;
}

/// Starts a program, its name in PATH. Descriptors that are -1 are /dev/null.
static pid_t start(const char *words, int input, int output, int error) {
  char copy[LONGEST];
  char *arguments[MOST_WORDS];
  int result = bench_split(copy, sizeof copy, words, arguments, MOST_WORDS);
  if (result != 0) return result;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  const int descriptors[3] = {input, output, error};
  for (int i = 0; i < 3; i++) {
    if (descriptors[i] >= 0)
      posix_spawn_file_actions_adddup2(&actions, descriptors[i], i);
    else
      posix_spawn_file_actions_addopen(&actions, i, "/dev/null", O_RDWR, 0);
  }
  pid_t process;
  result = posix_spawnp(&process, arguments[0], &actions, NULL, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  return result == 0 ? process : -result;
}

static int status_of(pid_t process) {
  int status = 0;
  while (waitpid(process, &status, 0) < 0)
    if (errno != EINTR) return -errno;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int64_t bench_run(const char *words) {
  uint64_t begin = bench_now();
  pid_t process = start(words, -1, -1, -1);
  if (process < 0) return process;
  int status = status_of(process);
  uint64_t end = bench_now();
  return status == 0 ? (int64_t)(end - begin) : -ECHILD;
}

int bench_capture(const char *words, char *text, size_t room) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -errno;
  pid_t process = start(words, -1, ends[1], -1);
  close(ends[1]);
  size_t count = 0;
  ssize_t got = 0;
  while (process > 0 && count + 1 < room &&
         (got = read(ends[0], text + count, room - 1 - count)) > 0)
    count += (size_t)got;
  text[count] = 0;
  close(ends[0]);
  return process < 0 ? process : status_of(process);
}

struct bench_flow bench_pass_on(const char *producer, const char *relay) {
  struct bench_flow flow = {0, 0};
  int first[2], last[2];
  if (pipe2(last, O_CLOEXEC) != 0) return flow;
  pid_t source, filter = 0;
  if (relay) {
    if (pipe2(first, O_CLOEXEC) != 0) return flow;
    source = start(producer, -1, -1, first[1]);
    filter = start(relay, first[0], last[1], -1);
    close(first[0]);
    close(first[1]);
  } else {
    source = start(producer, -1, -1, last[1]);
  }
  close(last[1]);
  static char buffer[1 << 17];
  uint64_t begin = 0;
  ssize_t got;
  while ((got = read(last[0], buffer, sizeof buffer)) > 0) {
    // Starting the programs is none of it, nor is the first piece.
    if (begin == 0)
      begin = bench_now();
    else
      flow.bytes += (uint64_t)got;
  }
  flow.time = bench_now() - begin;
  close(last[0]);
  if (source > 0) status_of(source);
  if (filter > 0) status_of(filter);
  return flow;
}

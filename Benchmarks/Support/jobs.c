// Jobs for what is measured to run: this executable, started again by name.
#define _GNU_SOURCE
#include "BenchmarkSupport.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

static uint64_t turns_each;

static void *burn(void *processor) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET((size_t)(uintptr_t)processor, &one);
  sched_setaffinity(0, sizeof one, &one);
  uint64_t value = 1;
  for (uint64_t turn = 0; turns_each == 0 || turn < turns_each; turn++) {
    // A step of a generator of random numbers: nothing that can be worked out at once.
    value = value * 6364136223846793005 + 1442695040888963407;
    if ((turn & 0xffff) == 0) bench_keep(value);
  }
  bench_keep(value);
  return NULL;
}

int bench_job_burn(uint64_t turns) {
  turns_each = turns;
  // The processors that there are, though the one who started us may be held to one.
  cpu_set_t online;
  CPU_ZERO(&online);
  long count = sysconf(_SC_NPROCESSORS_CONF);
  for (int i = 0; i < count && i < CPU_SETSIZE; i++) CPU_SET(i, &online);
  sched_setaffinity(0, sizeof online, &online);
  sched_getaffinity(0, sizeof online, &online);
  pthread_t threads[CPU_SETSIZE];
  int started = 0;
  for (int i = 0; i < CPU_SETSIZE; i++)
    if (CPU_ISSET(i, &online) &&
        pthread_create(&threads[started], NULL, burn, (void *)(uintptr_t)i) == 0)
      started++;
  if (turns == 0) {
    // Until the end of stdin.
    char byte;
    while (read(0, &byte, 1) > 0) {
    }
    _exit(0);
  }
  for (int i = 0; i < started; i++) pthread_join(threads[i], NULL);
  return 0;
}

int bench_job_lines(uint64_t bytes) {
  enum { LINE = 100, LINES = 640 };
  static char block[LINE * LINES];
  memset(block, 'x', sizeof block);
  for (int i = 0; i < LINES; i++) block[i * LINE + LINE - 1] = '\n';
  uint64_t left = bytes;
  while (left > 0) {
    ssize_t taken = write(2, block, left < sizeof block ? (size_t)left : sizeof block);
    if (taken <= 0) return 1;
    left -= (uint64_t)taken;
  }
  return 0;
}

#include "CStatShim.h"

#include <time.h>
#include <unistd.h>

static char **arguments;
static int argument_count;
static pid_t first_parent;
static uint64_t start_time;

/// glibc hands main's arguments to constructors too.
__attribute__((constructor)) static void keep_start(int count, char **words) {
  argument_count = count;
  arguments = words;
  first_parent = getppid();
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  start_time = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

char **cstat_arguments(void) { return arguments; }

int cstat_argument_count(void) { return argument_count; }

pid_t cstat_first_parent(void) { return first_parent; }

uint64_t cstat_start_time(void) { return start_time; }

/// These two take the place of the runtime's own, which looks for the arguments by way of
/// /proc/self/maps at every start, whether anybody asks for them or not: a twentieth of a
/// millisecond for what is known here. Both, or the linker brings the runtime's file in.
char **_swift_stdlib_getUnsafeArgvArgc(int *count);
char **_swift_stdlib_getUnsafeArgvArgc(int *count) {
  *count = argument_count;
  return arguments;
}

void _swift_stdlib_overrideUnsafeArgvArgc(char **words, int count);
void _swift_stdlib_overrideUnsafeArgvArgc(char **words, int count) {
  arguments = words;
  argument_count = count;
}

/// Takes the place of a function of Swift's runtime, which is asked at every start where the
/// program stands that prints backtraces, looks for it by way of /proc/self/maps, and aborts
/// where there is no /proc. A static executable has no such program beside it.
char *swift_copyAuxiliaryExecutablePath(const char *name);
char *swift_copyAuxiliaryExecutablePath(const char *name) {
  (void)name;
  return 0;
}

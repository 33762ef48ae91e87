#include "CStatShim.h"

static char **arguments;
static int argument_count;

/// glibc hands main's arguments to constructors too.
__attribute__((constructor)) static void keep_arguments(int count, char **words) {
  argument_count = count;
  arguments = words;
}

char **cstat_arguments(void) { return arguments; }

int cstat_argument_count(void) { return argument_count; }

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

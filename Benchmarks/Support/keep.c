#include "BenchmarkSupport.h"

#include <errno.h>
#include <unistd.h>

static volatile uint64_t kept;

void bench_keep(uint64_t value) { kept = value; }

int bench_is_optimised(void) {
#ifdef __OPTIMIZE__
  return 1;
#else
  return 0;
#endif
}

int bench_rewrite(int descriptor, const void *bytes, size_t count) {
  if (pwrite(descriptor, bytes, count, 0) != (ssize_t)count) return errno ? -errno : -EIO;
  return ftruncate(descriptor, (off_t)count) == 0 ? 0 : -errno;
}

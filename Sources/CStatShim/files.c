#define _GNU_SOURCE
#include "CStatShim.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ONCE_MORE_IF_INTERRUPTED(result, call) \
  do {                                         \
    result = (call);                           \
  } while (result < 0 && errno == EINTR)

long cstat_sysconf(int name) {
  errno = 0;
  long value = sysconf(name);
  return value >= 0 ? value : -(long)(errno ? errno : EINVAL);
}

int cstat_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC) == 0 ? 0 : -errno; }

int cstat_openat(int directory, const char *path, int flags) {
  int descriptor;
  ONCE_MORE_IF_INTERRUPTED(descriptor, openat(directory, path, flags | O_CLOEXEC, 0666));
  return descriptor >= 0 ? descriptor : -errno;
}

int cstat_open_below(int directory, const char *path, int flags) {
  struct open_how how = {
      .flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
      .mode = flags & O_CREAT ? 0666 : 0,
      .resolve = RESOLVE_IN_ROOT,
  };
  long descriptor;
  ONCE_MORE_IF_INTERRUPTED(descriptor,
                           syscall(SYS_openat2, directory, path, &how, sizeof how));
  return descriptor >= 0 ? (int)descriptor : -errno;
}

// What each poll calls is called without the C library's function: that looks first whether another
// thread might cancel this one, in a page that a poll does not look at otherwise. The address
// sanitizer checks buffers by the functions.
_Static_assert(sizeof(long) == sizeof(off_t) && sizeof(off_t) == 8, "system calls as they are");
#if __has_feature(address_sanitizer)
#define PREAD pread
#define WRITE write
#else
#define PREAD(...) syscall(SYS_pread64, __VA_ARGS__)
#define WRITE(...) syscall(SYS_write, __VA_ARGS__)
#endif

ssize_t cstat_pread(int descriptor, void *buffer, size_t capacity, off_t offset) {
  ssize_t count;
  ONCE_MORE_IF_INTERRUPTED(count, PREAD(descriptor, buffer, capacity, offset));
  return count >= 0 ? count : -errno;
}

ssize_t cstat_read(int descriptor, void *buffer, size_t capacity) {
  ssize_t count;
  ONCE_MORE_IF_INTERRUPTED(count, read(descriptor, buffer, capacity));
  return count >= 0 ? count : -errno;
}

ssize_t cstat_write(int descriptor, const void *bytes, size_t count) {
  ssize_t taken;
  ONCE_MORE_IF_INTERRUPTED(taken, WRITE(descriptor, bytes, count));
  return taken >= 0 ? taken : -errno;
}

ssize_t cstat_send(int descriptor, const void *bytes, size_t count) {
  ssize_t taken;
  ONCE_MORE_IF_INTERRUPTED(taken, send(descriptor, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL));
  return taken >= 0 ? taken : -errno;
}

int cstat_identify(int directory, const char *path, struct cstat_identity *identity) {
  struct stat status;
  int result = path ? fstatat(directory, path, &status, 0) : fstat(directory, &status);
  if (result != 0) return -errno;
  identity->device = status.st_dev;
  identity->inode = status.st_ino;
  identity->mode = status.st_mode;
  return 0;
}

int cstat_is_kernel_file(int descriptor) {
  struct statfs status;
  if (fstatfs(descriptor, &status) != 0) return -errno;
  if (status.f_type == CGROUP2_SUPER_MAGIC) return 2;
  return status.f_type == PROC_SUPER_MAGIC || status.f_type == SYSFS_MAGIC ||
         status.f_type == CGROUP_SUPER_MAGIC;
}

int cstat_hierarchy_at(const char *path) {
  struct statfs system;
  struct stat top;
  if (statfs(path, &system) != 0 || stat(path, &top) != 0 || top.st_ino != 1) return 0;
  return system.f_type == CGROUP2_SUPER_MAGIC ? 2 : system.f_type == CGROUP_SUPER_MAGIC;
}

int cstat_set_nonblocking(int descriptor) {
  int flags = cstat_open_flags(descriptor);
  if (flags < 0) return flags;
  return fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 ? 0 : -errno;
}

int cstat_open_flags(int descriptor) {
  int flags = fcntl(descriptor, F_GETFL);
  return flags >= 0 ? flags : -errno;
}

int cstat_outlives_exec(int descriptor) {
  int flags = fcntl(descriptor, F_GETFD);
  return flags >= 0 ? (flags & FD_CLOEXEC) == 0 : -errno;
}

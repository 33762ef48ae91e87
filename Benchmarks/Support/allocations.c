#define _GNU_SOURCE
#include "BenchmarkSupport.h"
#include "symbols.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int counting;
static uint64_t calls;
static void *first_frames[24];
static int first_depth;

static void note(void) {
  if (!counting || calls++ > 0) return;
  counting = 0;
  first_depth = backtrace(first_frames, sizeof first_frames / sizeof *first_frames);
  counting = 1;
}

// The address sanitizer has a malloc of its own.
#if !defined(__has_feature)
#define __has_feature(x) 0
#endif
#if !__has_feature(address_sanitizer)

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);
void __libc_free(void *);

void *malloc(size_t size) {
  note();
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  note();
  return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size) {
  note();
  return __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size) {
  note();
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **block, size_t alignment, size_t size) {
  void *made = memalign(alignment, size);
  if (!made) return ENOMEM;
  *block = made;
  return 0;
}

void free(void *block) { __libc_free(block); }

#endif

void bench_allocations_begin(void) {
  // The first call of backtrace loads a library, and that allocates.
  static int is_ready;
  if (!is_ready) backtrace(first_frames, 1);
  is_ready = 1;
  first_depth = 0;
  calls = 0;
  counting = 1;
}

void bench_allocations_resume(void) { counting = 1; }
void bench_allocations_pause(void) { counting = 0; }
uint64_t bench_allocations(void) { return calls; }

// In Swift's runtime.
char *swift_demangle(const char *, size_t, char *, size_t *, uint32_t)
    __attribute__((weak));

const char *bench_first_allocation(void) {
  static char text[8192];
  size_t end = 0;
  Dl_info own, place;
  dladdr((void *)bench_first_allocation, &own);
  text[0] = 0;
  // The first two frames are this file's.
  for (int i = 2; i < first_depth && end < sizeof text; i++) {
    if (!dladdr(first_frames[i], &place)) continue;
    size_t offset = (size_t)((char *)first_frames[i] - (char *)place.dli_fbase);
    int is_own = place.dli_fbase == own.dli_fbase;
    // The address to return to may lie behind the end of the function that called.
    const char *name = is_own ? bench_symbol(offset - 1) : place.dli_sname;
    if (!name) continue;
    char *clear = swift_demangle ? swift_demangle(name, strlen(name), 0, 0, 0) : NULL;
    int length = snprintf(text + end, sizeof text - end, "    %.150s\n", clear ? clear : name);
    end += length > 0 ? (size_t)length : 0;
    free(clear);
    if (strcmp(name, "main") == 0) break;
  }
  return text;
}

void bench_allocate_in_every_way(void) {
  void *volatile block = malloc(16);
  free(block);
  block = calloc(1, 16);
  block = realloc(block, 64);
  free(block);
  void *aligned;
  if (posix_memalign(&aligned, 64, 64) == 0) {
    block = aligned;
    free(block);
  }
  block = aligned_alloc(64, 64);
  free(block);
  block = memalign(64, 64);
  free(block);
}

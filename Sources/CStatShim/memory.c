#include "CStatShim.h"

#include <malloc.h>

// In one line of cache.
_Alignas(32) const struct cstat_digits cstat_digits = {(cstat_bytes)(uint8_t)'0', (cstat_bytes)(uint8_t)9};

static inline void fetch(uintptr_t place) { __builtin_prefetch((const void *)place); }

// Of code, into the cache that it shares with data.
static inline void fetch_code(uintptr_t place) { __builtin_prefetch((const void *)place, 0, 2); }

void cstat_prefetch(const uintptr_t *runs, long count) {
  for (const uintptr_t *run = runs; run < runs + count; run++) {
    uintptr_t last = *run + *run % CSTAT_LINE * CSTAT_LINE;
    // By two, since few are alone: one too many costs less than one more turn.
    for (uintptr_t place = *run; place <= last; place += 2 * CSTAT_LINE) {
      fetch(place);
      fetch(place + CSTAT_LINE);
    }
  }
}

// More than all of it: then the linker has not put it in order.
enum { MOST_CODE = 64 << 10 };

void cstat_polls_code_ends(void) {}

void cstat_prefetch_code(void) {
  uintptr_t first = (uintptr_t)cstat_prefetch_code;
  uintptr_t end = (uintptr_t)cstat_polls_code_ends;
  if (end - first > MOST_CODE) return;
  fetch((uintptr_t)&cstat_digits);
  for (uintptr_t place = first; place < end; place += 8 * CSTAT_LINE) {
    fetch_code(place);
    fetch_code(place + CSTAT_LINE);
    fetch_code(place + 2 * CSTAT_LINE);
    fetch_code(place + 3 * CSTAT_LINE);
    fetch_code(place + 4 * CSTAT_LINE);
    fetch_code(place + 5 * CSTAT_LINE);
    fetch_code(place + 6 * CSTAT_LINE);
    fetch_code(place + 7 * CSTAT_LINE);
  }
}

size_t cstat_room(const void *allocated) {
  return malloc_usable_size((void *)(uintptr_t)allocated);
}

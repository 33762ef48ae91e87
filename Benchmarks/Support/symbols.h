#ifndef BENCHMARK_SYMBOLS_H
#define BENCHMARK_SYMBOLS_H

#include <stdint.h>

/// The name of this executable's function at an offset from where it is loaded, or NULL.
const char *bench_symbol(uint64_t offset);

#endif

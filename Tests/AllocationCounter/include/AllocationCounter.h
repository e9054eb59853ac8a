// SPDX-License-Identifier: Apache-2.0

#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

/// Whether allocations are counted in this process: on glibc, without a sanitizer.
bool allocation_counter_is_available(void);

/// How often this thread called malloc, calloc, realloc, aligned_alloc or posix_memalign so far.
uint64_t allocation_counter_count(void);

#endif

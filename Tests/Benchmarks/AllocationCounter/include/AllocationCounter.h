// SPDX-License-Identifier: Apache-2.0

#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Whether allocations are counted in this process: on glibc, without a sanitizer.
bool allocation_counter_is_available(void);

/// Returns the number of calls of malloc, calloc, realloc, aligned_alloc and posix_memalign by this thread so far.
uint64_t allocation_counter_count(void);

/// Starts to count the calls of all threads, which is slower.
void allocation_counter_begin_all(void);

/// Stops that, and returns the number of calls since the start.
uint64_t allocation_counter_end_all(void);

/// Returns free memory to the system, where the allocator can.
void allocator_trim(void);

/// Returns the bytes of a block, with the overhead of the allocator; 0 where they are unknown.
size_t allocator_block_size(void *block);

#endif

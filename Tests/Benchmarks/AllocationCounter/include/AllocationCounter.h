// SPDX-License-Identifier: Apache-2.0

#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Whether allocations are counted in this process: on glibc, without a sanitizer.
bool allocation_counter_is_available(void);

/// How often this thread called malloc, calloc, realloc, aligned_alloc or posix_memalign so far.
uint64_t allocation_counter_count(void);

/// Begins to count the calls of all threads, which is slower.
void allocation_counter_begin_all(void);

/// Ends it; how often they called since then.
uint64_t allocation_counter_end_all(void);

/// Gives memory that is free back to the system, where the allocator can.
void allocator_trim(void);

/// The bytes that the allocator set aside for a block, with what it needs beside it; 0 where it does not tell.
size_t allocator_block_size(void *block);

#endif

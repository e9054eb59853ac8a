// SPDX-License-Identifier: Apache-2.0

// Defines the allocation functions of this executable: each counts and forwards to glibc's own. Counting per thread
// keeps other threads out of a measurement.

#include "AllocationCounter.h"

#include <errno.h>
#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif

#if defined(__GLIBC__) && !defined(HAS_SANITIZER)

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *pointer, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static _Thread_local uint64_t count;

void *malloc(size_t size) {
    count += 1;
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    count += 1;
    return __libc_calloc(number, size);
}

void *realloc(void *pointer, size_t size) {
    count += 1;
    return __libc_realloc(pointer, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    count += 1;
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    count += 1;
    *result = __libc_memalign(alignment, size);
    return *result == NULL ? ENOMEM : 0;
}

bool allocation_counter_is_available(void) { return true; }
uint64_t allocation_counter_count(void) { return count; }

#else

bool allocation_counter_is_available(void) { return false; }
uint64_t allocation_counter_count(void) { return 0; }

#endif

#if defined(__GLIBC__)

#include <malloc.h>

void allocator_trim(void) { malloc_trim(0); }

// A block of glibc has its size in the word before it.
size_t allocator_block_size(void *block) { return malloc_usable_size(block) + sizeof(size_t); }

#else

void allocator_trim(void) {}
size_t allocator_block_size(void *block) { return 0; }

#endif

// SPDX-License-Identifier: Apache-2.0

// Replaces the allocation functions of this executable: each counts and forwards to that of glibc. Counting per thread
// excludes other threads from a measurement.

#include "AllocationCounter.h"

#include <errno.h>
#include <stdatomic.h>
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
static _Atomic bool counts_all;
static _Atomic uint64_t total;

static void note(void) {
    count += 1;
    if (atomic_load_explicit(&counts_all, memory_order_relaxed)) {
        atomic_fetch_add_explicit(&total, 1, memory_order_relaxed);
    }
}

void *malloc(size_t size) {
    note();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    note();
    return __libc_calloc(number, size);
}

void *realloc(void *pointer, size_t size) {
    note();
    return __libc_realloc(pointer, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    note();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    note();
    *result = __libc_memalign(alignment, size);
    return *result == NULL ? ENOMEM : 0;
}

bool allocation_counter_is_available(void) { return true; }
uint64_t allocation_counter_count(void) { return count; }

void allocation_counter_begin_all(void) {
    atomic_store(&total, 0);
    atomic_store(&counts_all, true);
}

uint64_t allocation_counter_end_all(void) {
    atomic_store(&counts_all, false);
    return atomic_load(&total);
}

#else

bool allocation_counter_is_available(void) { return false; }
uint64_t allocation_counter_count(void) { return 0; }
void allocation_counter_begin_all(void) {}
uint64_t allocation_counter_end_all(void) { return 0; }

#endif

#if defined(__GLIBC__)

#include <malloc.h>

void allocator_trim(void) { malloc_trim(0); }

// glibc stores the size of a block in the word before it.
size_t allocator_block_size(void *block) { return malloc_usable_size(block) + sizeof(size_t); }

#else

void allocator_trim(void) {}
size_t allocator_block_size(void *block) { return 0; }

#endif

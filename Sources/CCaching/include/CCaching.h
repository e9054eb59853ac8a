// SPDX-License-Identifier: Apache-2.0

#ifndef CCACHING_H
#define CCACHING_H

#include <stdbool.h>

// What Swift has no words for: a variable of each thread that costs no call to read, and barriers.

// It has its place before the process starts, or is one of the few that the loader has room for later: otherwise every
// read of it would be a call, or be taken for one by who reads it.
#if defined(__ELF__)
#define CACHING_THREAD_LOCAL __attribute__((tls_model("initial-exec"))) _Thread_local
#else
#define CACHING_THREAD_LOCAL _Thread_local
#endif

extern CACHING_THREAD_LOCAL void *caching_reader_of_thread;

/// What this thread has set, or NULL.
static inline void *caching_reader(void) { return caching_reader_of_thread; }

static inline void caching_set_reader(void *reader) { caching_reader_of_thread = reader; }

/// Keeps the compiler from moving memory accesses across it; the processor still may. No instruction.
static inline void caching_compiler_barrier(void) { __asm__ __volatile__("" ::: "memory"); }

/// Lets the processor fetch what will be needed soon, while it does something else. Any address will do.
static inline void caching_prefetch(const void *address) { __builtin_prefetch(address); }

/// Asks the system for caching_barrier_on_all_threads, once for a process; false where it has none.
bool caching_has_barrier_on_all_threads(void);

/// Makes every running thread of the process execute a full memory barrier before it returns: some microseconds.
void caching_barrier_on_all_threads(void);

#endif

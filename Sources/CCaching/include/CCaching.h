// SPDX-License-Identifier: Apache-2.0

#ifndef CCACHING_H
#define CCACHING_H

#include <stdbool.h>
#include <stdint.h>

// What Swift has no words for: a variable of each thread that costs no call to read, barriers, and the stack.

// Its place is fixed when it is loaded, so that reading it is one instruction: otherwise it would be a call, or the
// compiler would save registers as for one. It also works in a library that is loaded later, because the loader keeps
// some room for variables of that kind, and this one has eight bytes.
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

/// Where the stack of this thread is, about.
static inline uintptr_t caching_stack_position(void) { return (uintptr_t)__builtin_frame_address(0); }

/// Asks the system for caching_barrier_on_all_threads, once for a process; false where it has none.
bool caching_has_barrier_on_all_threads(void);

/// Makes every running thread of the process execute a full memory barrier before it returns: some microseconds.
/// Ends the process where the system has taken the barrier away meanwhile.
void caching_barrier_on_all_threads(void);

#endif

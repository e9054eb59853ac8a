// SPDX-License-Identifier: Apache-2.0

#ifndef CCACHING_H
#define CCACHING_H

#include <stdbool.h>
#include <stdint.h>

// Features that Swift does not have: a thread-local variable that is read without a call, barriers, and the position of
// the stack.

// The offset of the variable is fixed at load time, so that a read is one instruction. Otherwise a read would be a call,
// or the compiler would save registers as for a call. The model also works in a library that is loaded later, because the
// loader reserves some room for such variables, and this one has eight bytes.
#if defined(__ELF__)
#define CACHING_THREAD_LOCAL __attribute__((tls_model("initial-exec"))) _Thread_local
#else
#define CACHING_THREAD_LOCAL _Thread_local
#endif

extern CACHING_THREAD_LOCAL void *caching_reader_of_thread;

/// Returns the value that this thread has set, or NULL.
static inline void *caching_reader(void) { return caching_reader_of_thread; }

/// Sets the value of this thread.
static inline void caching_set_reader(void *reader) { caching_reader_of_thread = reader; }

/// Prevents the compiler, but not the processor, from moving memory accesses across the call. It is no instruction.
static inline void caching_compiler_barrier(void) { __asm__ __volatile__("" ::: "memory"); }

/// Prefetches a cache line. Any address is allowed.
static inline void caching_prefetch(const void *address) { __builtin_prefetch(address); }

/// Returns the approximate position of the stack pointer of this thread.
static inline uintptr_t caching_stack_position(void) { return (uintptr_t)__builtin_frame_address(0); }

/// Registers the process for caching_barrier_on_all_threads; returns false if the system has no such barrier.
bool caching_has_barrier_on_all_threads(void);

/// Makes every running thread of the process execute a full memory barrier before it returns, which takes a few
/// microseconds. Ends the process if the system no longer allows the barrier.
void caching_barrier_on_all_threads(void);

#endif

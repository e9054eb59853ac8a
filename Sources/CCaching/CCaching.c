// SPDX-License-Identifier: Apache-2.0

#include "CCaching.h"

CACHING_THREAD_LOCAL void *caching_reader_of_thread;

#ifdef __linux__

#include <sys/syscall.h>
#include <unistd.h>

// From the kernel's linux/membarrier.h, since Linux 4.14; the header is not always installed.
enum {
    membarrier_private_expedited = 1 << 3,
    membarrier_register_private_expedited = 1 << 4,
};

bool caching_has_barrier_on_all_threads(void) {
    return syscall(SYS_membarrier, membarrier_register_private_expedited, 0, 0) == 0;
}

void caching_barrier_on_all_threads(void) { syscall(SYS_membarrier, membarrier_private_expedited, 0, 0); }

#else

bool caching_has_barrier_on_all_threads(void) { return false; }

void caching_barrier_on_all_threads(void) {}

#endif

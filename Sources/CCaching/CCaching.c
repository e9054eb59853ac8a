// SPDX-License-Identifier: Apache-2.0

#include "CCaching.h"

CACHING_THREAD_LOCAL void *caching_reader_of_thread;

#ifdef __linux__

#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

// From the kernel's linux/membarrier.h, since Linux 4.14; the header is not always installed.
enum {
    membarrier_global = 1 << 0,
    membarrier_private_expedited = 1 << 3,
    membarrier_register_private_expedited = 1 << 4,
};

bool caching_has_barrier_on_all_threads(void) {
    return syscall(SYS_membarrier, membarrier_register_private_expedited, 0, 0) == 0;
}

void caching_barrier_on_all_threads(void) {
    if (syscall(SYS_membarrier, membarrier_private_expedited, 0, 0) == 0) return;
    // A process that was restored from a checkpoint is no longer registered. The slow barrier needs no registration.
    if (syscall(SYS_membarrier, membarrier_global, 0, 0) == 0) return;
    // To continue would mean to free memory that another thread reads.
    fputs("swift-caching: the system no longer allows membarrier(2), without which memory is not safe\n", stderr);
    abort();
}

#else

bool caching_has_barrier_on_all_threads(void) { return false; }

void caching_barrier_on_all_threads(void) {}

#endif

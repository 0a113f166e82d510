/*
 * Idle memory: see ballast.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ballast.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>

#include "record.h"

/* Marsaglia's xorshift64: never 0, period 2^64 - 1. */
static uint64_t next_random(uint64_t x)
{
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return x;
}

int ballast_fill(long mib)
{
    const size_t size = (size_t)mib << 20;
    uint64_t *memory, random = 88172645463325252;
    struct sysinfo now;

    if (!mib) {
        return 0;
    }
    sysinfo(&now);
    if ((uint64_t)now.freeram * now.mem_unit < size) {
        return record_error("ballast is %ld MiB, free: %llu MiB", mib,
                            (unsigned long long)now.freeram * now.mem_unit >>
                            20);
    }
    memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED || madvise(memory, size, MADV_DONTFORK)) {
        return record_error("ballast: %s", strerror(errno));
    }
    for (size_t i = 0; i < size / sizeof(*memory); i++) {
        memory[i] = random = next_random(random);
    }
    record("ballast mib=%ld", mib);
    return 0;
}

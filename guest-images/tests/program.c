/*
 * program STEPS [MODE]: a custom workload in small, that says what programs of
 * the official NPB suite say. Fills some memory, proves it before each step.
 * MODE is a mistake that it makes: wrong (fails to verify), silent (says
 * nothing of that), crash, early (is never ready), reset (of the machine),
 * orphan (leaves a process behind, which ends after it).
 *
 * No part of the guest: for tests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#define WORDS (4 << 20 >> 3)

static unsigned long words[WORDS];

int main(int argc, char **argv)
{
    const char *mode = argc > 2 ? argv[2] : "";
    const char *threads = getenv("OMP_NUM_THREADS");
    int steps = argc > 1 ? atoi(argv[1]) : 0, wrong = !strcmp(mode, "wrong");

    if (!strcmp(mode, "orphan")) {
        int parent = getpid();

        if (!fork()) {
            while (getppid() == parent) {
                thrd_sleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
            }
            return 0;
        }
    }
    printf("\n\n NAS Parallel Benchmarks (NPB3.4-OMP) - LU Benchmark\n\n");
    printf(" Number of available threads:  %7s\n\n", threads);
    for (int step = 1; step <= steps; step++) {
        for (unsigned long i = 0; i < WORDS; i++) {
            wrong |= words[i] != (step - 1) * i;
            words[i] = step * i;
        }
        if ((step == 1 && strcmp(mode, "early")) || step % 20 == 0) {
            printf(" Time step %4d\n", step);
        }
        if (step == 1) {
            /* Who watches looks at its memory when it is ready, and on a busy
               machine would be late for one that ends at once. */
            fflush(stdout);
            thrd_sleep(&(struct timespec){ .tv_sec = 1 }, NULL);
        }
        if (!strcmp(mode, "crash")) {
            abort();
        }
        if (!strcmp(mode, "reset")) {
            FILE *trigger = fopen("/proc/sysrq-trigger", "w");

            return !trigger || fputs("b", trigger) == EOF || fclose(trigger);
        }
    }
    if (strcmp(mode, "silent")) {
        printf(" Verification    =             %s\n",
               wrong ? "UNSUCCESSFUL" : "  SUCCESSFUL");
    }
    return 0;
}

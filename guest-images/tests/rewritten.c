/*
 * Linked into a benchmark in place of its records: prints how much memory an
 * iteration writes to, the third one, and ends. Memory is made read-only
 * before, and each page that is written to after that faults once. One thread;
 * small mappings and the surroundings of the thread's own data, which the
 * kernel writes to, are left out.
 *
 * No part of the guest: for tests. Link with -Wl,--wrap=record.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096UL
#define SMALL (256UL << 10)
#define SURROUNDINGS (64UL << 10)
#define MAPPINGS 100

void __wrap_record(const char *format, ...);

static volatile long pages;

static void on_fault(int signal, siginfo_t *info, void *context)
{
    uintptr_t page = (uintptr_t)info->si_addr & ~(PAGE - 1);

    (void)signal;
    (void)context;
    if (mprotect((void *)page, PAGE, PROT_READ | PROT_WRITE)) {
        abort();
    }
    pages++;
}

/* Two steps, since what reads the mappings writes too. */
static void protect(void)
{
    struct { uintptr_t from, to; } all[MAPPINGS];
    uintptr_t own = (uintptr_t)__builtin_thread_pointer() & ~(PAGE - 1);
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[300], mode[5];
    unsigned long from, to;
    int count = 0;

    while (maps && count < MAPPINGS - 1 && fgets(line, sizeof(line), maps)) {
        if (sscanf(line, "%lx-%lx %4s", &from, &to, mode) != 3 ||
            strcmp(mode, "rw-p") || strstr(line, "[stack") ||
            to - from < SMALL) {
            continue;
        }
        if (own >= from && own < to) {
            all[count].from = own + SURROUNDINGS;
            all[count++].to = to;
            to = own - SURROUNDINGS;
        }
        all[count].from = from;
        all[count++].to = to;
    }
    if (maps) {
        fclose(maps);
    }
    for (int i = 0; i < count; i++) {
        if (all[i].from < all[i].to &&
            mprotect((void *)all[i].from, all[i].to - all[i].from,
                     PROT_READ)) {
            abort();
        }
    }
}

void __wrap_record(const char *format, ...)
{
    static int iterations;
    struct sigaction action = {
        .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO,
    };

    if (strncmp(format, "iteration ", 10)) {
        return;
    }
    iterations++;
    if (iterations == 2) {
        sigaction(SIGSEGV, &action, NULL);
        protect();
        pages = 0;
    } else if (iterations == 3) {
        printf("@rewritten mib=%.1f\n", pages * (PAGE / 1024.0) / 1024);
        exit(0);
    }
}

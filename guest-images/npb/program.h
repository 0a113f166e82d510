/*
 * What every program of the guest takes and asks for, whether it is a benchmark
 * or runs one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stdbool.h>
#include <sys/types.h>

typedef struct Options {
    char class;
    long threads;
    long repetitions;               /* 0: until told to stop */
    long iterations;                /* 0: the standard number */
} Options;

/*
 * --class C, --threads N (default: processors), --repetitions N (default 1),
 * --iterations N. `name` and the letters of its classes are for messages.
 * Blocks SIGTERM, which is asked for by told_to_stop(). Returns 0, or the exit
 * status of an error that has been recorded.
 */
int parse_options(Options *options, const char *name, const char *classes,
                  int argc, char **argv);

/* 0, or the exit status of a recorded error: this much is not available. */
int require_memory(const char *name, char class, long mib);

/* The resident set of a process, KiB; 0 if it is not known. */
long resident_kib(pid_t pid);

/* Whether SIGTERM has come. */
bool told_to_stop(void);

#endif

/*
 * What the benchmarks share: the command line, the repetitions with their
 * records, and the verdict.
 *
 * A program describes itself as a Benchmark and calls benchmark_main():
 *
 *   set_up; { reset; iterate 1 .. n; verify }  repeated
 *
 * Only `iterate` is timed. Repetitions go on until their number is reached, or
 * until SIGTERM: the running one is then finished and verified first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BENCHMARK_H
#define BENCHMARK_H

#include <stdbool.h>
#include <stddef.h>

/* Largest relative error that verifies. */
#define BENCHMARK_EPSILON 1e-8

/* Most values that one program verifies. */
#define BENCHMARK_VALUES 10

/* A value of the result, and what was published for it (0: none is wrong). */
typedef struct Value {
    const char *name;               /* as the configuration has it */
    double computed, published;
} Value;

typedef struct Benchmark {
    const char *name;               /* as NPB writes it: "MG" */
    const char *classes;            /* letters of its classes: "SWABC" */
    /* Choose the class at this index of `classes`. */
    void (*choose)(int index);
    /*
     * Whether the class is a sensible one: 0, or the exit status of an error
     * that has been recorded. NULL: classes are published, and not to be made.
     */
    int (*check)(void);
    long (*iterations)(void);       /* standard number of the chosen class */
    long (*memory_mib)(void);       /* resident set of the chosen class */
    double (*operations)(long iterations);  /* as NPB counts them */
    /* Allocate and touch all memory, warm up. Returns false if none is left. */
    bool (*set_up)(void);
    void (*reset)(void);            /* the state before iteration 1 */
    void (*iterate)(long iteration);
    /*
     * The values of the result after the standard number of iterations, at
     * most BENCHMARK_VALUES. Returns how many there are.
     */
    int (*verify)(Value *values);
    /*
     * Further fields of the result of a repetition that took so many seconds,
     * each with a space in front. NULL: none.
     */
    void (*figures)(double seconds, char *text, size_t size);
} Benchmark;

/*
 * Takes the options of program.h; with a number of iterations that is not the
 * standard one nothing is verified. Returns the exit status: 0 good, 1 a
 * verification failed, 2 wrong input.
 */
int benchmark_main(const Benchmark *benchmark, int argc, char **argv);

#endif

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

/* Largest relative error that verifies. */
#define BENCHMARK_EPSILON 1e-8

/* Most values that one program verifies. */
#define BENCHMARK_VALUES 10

/* A value of the result, and what was published for it. */
typedef struct Value {
    const char *name;               /* as the configuration has it */
    double computed, published;
} Value;

typedef struct Benchmark {
    const char *name;               /* as NPB writes it: "MG" */
    const char *classes;            /* letters of its classes: "SWABC" */
    /* Choose the class at this index of `classes`. */
    void (*choose)(int index);
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
} Benchmark;

/*
 * Options: --class C, --threads N (default: processors), --repetitions N
 * (default 1; 0: until SIGTERM), --iterations N (then nothing is verified).
 * Returns the exit status: 0 good, 1 a verification failed, 2 wrong input.
 */
int benchmark_main(const Benchmark *benchmark, int argc, char **argv);

#endif

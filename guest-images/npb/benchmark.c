/*
 * What the benchmarks share: see benchmark.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "benchmark.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "program.h"
#include "record.h"

/*
 * Compare the values of the result with the published ones. Writes
 * "error=LARGEST errors=NAME:ERROR,..." to text, relative errors but where 0 is
 * published. Returns whether all verify: not if there are none, or one is not a
 * number.
 */
static bool verify(const Benchmark *benchmark, char *text, size_t size)
{
    Value values[BENCHMARK_VALUES];
    int count = benchmark->verify(values);
    double largest = 0;
    char list[size];
    size_t length = 0;

    for (int i = 0; i < count; i++) {
        double error = fabs(values[i].computed - values[i].published) /
                       (values[i].published ? fabs(values[i].published) : 1);

        length += snprintf(list + length, size - length, "%s%s:%.3e",
                           i ? "," : "", values[i].name, error);
        if (!(error <= largest)) {
            largest = isnan(largest) ? largest : error;
        }
    }
    snprintf(text, size, "error=%.3e errors=%s", largest, list);
    return count > 0 && largest <= BENCHMARK_EPSILON;
}

/* Run one repetition with its records. Returns false if it fails to verify. */
static bool repeat(const Benchmark *benchmark, long repetition,
                   long iterations, bool verifiable)
{
    char errors[300], figures[80] = "";
    double time = 0;
    bool good = true;

    benchmark->reset();
    for (long n = 1; n <= iterations; n++) {
        double start = seconds();

        benchmark->iterate(n);
        time += seconds() - start;
        record("iteration repetition=%ld n=%ld of=%ld", repetition, n,
               iterations);
        if (repetition == 1 && n == 1) {
            record("ready resident_kib=%ld", resident_kib(getpid()));
        }
    }
    if (verifiable) {
        good = verify(benchmark, errors, sizeof(errors));
    }
    if (benchmark->figures) {
        benchmark->figures(time, figures, sizeof(figures));
    }
    record("result repetition=%ld seconds=%.6f mops=%.2f%s verification=%s%s%s",
           repetition, time, benchmark->operations(iterations) / time * 1e-6,
           figures,
           !verifiable ? "not-applicable" : good ? "successful" : "failed",
           verifiable ? " " : "", verifiable ? errors : "");
    return good;
}

int benchmark_main(const Benchmark *benchmark, int argc, char **argv)
{
    Options options;
    long iterations;
    bool verifiable, good = true;
    int status = parse_options(&options, benchmark->name, benchmark->classes,
                               argc, argv);

    if (status) {
        return status;
    }
    benchmark->choose(strchr(benchmark->classes, options.class) -
                      benchmark->classes);
    status = benchmark->check ? benchmark->check() : 0;
    if (!status) {
        status = require_memory(benchmark->name, options.class,
                                benchmark->memory_mib());
    }
    if (status) {
        return status;
    }
    iterations = options.iterations ? options.iterations
                                    : benchmark->iterations();
    verifiable = iterations == benchmark->iterations();
    omp_set_num_threads(options.threads);

    record("start benchmark=%s class=%c threads=%ld", benchmark->name,
           options.class, options.threads);
    if (!benchmark->set_up()) {
        return record_error("%s class %c: out of memory", benchmark->name,
                            options.class);
    }
    for (long n = 1; !options.repetitions || n <= options.repetitions; n++) {
        good &= repeat(benchmark, n, iterations, verifiable);
        if (told_to_stop()) {
            break;
        }
    }
    return good ? 0 : 1;
}

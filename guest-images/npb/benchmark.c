/*
 * What the benchmarks share: see benchmark.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "benchmark.h"

#include <getopt.h>
#include <math.h>
#include <omp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "record.h"

typedef struct Options {
    char class;
    long threads;
    long repetitions;               /* 0: until told to stop */
    long iterations;                /* 0: the standard number */
} Options;

/* Returns 0 or the exit status of an error that has been recorded. */
static int parse_options(Options *options, const Benchmark *benchmark,
                         int argc, char **argv)
{
    static const struct option known[] = {
        { "class", required_argument, NULL, 'c' },
        { "threads", required_argument, NULL, 't' },
        { "repetitions", required_argument, NULL, 'r' },
        { "iterations", required_argument, NULL, 'i' },
        { NULL, 0, NULL, 0 },
    };
    const char *class = "";
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (option == 'c') {
            class = optarg;
        } else if (option == 't') {
            if (parse_number(optarg, 1, 1024, &options->threads)) {
                return record_error("threads is %s, allowed: 1 to 1024",
                                    optarg);
            }
        } else if (option == 'r') {
            if (parse_number(optarg, 0, 1000000, &options->repetitions)) {
                return record_error("repetitions is %s, allowed: 0 to 1000000",
                                    optarg);
            }
        } else if (option == 'i') {
            if (parse_number(optarg, 1, 1000000, &options->iterations)) {
                return record_error("iterations is %s, allowed: 1 to 1000000",
                                    optarg);
            }
        } else {
            return record_error("unknown or incomplete option %s",
                                argv[optind - 1]);
        }
    }
    if (optind < argc) {
        return record_error("unknown argument %s", argv[optind]);
    }
    if (strlen(class) != 1 || !strchr(benchmark->classes, class[0])) {
        return record_error("unknown class '%s' of %s, allowed: one of %s",
                            class, benchmark->name, benchmark->classes);
    }
    options->class = class[0];
    return 0;
}

/* What the kernel would give us now, without swap; KiB, or -1. */
static long available_kib(void)
{
    FILE *file = fopen("/proc/meminfo", "r");
    char line[128];
    long kib = -1;

    while (file && kib < 0 && fgets(line, sizeof(line), file)) {
        sscanf(line, "MemAvailable: %ld", &kib);
    }
    if (file) {
        fclose(file);
    }
    return kib;
}

static long resident_kib(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long pages = 0;

    if (file) {
        if (fscanf(file, "%*d %ld", &pages) != 1) {
            pages = 0;
        }
        fclose(file);
    }
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static bool told_to_stop(void)
{
    sigset_t pending;

    sigpending(&pending);
    return sigismember(&pending, SIGTERM);
}

/*
 * Compare the values of the result with the published ones. Writes
 * "error=LARGEST errors=NAME:ERROR,..." to text, relative errors. Returns
 * whether all verify: not if there are none, or one is not a number.
 */
static bool verify(const Benchmark *benchmark, char *text, size_t size)
{
    Value values[BENCHMARK_VALUES];
    int count = benchmark->verify(values);
    double largest = 0;
    char list[size];
    size_t length = 0;

    for (int i = 0; i < count; i++) {
        double error = fabs((values[i].computed - values[i].published) /
                            values[i].published);

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
    char errors[300];
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
            record("ready resident_kib=%ld", resident_kib());
        }
    }
    if (verifiable) {
        good = verify(benchmark, errors, sizeof(errors));
    }
    record("result repetition=%ld seconds=%.6f mops=%.2f verification=%s%s%s",
           repetition, time, benchmark->operations(iterations) / time * 1e-6,
           !verifiable ? "not-applicable" : good ? "successful" : "failed",
           verifiable ? " " : "", verifiable ? errors : "");
    return good;
}

int benchmark_main(const Benchmark *benchmark, int argc, char **argv)
{
    Options options = { .threads = omp_get_num_procs(), .repetitions = 1 };
    sigset_t stop;
    long available, iterations;
    bool verifiable, good = true;
    int status;

    /* Stays blocked in all threads: asked for between repetitions. */
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigprocmask(SIG_BLOCK, &stop, NULL);

    status = parse_options(&options, benchmark, argc, argv);
    if (status) {
        return status;
    }
    benchmark->choose(strchr(benchmark->classes, options.class) -
                      benchmark->classes);
    available = available_kib();
    if (available >= 0 && available / 1024 < benchmark->memory_mib()) {
        return record_error("%s class %c needs %ld MiB, available: %ld MiB",
                            benchmark->name, options.class,
                            benchmark->memory_mib(), available / 1024);
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

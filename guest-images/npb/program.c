/*
 * What every program of the guest takes and asks for: see program.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "program.h"

#include <getopt.h>
#include <omp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "record.h"

int parse_options(Options *options, const char *name, const char *classes,
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
    sigset_t stop;
    int option;

    /* Stays blocked in all threads: asked for between repetitions. */
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigprocmask(SIG_BLOCK, &stop, NULL);

    *options = (Options) { .threads = omp_get_num_procs(), .repetitions = 1 };
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
    if (strlen(class) != 1 || !strchr(classes, class[0])) {
        return record_error("unknown class '%s' of %s, allowed: one of %s",
                            class, name, classes);
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

int require_memory(const char *name, char class, long mib)
{
    long available = available_kib();

    if (available >= 0 && available / 1024 < mib) {
        return record_error("%s class %c needs %ld MiB, available: %ld MiB",
                            name, class, mib, available / 1024);
    }
    return 0;
}

long resident_kib(pid_t pid)
{
    char path[40];
    FILE *file;
    long pages = 0;

    snprintf(path, sizeof(path), "/proc/%d/statm", (int)pid);
    file = fopen(path, "r");
    if (file) {
        if (fscanf(file, "%*d %ld", &pages) != 1) {
            pages = 0;
        }
        fclose(file);
    }
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

bool told_to_stop(void)
{
    sigset_t pending;

    sigpending(&pending);
    return sigismember(&pending, SIGTERM);
}

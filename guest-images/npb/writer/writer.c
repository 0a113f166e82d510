/*
 * Writer: rewrites pages of a working set, at a given rate and in a given
 * order, for controlled studies. It proves its memory as it goes: a page's
 * content follows from its number and from how often it has been written, and
 * all of it is compared before the page is written again, and once more at the
 * end of a repetition. So a page that changed is found, and one out of date.
 *
 *   page p, written w times:   m = mix(p, w)
 *     a share of all m         512 words of 0: a zero page
 *     the others               words  m, m + s, m + 2s, ...   s: odd, from m
 *
 * w stands apart from the pages, 4 bytes each; a thread has a share of the
 * pages of its own. An iteration writes the pages of one second, or with no
 * rate given as many as the working set has, as fast as it can.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <omp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "benchmark.h"
#include "randlc.h"
#include "record.h"

#define PAGE_WORDS 512                  /* 4 KiB */

/* Sleeping pays for what is further away, in seconds. */
#define SHORTEST_SLEEP 1e-3

/* What comes later than this is not made up for, in seconds. */
#define LATEST 0.1

typedef struct WriterClass {
    char name;
    long working_set_mib;
    long pages_per_second;              /* 0: as fast as it can */
    const char *pattern;
    long hot_pages_percent, hot_writes_percent;
    long zero_percent;
    long iterations;
    long memory_mib;
    long vcpus;
    struct { long corrupted; } verification;
} WriterClass;

static const WriterClass classes[] = {
#include "writer-classes.inc"
};
#define CLASSES (sizeof(classes) / sizeof(classes[0]))

/* A thread's pages, and where it is among them. */
typedef struct Share {
    long first, end;
    long next;                          /* of a sequence */
    uint64_t x;                         /* of random numbers */
    double due;                         /* when its iteration is to begin */
} Share;

/* The next page that a thread writes. */
typedef long Pattern(Share *share);

static const WriterClass *class;
static Pattern *pattern;
static long pages, pages_per_iteration;
static uint64_t (*page)[PAGE_WORDS];
static uint32_t *writes;                /* by page */
static Share *shares;                   /* by thread */
static long written, corrupted;         /* in this repetition */

/* One of `count` pages. */
static long random_page(Share *share, long first, long count)
{
    return first + randlc(&share->x, RANDLC_A) * count;
}

static long sequential(Share *share)
{
    long at = share->next++;

    if (share->next == share->end) {
        share->next = share->first;
    }
    return at;
}

static long at_random(Share *share)
{
    return random_page(share, share->first, share->end - share->first);
}

/* The first pages of the share are the hot ones, at least one. */
static long hot_cold(Share *share)
{
    long count = share->end - share->first;
    long hot = count * class->hot_pages_percent / 100;

    hot = hot ? hot : 1;
    if (hot == count ||
        randlc(&share->x, RANDLC_A) * 100 < class->hot_writes_percent) {
        return random_page(share, share->first, hot);
    }
    return random_page(share, share->first + hot, count - hot);
}

static const struct { const char *name; Pattern *next; } patterns[] = {
    { "sequential", sequential },
    { "random", at_random },
    { "hot-cold", hot_cold },
};
#define PATTERNS (sizeof(patterns) / sizeof(patterns[0]))

typedef struct Content {
    uint64_t first, step;
} Content;

static Content content(long p, uint32_t w)
{
    uint64_t m = ((uint64_t)p << 32 | w) + UINT64_C(0x9e3779b97f4a7c15);

    m = (m ^ m >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    m = (m ^ m >> 27) * UINT64_C(0x94d049bb133111eb);
    m ^= m >> 31;
    if ((long)(m % 100) < class->zero_percent) {
        return (Content) { 0, 0 };
    }
    return (Content) { m, m >> 7 | 1 };
}

static void fill(long p)
{
    Content c = content(p, writes[p]);

    for (uint64_t i = 0; i < PAGE_WORDS; i++) {
        page[p][i] = c.first + i * c.step;
    }
}

static bool is_intact(long p)
{
    Content c = content(p, writes[p]);
    uint64_t difference = 0;

    for (uint64_t i = 0; i < PAGE_WORDS; i++) {
        difference |= page[p][i] ^ (c.first + i * c.step);
    }
    return !difference;
}

static void sleep_until(double when)
{
    struct timespec time = { .tv_sec = when };

    time.tv_nsec = (when - time.tv_sec) * 1e9;
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) ==
           EINTR) {
    }
}

/* How many of an iteration's pages belong to the pages before p. */
static long pages_before(long p)
{
    return pages_per_iteration * p / pages;
}

static void iterate(long iteration)
{
    long bad = 0;

    (void)iteration;
    #pragma omp parallel reduction(+:bad)
    {
        Share *share = &shares[omp_get_thread_num()];
        long count = pages_before(share->end) - pages_before(share->first);
        bool paced = class->pages_per_second > 0;

        if (paced && share->due < seconds() - LATEST) {
            share->due = seconds();
        }
        for (long k = 0; k < count; k++) {
            double due = share->due + (double)k / count;
            long p = pattern(share);

            if (paced && due - seconds() > SHORTEST_SLEEP) {
                sleep_until(due);
            }
            bad += !is_intact(p);
            writes[p]++;
            fill(p);
        }
        if (paced) {
            share->due += 1;
            sleep_until(share->due);
        }
    }
    written += pages_per_iteration;
    corrupted += bad;
}

/* All pages, since many may not have been written for long. */
static int verify(Value *values)
{
    long bad = 0;

    #pragma omp parallel for reduction(+:bad)
    for (long p = 0; p < pages; p++) {
        if (!is_intact(p)) {
            bad++;
            fill(p);                    /* counts once */
        }
    }
    corrupted += bad;
    values[0] = (Value) {
        "corrupted", corrupted, class->verification.corrupted,
    };
    return 1;
}

static void figures(double seconds, char *text, size_t size)
{
    snprintf(text, size, " corrupted_pages=%ld pages_per_second=%.1f",
             corrupted, written / seconds);
}

static void choose(int index)
{
    class = &classes[index];
    pages = class->working_set_mib << 8;
    pages_per_iteration = class->pages_per_second ? class->pages_per_second
                                                  : pages;
    for (size_t i = 0; i < PATTERNS; i++) {
        if (!strcmp(class->pattern, patterns[i].name)) {
            pattern = patterns[i].next;
        }
    }
}

static int check(void)
{
    const struct { const char *key; long value, low, high; } numbers[] = {
        { "working_set_mib", class->working_set_mib, 1, 1 << 20 },
        { "pages_per_second", class->pages_per_second, 0, 1000000000 },
        { "hot_pages_percent", class->hot_pages_percent, 0, 100 },
        { "hot_writes_percent", class->hot_writes_percent, 0, 100 },
        { "zero_percent", class->zero_percent, 0, 100 },
    };

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        if (numbers[i].value < numbers[i].low ||
            numbers[i].value > numbers[i].high) {
            return record_error("WRITER class %c: %s is %ld, "
                                "allowed: %ld to %ld", class->name,
                                numbers[i].key, numbers[i].value,
                                numbers[i].low, numbers[i].high);
        }
    }
    if (!pattern) {
        return record_error("WRITER class %c: pattern is '%s', allowed: "
                            "sequential, random, hot-cold", class->name,
                            class->pattern);
    }
    return 0;
}

static long iterations(void)
{
    return class->iterations;
}

static long memory_mib(void)
{
    return class->memory_mib;
}

/* An operation is a page that is checked and rewritten. */
static double operations(long iterations)
{
    return (double)iterations * pages_per_iteration;
}

static void reset(void)
{
    written = corrupted = 0;
}

static bool set_up(void)
{
    int threads = omp_get_max_threads();

    page = aligned_alloc(sizeof(*page), pages * sizeof(*page));
    writes = calloc(pages, sizeof(*writes));
    shares = malloc(threads * sizeof(*shares));
    if (!page || !writes || !shares) {
        return false;
    }
    #pragma omp parallel
    {
        int thread = omp_get_thread_num();
        long first = pages * thread / threads;
        long end = pages * (thread + 1) / threads;

        shares[thread] = (Share) {
            first, end, first, RANDLC_SEED, 0,
        };
        randlc(&shares[thread].x,
               randlc_power(RANDLC_A, (uint64_t)thread << 36));
        for (long p = first; p < end; p++) {
            fill(p);
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    static char letters[CLASSES + 1];
    static const Benchmark writer = {
        .name = "WRITER", .classes = letters, .choose = choose,
        .check = check, .iterations = iterations, .memory_mib = memory_mib,
        .operations = operations, .set_up = set_up, .reset = reset,
        .iterate = iterate, .verify = verify, .figures = figures,
    };

    for (size_t i = 0; i < CLASSES; i++) {
        letters[i] = classes[i].name;
    }
    return benchmark_main(&writer, argc, argv);
}

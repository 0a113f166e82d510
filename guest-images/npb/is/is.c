/*
 * IS: ranks of integer keys. Written from RNR-94-007, section 2.6, and the
 * notes of NPB 2; functions carry the names used there.
 *
 *   key_array   the keys, nearly normally distributed    create_seq
 *       |  counted by bucket, then scattered
 *   key_buff2   the keys, bucket by bucket               rank, once per
 *       |  counted by key, then summed up                iteration
 *   key_buff1   of each key, how many are not above it
 *
 * The rank of key k is key_buff1[k - 1]. Five ranks are checked in each
 * iteration, and at the end the keys are sorted by their ranks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "benchmark.h"
#include "randlc.h"

#define TEST_KEYS 5

typedef struct IsClass {
    char name;
    int keys_log2, max_key_log2, buckets_log2;
    long iterations;
    long memory_mib;
    long vcpus;
    int test_index[TEST_KEYS], test_rank[TEST_KEYS];
    int test_at[TEST_KEYS], test_step[TEST_KEYS];
    struct { long passed; } verification;
} IsClass;

static const IsClass classes[] = {
#include "is-classes.inc"
};
#define CLASSES (sizeof(classes) / sizeof(classes[0]))

static const IsClass *class;
static int keys, max_key, buckets;
static int shift;                       /* from a key to its bucket */
static int *key_array, *key_buff1, *key_buff2;
static int *bucket_size;                /* by thread, then by bucket */
static int *bucket_ptrs;                /* in key_buff2, likewise */
static long passed_verification;

/* The first key of a thread's share of `keys`; its end with thread + 1. */
static int share(int thread, int threads)
{
    return (long)keys * thread / threads;
}

/* A key is the mean of four random numbers, times max_key. */
static void create_seq(void)
{
    #pragma omp parallel
    {
        int threads = omp_get_num_threads(), thread = omp_get_thread_num();
        int first = share(thread, threads), end = share(thread + 1, threads);
        uint64_t x = RANDLC_SEED;

        randlc(&x, randlc_power(RANDLC_A, 4 * (uint64_t)first));
        for (int i = first; i < end; i++) {
            double sum = randlc(&x, RANDLC_A);

            sum += randlc(&x, RANDLC_A);
            sum += randlc(&x, RANDLC_A);
            sum += randlc(&x, RANDLC_A);
            key_array[i] = max_key / 4 * sum;
        }
    }
}

/* key_buff2 = the keys of key_array, bucket by bucket. */
static void sort_into_buckets(int thread, int threads)
{
    int first = share(thread, threads), end = share(thread + 1, threads);
    int *size = bucket_size + (size_t)thread * buckets;
    int *at = bucket_ptrs + (size_t)thread * buckets;

    memset(size, 0, buckets * sizeof(*size));
    for (int i = first; i < end; i++) {
        size[key_array[i] >> shift]++;
    }
    #pragma omp barrier
    for (int b = 0, start = 0; b < buckets; b++) {
        for (int t = 0; t < threads; t++) {
            if (t == thread) {
                at[b] = start;
            }
            start += bucket_size[(size_t)t * buckets + b];
        }
    }
    for (int i = first; i < end; i++) {
        key_buff2[at[key_array[i] >> shift]++] = key_array[i];
    }
    #pragma omp barrier
}

/*
 * The end of bucket b in key_buff2, and the start of the next one: where the
 * last thread has stopped to fill it.
 */
static int bucket_end(int b, int threads)
{
    return b < 0 ? 0 : bucket_ptrs[(size_t)(threads - 1) * buckets + b];
}

/* key_buff1 = the number of keys up to each key, for the keys of bucket b. */
static void count_keys(int b, int threads)
{
    int first = b << shift, end = (b + 1) << shift;
    int sum = bucket_end(b - 1, threads);

    memset(key_buff1 + first, 0, (end - first) * sizeof(*key_buff1));
    for (int i = sum; i < bucket_end(b, threads); i++) {
        key_buff1[key_buff2[i]]++;
    }
    for (int key = first; key < end; key++) {
        sum += key_buff1[key];
        key_buff1[key] = sum;
    }
}

static void rank(long n)
{
    /* With more than the standard number, the replacements start again. */
    int iteration = (n - 1) % class->iterations + 1;
    int test_keys[TEST_KEYS];

    key_array[iteration] = iteration;
    key_array[iteration + class->iterations] = max_key - iteration;
    for (int i = 0; i < TEST_KEYS; i++) {
        test_keys[i] = key_array[class->test_index[i]];
    }
    #pragma omp parallel
    {
        int threads = omp_get_num_threads();

        sort_into_buckets(omp_get_thread_num(), threads);
        /* The middle buckets have most keys: dynamic. */
        #pragma omp for schedule(dynamic)
        for (int b = 0; b < buckets; b++) {
            count_keys(b, threads);
        }
    }
    for (int i = 0; i < TEST_KEYS; i++) {
        int expected = class->test_rank[i] +
            class->test_step[i] * (iteration - class->test_at[i]);

        if (test_keys[i] > 0 && key_buff1[test_keys[i] - 1] == expected) {
            passed_verification++;
        }
    }
}

/*
 * Sort key_array by rank; it passes if it is in order then. That uses up
 * key_buff1, and the next repetition makes its keys anew.
 */
static void full_verify(void)
{
    int misplaced = 0;

    #pragma omp parallel
    {
        int threads = omp_get_num_threads();

        #pragma omp for schedule(dynamic)
        for (int b = 0; b < buckets; b++) {
            for (int i = bucket_end(b - 1, threads);
                 i < bucket_end(b, threads); i++) {
                key_array[--key_buff1[key_buff2[i]]] = key_buff2[i];
            }
        }
    }
    #pragma omp parallel for reduction(+:misplaced)
    for (int i = 1; i < keys; i++) {
        misplaced += key_array[i - 1] > key_array[i];
    }
    passed_verification += misplaced == 0;
}

static void choose(int index)
{
    class = &classes[index];
    keys = 1 << class->keys_log2;
    max_key = 1 << class->max_key_log2;
    buckets = 1 << class->buckets_log2;
    shift = class->max_key_log2 - class->buckets_log2;
}

static long iterations(void)
{
    return class->iterations;
}

static long memory_mib(void)
{
    return class->memory_mib;
}

static double operations(long iterations)
{
    return (double)iterations * keys;
}

static void reset(void)
{
    create_seq();
    passed_verification = 0;
}

static int verify(Value *values)
{
    full_verify();
    values[0] = (Value) {
        "passed", passed_verification, class->verification.passed,
    };
    return 1;
}

/* The warm-up is one iteration. */
static bool set_up(void)
{
    size_t counters = (size_t)omp_get_max_threads() * buckets * sizeof(int);

    key_array = malloc(keys * sizeof(int));
    key_buff1 = malloc(max_key * sizeof(int));
    key_buff2 = malloc(keys * sizeof(int));
    bucket_size = malloc(counters);
    bucket_ptrs = malloc(counters);
    if (!key_array || !key_buff1 || !key_buff2 || !bucket_size ||
        !bucket_ptrs) {
        return false;
    }
    create_seq();
    rank(1);
    return true;
}

int main(int argc, char **argv)
{
    static char letters[CLASSES + 1];
    static const Benchmark is = {
        .name = "IS", .classes = letters, .choose = choose,
        .iterations = iterations, .memory_mib = memory_mib,
        .operations = operations, .set_up = set_up, .reset = reset,
        .iterate = rank, .verify = verify,
    };

    for (size_t i = 0; i < CLASSES; i++) {
        letters[i] = classes[i].name;
    }
    return benchmark_main(&is, argc, argv);
}

/*
 * As much of OpenMP as the programs use, made of POSIX threads: a stand-in for
 * libgomp under the thread sanitizer. That knows what a POSIX barrier or a join
 * orders, but takes libgomp's, which are made of futexes, for nothing, and
 * would find a race in every loop. No part of the guest: for tests.
 *
 * What a parallel region, its end, a barrier and a critical section order here
 * is what OpenMP says. A loop's chunks are handed out without any order.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

/* More loops than a thread can be ahead of another, without a barrier. */
#define LOOPS 8

typedef struct Loop {
    unsigned number;
    atomic_long next;
    long end, increment, chunk;
} Loop;

static struct {
    int threads;
    void (*body)(void *);
    void *data;
    pthread_barrier_t barrier;
    pthread_mutex_t mutex, critical;
    Loop loops[LOOPS];
} team = {
    .threads = 1,
    .mutex = PTHREAD_MUTEX_INITIALIZER, .critical = PTHREAD_MUTEX_INITIALIZER,
};

static int max_threads;
static _Thread_local int own_number;
static _Thread_local unsigned own_loop;

int omp_get_num_procs(void)
{
    return sysconf(_SC_NPROCESSORS_ONLN);
}

void omp_set_num_threads(int threads)
{
    max_threads = threads;
}

int omp_get_max_threads(void)
{
    return max_threads ? max_threads : omp_get_num_procs();
}

int omp_get_num_threads(void)
{
    return team.threads;
}

int omp_get_thread_num(void)
{
    return own_number;
}

static void *run(void *number)
{
    own_number = (int)(long)number;
    own_loop = 0;
    team.body(team.data);
    return NULL;
}

void GOMP_parallel(void (*body)(void *), void *data, unsigned threads,
                   unsigned flags)
{
    int count = threads ? (int)threads : omp_get_max_threads();
    pthread_t others[count];

    (void)flags;
    team.threads = count;
    team.body = body;
    team.data = data;
    for (int i = 0; i < LOOPS; i++) {
        team.loops[i].number = 0;
    }
    pthread_barrier_init(&team.barrier, NULL, count);
    for (long i = 1; i < count; i++) {
        if (pthread_create(&others[i], NULL, run, (void *)i)) {
            abort();
        }
    }
    run((void *)0L);
    for (int i = 1; i < count; i++) {
        pthread_join(others[i], NULL);
    }
    pthread_barrier_destroy(&team.barrier);
    team.threads = 1;
}

void GOMP_barrier(void)
{
    pthread_barrier_wait(&team.barrier);
}

void GOMP_critical_start(void)
{
    pthread_mutex_lock(&team.critical);
}

void GOMP_critical_end(void)
{
    pthread_mutex_unlock(&team.critical);
}

bool GOMP_loop_nonmonotonic_dynamic_next(long *first, long *end)
{
    Loop *loop = &team.loops[own_loop % LOOPS];

    *first = atomic_fetch_add_explicit(
        &loop->next, loop->increment * loop->chunk, memory_order_relaxed);
    *end = *first + loop->increment * loop->chunk;
    if (*end > loop->end) {
        *end = loop->end;
    }
    return *first < loop->end;
}

/* Loops that count downwards are none of these programs'. */
bool GOMP_loop_nonmonotonic_dynamic_start(long start, long finish,
                                          long increment, long chunk,
                                          long *first, long *end)
{
    Loop *loop = &team.loops[++own_loop % LOOPS];

    pthread_mutex_lock(&team.mutex);
    if (loop->number != own_loop) {
        loop->number = own_loop;
        atomic_store_explicit(&loop->next, start, memory_order_relaxed);
        loop->end = finish;
        loop->increment = increment;
        loop->chunk = chunk;
    }
    pthread_mutex_unlock(&team.mutex);
    return GOMP_loop_nonmonotonic_dynamic_next(first, end);
}

void GOMP_loop_end(void)
{
    GOMP_barrier();
}

void GOMP_loop_end_nowait(void)
{
}

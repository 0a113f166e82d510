/*
 * Writes a dirty trace, see dirty-trace.h.
 *
 * The number of runs stands before the runs of a set, so those of the set in
 * progress are kept as bytes until it is complete.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dirty-trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VERSION 2
#define NUMBER_MAX 10            /* bytes of a number */

struct DirtyTrace {
    DirtyTraceOut *out;
    void *opaque;
    uint64_t intervals;

    /* The set in progress: its complete runs, and the last one */
    unsigned char *bytes;
    size_t size, capacity;
    uint64_t runs;
    uint64_t complete_end;       /* the page behind the complete runs */
    uint64_t first, end;         /* the last run; none if they are equal */
};

const char *dirty_trace_error(uint64_t pages, uint32_t interval_ms,
                              const char *source)
{
    const char *c;

    if (pages < 1 || pages > DIRTY_TRACE_PAGES_MAX) {
        return "a trace is of 1 to 2147483647 pages of 4096 bytes";
    }
    if (interval_ms < 1 || interval_ms > DIRTY_TRACE_INTERVAL_MAX) {
        return "the interval must be 1 to 60000 ms";
    }
    for (c = source; *c; c++) {
        if (*c < ' ' || *c > '~' || c - source == DIRTY_TRACE_SOURCE_MAX) {
            return "the source must be one line of up to 500 ASCII characters";
        }
    }
    return NULL;
}

/* Seven bits a byte, the lowest first; returns how many bytes */
static size_t encode(unsigned char *to, uint64_t number)
{
    size_t n = 0;

    while (number > 0x7f) {
        to[n++] = (number & 0x7f) | 0x80;
        number >>= 7;
    }
    to[n++] = number;
    return n;
}

static int put_number(DirtyTrace *t, uint64_t number)
{
    unsigned char bytes[NUMBER_MAX];

    return t->out(t->opaque, bytes, encode(bytes, number));
}

DirtyTrace *dirty_trace_new(DirtyTraceOut *out, void *opaque, uint64_t pages,
                            uint32_t interval_ms, const char *source)
{
    char header[200 + DIRTY_TRACE_SOURCE_MAX];
    int length = snprintf(header, sizeof(header),
                          "mplm-trace %d\npage-size %d\npages %" PRIu64
                          "\ninterval-ms %" PRIu32 "\nsource %s\n", VERSION,
                          DIRTY_TRACE_PAGE_SIZE, pages, interval_ms, source);
    DirtyTrace *t = calloc(1, sizeof(*t));

    if (t) {
        t->out = out;
        t->opaque = opaque;
        if (out(opaque, header, length)) {
            free(t);
            return NULL;
        }
    }
    return t;
}

void dirty_trace_free(DirtyTrace *t)
{
    if (t) {
        free(t->bytes);
        free(t);
    }
}

/* The last run becomes one of the complete ones */
static int complete_run(DirtyTrace *t)
{
    if (t->first == t->end) {
        return 0;
    }
    if (t->capacity - t->size < 2 * NUMBER_MAX) {
        size_t capacity = 2 * t->capacity + 4096;
        unsigned char *bytes = realloc(t->bytes, capacity);

        if (!bytes) {
            return -1;
        }
        t->bytes = bytes;
        t->capacity = capacity;
    }
    t->size += encode(t->bytes + t->size, t->first - t->complete_end);
    t->size += encode(t->bytes + t->size, t->end - t->first);
    t->runs++;
    t->complete_end = t->first = t->end;
    return 0;
}

int dirty_trace_add(DirtyTrace *t, uint64_t first, uint64_t count)
{
    if (t->first < t->end && first == t->end) {
        t->end += count;
        return 0;
    }
    if (complete_run(t)) {
        return -1;
    }
    t->first = first;
    t->end = first + count;
    return 0;
}

static int put_set(DirtyTrace *t)
{
    if (complete_run(t) || put_number(t, t->runs) ||
        (t->size && t->out(t->opaque, t->bytes, t->size))) {
        return -1;
    }
    t->size = 0;
    t->runs = t->complete_end = t->first = t->end = 0;
    return 0;
}

int dirty_trace_used(DirtyTrace *t)
{
    return put_set(t);
}

int dirty_trace_dirtied(DirtyTrace *t, uint64_t us)
{
    return put_number(t, us) || put_set(t) ? -1 : 0;
}

int dirty_trace_zeroed(DirtyTrace *t)
{
    t->intervals++;
    return put_set(t);
}

int dirty_trace_end(DirtyTrace *t)
{
    return put_number(t, 0) || put_number(t, t->intervals) ? -1 : 0;
}

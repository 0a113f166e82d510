/*
 * Fuzz target: the writer of dirty traces.  The input is what a recorder adds;
 * what comes out is read again by the format's description (package
 * mplm.engine.trace) and must be the same pages, in runs that are apart.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dirty-trace.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGES 256
#define INTERVALS 16
#define SETS (1 + 2 * INTERVALS)

#define CHECK(c) do {                                                  \
    if (!(c)) {                                                        \
        fprintf(stderr, "recorder.c:%d: not so: %s\n", __LINE__, #c);  \
        abort();                                                       \
    }                                                                  \
} while (0)

typedef struct Stream {
    unsigned char bytes[1 << 16];
    size_t size, at;
    unsigned calls, fail_at;         /* the call that fails; 0: none */
} Stream;

static int out(void *opaque, const void *bytes, size_t size)
{
    Stream *s = opaque;

    if (++s->calls == s->fail_at) {
        return -1;
    }
    CHECK(s->size + size <= sizeof(s->bytes));
    memcpy(s->bytes + s->size, bytes, size);
    s->size += size;
    return 0;
}

static uint64_t number(Stream *s)
{
    uint64_t value = 0;

    for (unsigned shift = 0; ; shift += 7) {
        CHECK(s->at < s->size && shift < 64);
        value |= (uint64_t)(s->bytes[s->at] & 0x7f) << shift;
        if (!(s->bytes[s->at++] & 0x80)) {
            return value;
        }
    }
}

static void check_set(Stream *s, const bool *expected)
{
    bool set[PAGES] = { false };
    uint64_t page = 0;

    for (uint64_t runs = number(s), i = 0; i < runs; i++) {
        uint64_t gap = number(s), count = number(s);

        CHECK((gap || !i) && count && gap + count <= PAGES - page);
        memset(set + page + gap, true, count);
        page += gap + count;
    }
    CHECK(!memcmp(set, expected, sizeof(set)));
}

/* Adds runs from the input; whether all calls were told to be right */
static bool add_set(DirtyTrace *t, const uint8_t **at, const uint8_t *end,
                    bool *set)
{
    uint64_t page = 0;

    while (*at + 1 < end && **at != 0xff) {
        uint64_t first = page + *(*at)++ % 64, count = 1 + *(*at)++ % 64;

        if (first + count > PAGES) {
            break;
        }
        if (dirty_trace_add(t, first, count)) {
            return false;
        }
        memset(set + first, true, count);
        page = first + count;
    }
    *at += *at < end;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t size)
{
    static const char header[] = "mplm-trace 2\npage-size 4096\npages 256\n"
                                 "interval-ms 100\nsource fuzz\n";
    static Stream s;
    static bool sets[SETS][PAGES];
    const uint8_t *end = at + size;
    uint64_t us[INTERVALS];
    unsigned intervals = 0;
    bool right;
    DirtyTrace *t;

    s.size = s.at = s.calls = 0;
    s.fail_at = at < end ? *at++ : 0;
    memset(sets, 0, sizeof(sets));
    t = dirty_trace_new(out, &s, PAGES, 100, "fuzz");
    CHECK(!t == (s.fail_at == 1));
    if (!t) {
        return 0;
    }
    right = add_set(t, &at, end, sets[0]) && !dirty_trace_used(t);
    for (; right && at < end && intervals < INTERVALS; intervals++) {
        unsigned i = intervals;

        us[i] = 1 + (uint64_t)*at * *at * *at * *at;
        at++;
        right = add_set(t, &at, end, sets[1 + 2 * i]) &&
                !dirty_trace_dirtied(t, us[i]) &&
                add_set(t, &at, end, sets[2 + 2 * i]) &&
                !dirty_trace_zeroed(t);
    }
    right = right && !dirty_trace_end(t);
    dirty_trace_free(t);
    CHECK(right == !(s.fail_at && s.calls >= s.fail_at));
    if (!right) {
        return 0;
    }
    CHECK(s.size >= sizeof(header) - 1 &&
          !memcmp(s.bytes, header, sizeof(header) - 1));
    s.at = sizeof(header) - 1;
    check_set(&s, sets[0]);
    for (unsigned i = 0; i < intervals; i++) {
        CHECK(number(&s) == us[i]);
        check_set(&s, sets[1 + 2 * i]);
        check_set(&s, sets[2 + 2 * i]);
    }
    CHECK(number(&s) == 0 && number(&s) == intervals && s.at == s.size);
    return 0;
}

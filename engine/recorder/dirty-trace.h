/*
 * Dirty trace: which pages a guest dirtied, interval by interval, as a stream
 * of bytes in the format that package mplm.engine.trace describes and reads
 * (there inside gzip).
 *
 * It knows neither QEMU nor a clock nor a file: the caller adds pages, says
 * when an interval is over, and takes the bytes.  Not thread-safe.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef DIRTY_TRACE_H
#define DIRTY_TRACE_H

#include <stddef.h>
#include <stdint.h>

#define DIRTY_TRACE_PAGE_SIZE 4096
#define DIRTY_TRACE_PAGES_MAX INT32_MAX
#define DIRTY_TRACE_INTERVAL_MAX 60000   /* ms, nominal */
#define DIRTY_TRACE_SOURCE_MAX 500       /* characters */

typedef struct DirtyTrace DirtyTrace;

/* Takes @size bytes of the stream; 0, or -1 if it cannot. */
typedef int DirtyTraceOut(void *opaque, const void *bytes, size_t size);

/*
 * NULL if a trace cannot be of so many pages, such an interval (ms) or source,
 * else a sentence: which, what is allowed.
 */
const char *dirty_trace_error(uint64_t pages, uint32_t interval_ms,
                              const char *source);

/*
 * Begins a trace of a guest of @pages pages; what it is of must be allowed.
 * @source says what is recorded, and how.  NULL without memory.
 */
DirtyTrace *dirty_trace_new(DirtyTraceOut *out, void *opaque, uint64_t pages,
                            uint32_t interval_ms, const char *source);
void dirty_trace_free(DirtyTrace *t);

/*
 * Adds @count (> 0) pages from @first to the set in progress: first that of
 * the used pages at the start, then two for each interval.  Pages come in
 * ascending order; runs that touch each other become one.
 * 0, or -1: no memory.
 */
int dirty_trace_add(DirtyTrace *t, uint64_t first, uint64_t count);

/* The used pages are complete.  0, or -1: the bytes could not be taken. */
int dirty_trace_used(DirtyTrace *t);

/*
 * The pages that were dirtied in an interval of @us (> 0) microseconds are
 * complete.  0, or -1 as above.
 */
int dirty_trace_dirtied(DirtyTrace *t, uint64_t us);

/*
 * Those of them that are zero pages now are complete, and so is the interval.
 * 0, or -1 as above.
 */
int dirty_trace_zeroed(DirtyTrace *t);

/* The trace is complete; without it, it is refused when it is read. */
int dirty_trace_end(DirtyTrace *t);

#endif

/*
 * MPLM: the page scheduler of memory-bound pre-copy live migration.
 *
 * Given the guest's RAM blocks as bitmaps of pages still to be sent and, epoch
 * by epoch, the pages that the guest has dirtied, it answers two questions:
 * which page is sent next, and is the live stage over. It knows neither QEMU
 * nor a clock nor a link, so one source serves the hypervisor, the simulator
 * and the tests.
 *
 *            epoch 0              epoch 1                 epoch n
 *   start |---------------|F|------------------|F|...|-------------| STOP
 *          non-dirty pages   batches: dirty steps,     non-dirty set
 *          only              then non-dirty steps      is empty
 *                          F: fetch the dirty log, merge it into the sets
 *
 * The two sets.  A page is *pending* when it has to be sent (again).  Since a
 * page that was dirtied once never returns to the non-dirty set, a second
 * bitmap, "was dirtied since the start", tells the sets apart:
 *     non-dirty set = pending and never dirtied,
 *     dirty set     = pending and dirtied.
 * The caller owns the pending bitmaps (in QEMU: RAMBlock.bmap) and clears a
 * bit when it sends that page; every clearing is reported, so the counts are
 * exact at any moment, for blocks of any number of pages.
 *
 * Source: K. Chanchio, J. Yaothanee, "Efficient Pre-Copy Live Migration of
 * Virtual Machines for High Performance Computing in Cloud Computing
 * Environments", 2018.
 *
 * Not thread-safe: the caller serialises calls on one scheduler, except
 * mplm_hold() and mplm_end_now(), which any thread may call at any time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPLM_H
#define MPLM_H

#include <stdbool.h>
#include <stdint.h>

typedef struct MplmScheduler MplmScheduler;

/* What the user may set; mplm_knobs_error() names the allowed ranges. */
typedef struct MplmKnobs {
    uint32_t epoch_ms;               /* Inv: 1 .. 3600000; default 3000 */
    uint32_t batch_pages;            /* steps in a batch: 1 .. 1000000; 100 */
    uint32_t dirty_share;            /* percent of a batch: 0 .. 99; 50 */
    uint32_t first_epoch_nondirty;   /* epoch 0 non-dirty only: 0, 1; 1 */
    uint32_t strict_scan;            /* a step searches its set: 0, 1; 0 */
} MplmKnobs;

typedef struct MplmPage {
    uint32_t block;                  /* number given by mplm_add_block() */
    uint32_t dirty;                  /* 1: found by the dirty-page pointer */
    uint64_t page;                   /* page index in that block */
} MplmPage;

/* What the caller does next. */
typedef enum MplmAction {
    MPLM_SEND,     /* send *page, clear its pending bit, call mplm_sent() */
    MPLM_AGAIN,    /* many visits, no page yet: ask again (not "done") */
    MPLM_FETCH,    /* the epoch is over: fetch, mplm_merge(), mplm_epoch() */
    MPLM_WAIT,     /* nothing is worth sending before mplm_epoch_end() */
    MPLM_STOP,     /* the live stage is over: stop the guest */
} MplmAction;

/* Why the live stage ended. */
typedef enum MplmEnd {
    MPLM_END_NONE,                   /* it has not */
    MPLM_END_NONDIRTY_EMPTY,         /* the paper's rule */
    MPLM_END_REQUESTED,              /* mplm_end_now() */
    MPLM_END_PLANNED,                /* the policy's own rule */
    MPLM_END_BUDGET,                 /* the policy has had its pages or epochs */
} MplmEnd;

/* What a policy expects; all 0 of one that expects nothing. */
typedef struct MplmForecast {
    uint64_t period_ms;              /* of the guest's writes; 0: none is seen */
    uint64_t confidence;             /* that they repeat: percent */
    uint64_t stop_ms;                /* until the stop that is planned */
    uint64_t downtime_ms;            /* for the pages left then */
} MplmForecast;

typedef struct MplmStats {
    uint64_t epochs;                 /* epochs begun, the first included */
    uint64_t dirty_pages;            /* now in the dirty set */
    uint64_t nondirty_pages;         /* now in the non-dirty set */
    uint64_t dirty_sent;             /* pages sent from the dirty set */
    uint64_t nondirty_sent;          /* pages sent from the non-dirty set */
    uint64_t visits;                 /* steps made by both pointers */
    uint64_t fetched;                /* dirtied pages reported, all epochs */
    uint64_t end;                    /* MplmEnd */
} MplmStats;

/* Fills *knobs with the paper's values. */
void mplm_knobs_init(MplmKnobs *knobs);

/* NULL if the knobs are in range, else a sentence: which, what is allowed. */
const char *mplm_knobs_error(const MplmKnobs *knobs);

/* Name of policy number @index, NULL behind the last; 0 is the default. */
const char *mplm_policy_name(unsigned index);

/*
 * A scheduler without blocks, or NULL: unknown policy, knobs out of range,
 * no memory.
 */
MplmScheduler *mplm_new(const char *policy, const MplmKnobs *knobs);
void mplm_free(MplmScheduler *s);

/*
 * Adds a RAM block of @pages pages; the set bits of @pending are its non-dirty
 * set.  @pending stays the caller's and must outlive the scheduler; bits at
 * and behind @pages are ignored.  Returns the block's number (0, 1, ...), or
 * -1 without memory.  Only before mplm_start().
 */
int mplm_add_block(MplmScheduler *s, unsigned long *pending, uint64_t pages);

/* Epoch 0 begins at @now_ms (any clock that does not run backwards). */
void mplm_start(MplmScheduler *s, int64_t now_ms);

/*
 * The next action; *page is set for MPLM_SEND only.  Makes a bounded number of
 * visits, whatever the size of the guest.
 */
MplmAction mplm_next(MplmScheduler *s, int64_t now_ms, MplmPage *page);

/* The caller has cleared this pending bit because it sends the page. */
void mplm_sent(MplmScheduler *s, uint32_t block, uint64_t page);

/*
 * The caller is about to clear the pending bits of @count pages from @first
 * without sending them (free-page hint, discarded memory).
 */
void mplm_discard(MplmScheduler *s, uint32_t block, uint64_t first,
                  uint64_t count);

/*
 * Merges the pages of @fetched, dirtied since the last fetch, into the block:
 * they become pending, join the dirty set and leave the non-dirty set.
 * Returns how many of them were not pending before.
 */
uint64_t mplm_merge(MplmScheduler *s, uint32_t block,
                    const unsigned long *fetched);

/* So many bytes have left in all; a policy reads the link's rate from that. */
void mplm_progress(MplmScheduler *s, uint64_t bytes);

/* All blocks are merged: the next epoch begins at @now_ms. */
void mplm_epoch(MplmScheduler *s, int64_t now_ms);

/*
 * The policy is done with the epoch's beginning at @now_ms: what that took is of
 * the next epoch's cost.  Need not be told by who takes no time for it.
 */
void mplm_planned(MplmScheduler *s, int64_t now_ms);

/* When the epoch in progress ends, in the clock of mplm_start(). */
int64_t mplm_epoch_end(const MplmScheduler *s);

/* While held, the live stage goes on, with the dirty set at last. */
void mplm_hold(MplmScheduler *s, bool hold);

/* The live stage is over at the next mplm_next(), held or not. */
void mplm_end_now(MplmScheduler *s);

void mplm_stats(const MplmScheduler *s, MplmStats *stats);

void mplm_forecast(const MplmScheduler *s, MplmForecast *forecast);

/* SHA-256 of these sources, in hexadecimal: which scheduler this is. */
const char *mplm_source_hash(void);

#endif

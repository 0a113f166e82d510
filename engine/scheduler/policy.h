/*
 * MPLM page scheduler: what its policies see of it.
 *
 * A policy says which set the next steps are of, which pages of the dirty set
 * it defers, how long an epoch is, and when the live stage is over.  It keeps a
 * state of its own and changes nothing else.  mplm.c does the rest: sets,
 * counts, pointers and history, and the end of a stage that costs too much,
 * whatever a policy says.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPLM_POLICY_H
#define MPLM_POLICY_H

#include "mplm.h"

#include <stdatomic.h>
#include <stddef.h>

#define BITS_PER_WORD (sizeof(unsigned long) * 8)

typedef struct Block {
    unsigned long *pending;          /* the caller's: still to be sent */
    unsigned long *dirtied;          /* ours: was dirtied since the start */
    unsigned long *deferred;         /* the policy's: not sent while dirtied */
    unsigned long *history;          /* the last fetches, see fetched_before() */
    uint64_t pages;
} Block;

/* A pointer that walks all blocks cyclically. */
typedef struct Pointer {
    uint32_t block;
    uint64_t page;
} Pointer;

/* Which set a step looks at; indexes MplmScheduler.pointer. */
enum { NONDIRTY, DIRTY };

typedef struct PolicyOps {
    const char *name;
    size_t state_size;               /* bytes of MplmScheduler.state */
    uint32_t history;                /* how many fetches are kept for it */
    /*
     * The stage is over after the guest's pages and one in @budget of them were
     * sent, or after so many epochs that began with an empty non-dirty set.
     * 0: its own rules bound it.
     */
    uint32_t budget, late_epochs;
    /*
     * An epoch begins: its number is s->stats.epochs - 1, s->epoch_ms its
     * length, which may be changed, as may, with a history, what of each block
     * is deferred.
     */
    void (*epoch_begin)(MplmScheduler *s, int64_t now_ms);
    /*
     * The set of the next steps and, in *steps, how many in a row (> 0).
     * Called again when they are done, see steps_done.
     */
    int (*plan)(MplmScheduler *s, uint64_t *steps);
    /* @steps steps of set @set were made. */
    void (*steps_done)(MplmScheduler *s, int set, uint64_t steps);
    /* Why the live stage is over, or MPLM_END_NONE.  Asked for each page. */
    MplmEnd (*over)(const MplmScheduler *s);
} PolicyOps;

struct MplmScheduler {
    const PolicyOps *ops;
    MplmKnobs knobs;
    Block *blocks;
    uint32_t nblocks;
    Pointer pointer[2];
    uint64_t batch_step;             /* steps made in the current batch */
    int64_t epoch_start;
    int64_t epoch_end;
    int64_t epoch_ms;                /* from one to the other */
    bool epoch_stepped;              /* a step was made in this epoch */
    bool epoch_waited;               /* there was nothing to send in it */
    int64_t fetch_ms;                /* from the last FETCH to its epoch, and */
    int64_t plan_ms;                 /* what the policy took at the one before */
    int64_t fetch_start;
    int64_t start_ms;
    uint64_t all_pages;              /* of all blocks */
    uint64_t deferred_pages;         /* now in the dirty set and deferred */
    uint64_t late_epochs;            /* begun with an empty non-dirty set */
    uint64_t last_fetched;           /* stats.fetched when the epoch began */
    uint64_t bytes;                  /* see mplm_progress() */
    void *state;                     /* the policy's */
    MplmForecast forecast;           /* the policy's */
    MplmStats stats;
    /* Written by other threads; no data hangs on them. */
    atomic_bool hold;
    atomic_bool end_now;
};

extern const PolicyOps policy_paper, policy_cold, policy_foresight,
    policy_progress;

/* What policies without batches of their own share. */
int cold_plan(MplmScheduler *s, uint64_t *steps);
void no_epoch_begin(MplmScheduler *s, int64_t now_ms);
void no_steps_done(MplmScheduler *s, int set, uint64_t steps);
MplmEnd nondirty_empty(const MplmScheduler *s);

/* ---- words and bits ---- */

static inline uint64_t words_of(uint64_t pages)
{
    return (pages + BITS_PER_WORD - 1) / BITS_PER_WORD;
}

/* The valid bits of word @w in a block of @pages pages. */
static inline unsigned long word_mask(uint64_t pages, uint64_t w)
{
    uint64_t left = pages - w * BITS_PER_WORD;

    return left >= BITS_PER_WORD ? ~0UL : (1UL << left) - 1;
}

/*
 * The bitmap of the fetch @age fetches before the last one, which has age 0;
 * @age is less than what the policy keeps.  Bits behind the end are clear.
 */
static inline unsigned long *fetched_before(const MplmScheduler *s,
                                            const Block *b, uint32_t age)
{
    uint64_t kept = s->ops->history;

    return b->history +
           (s->stats.epochs + 2 * kept - 2 - age) % kept * words_of(b->pages);
}

/* That of the fetch which ends the epoch in progress; it is the oldest. */
static inline unsigned long *fetched_into(const MplmScheduler *s,
                                          const Block *b)
{
    return fetched_before(s, b, s->ops->history - 1);
}

#endif

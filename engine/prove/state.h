/*
 * The state of the MPLM scheduler and its caller, and what is always true of
 * it.  See step.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STATE_H
#define STATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Any value at all: the names tell CBMC so */
_Bool nondet_bit(void);
unsigned nondet_unsigned(void);
uint64_t nondet_number(void);
int64_t nondet_signed(void);

#ifdef SHORT_WORDS
#define long char                    /* the word of all bitmaps in mplm.c */
#endif
#include "mplm.c"
#include "policy_paper.c"
#include "policy_cold.c"
#include "policy_progress.c"
#ifdef POLICIES
#include "policy_foresight.c"
#else
/* Its loops are none of the proofs that no policy takes part in. */
const PolicyOps policy_foresight = { .name = "foresight" };
#endif
#undef long

/* mplm.c's own macros say `long` */
typedef __typeof__(*((Block *)0)->pending) Word;
#define WORD_BITS (sizeof(Word) * 8)

#define BLOCKS 2
#ifndef FREE
#define FREE ~0UL                    /* pages that may be in a set */
#endif
#define WORDS ((PAGES + WORD_BITS - 1) / WORD_BITS)
#define ASSUME(c) __CPROVER_assume(c)
#define PROVE(c, what) __CPROVER_assert(c, what)

Word nondet_word(void);

static MplmScheduler s;
static Block blocks[BLOCKS];
static Word pending[BLOCKS][WORDS], dirtied[BLOCKS][WORDS + 1];
static Word deferred[BLOCKS][WORDS + 1], history[BLOCKS][WORDS + 1];
static uint64_t pages[BLOCKS];

/* For each page: has the guest's log it; is the destination's copy an old one */
static bool logged[BLOCKS][PAGES], stale[BLOCKS][PAGES];

/* Steps made in each set; those that a strict scan skips are among them */
static uint64_t made[2];

static bool bit(const Word *bitmap, uint64_t page)
{
    return bitmap[page / WORD_BITS] >> page % WORD_BITS & 1;
}

static bool is_pending(uint32_t b, uint64_t page)
{
    return bit(pending[b], page);
}

static bool is_dirtied(uint32_t b, uint64_t page)
{
    return bit(dirtied[b], page);
}

static bool is_of(int set, uint32_t b, uint64_t page)
{
    return is_pending(b, page) && is_dirtied(b, page) == (set == DIRTY);
}

/* In the set, and not deferred by the policy */
static bool is_member(int set, uint32_t b, uint64_t page)
{
    return is_of(set, b, page) && !(set == DIRTY && bit(deferred[b], page));
}

static unsigned count_if(bool (*is)(int, uint32_t, uint64_t), int set)
{
    unsigned n = 0;

    for (uint32_t b = 0; b < BLOCKS; b++) {
        for (uint64_t p = 0; p < PAGES; p++) {
            n += p < pages[b] && is(set, b, p);
        }
    }
    return n;
}

static unsigned count(int set)
{
    return count_if(is_of, set);
}

/* What a step may send */
static unsigned count_members(int set)
{
    return count_if(is_member, set);
}

/* Far from the ends, where no sum of a clock and an epoch overflows */
static int64_t any_time(void)
{
    int64_t t = nondet_signed();

    ASSUME(t > -(1L << 40) && t < 1L << 40);
    return t;
}

/* No page is lost: an old copy is known of here or in the guest's log. */
static bool nothing_lost(void)
{
    for (uint32_t b = 0; b < BLOCKS; b++) {
        for (uint64_t p = 0; p < pages[b]; p++) {
            if (stale[b][p] && !is_pending(b, p) && !logged[b][p]) {
                return false;
            }
        }
    }
    return true;
}

static bool counts_exact(void)
{
    return s.stats.nondirty_pages == count(NONDIRTY) &&
           s.stats.dirty_pages == count(DIRTY) &&
           s.deferred_pages == count(DIRTY) - count_members(DIRTY);
}

/* No page comes back to the non-dirty set. */
static bool sent_once(void)
{
    return s.stats.nondirty_sent <= s.all_pages &&
           s.stats.nondirty_pages <= s.all_pages - s.stats.nondirty_sent;
}

static bool pointers_in_range(void)
{
    for (int set = 0; set < 2; set++) {
        const Pointer *p = &s.pointer[set];

        if (p->block >= BLOCKS || (p->page && p->page >= pages[p->block])) {
            return false;
        }
    }
    return true;
}

/* The number of a page, of all blocks' pages in a row */
static unsigned place(uint32_t b, unsigned page)
{
    return page + (b ? pages[0] : 0);
}

/*
 * Whatever the policy, if it plans no step in an empty non-dirty set:
 *
 *   non-dirty steps <= all pages
 *   page sends of a set <= its steps
 *   epochs <= steps + epochs that began with an empty non-dirty set + 1
 *
 * A relaxed non-dirty pointer goes round once: no page behind it is in its set,
 * since no page comes back to that.  A strict one finds a page with each step,
 * but an epoch may end before its first.
 */
static bool steps_bounded(void)
{
#ifdef STEPS
    uint64_t M = pages[0] + pages[1], n = made[NONDIRTY];
    const Pointer *p = &s.pointer[NONDIRTY];

    if (n > M || s.stats.nondirty_sent > n || s.stats.dirty_sent > made[DIRTY]) {
        return false;
    }
    if (s.knobs.strict_scan) {
        return n + s.stats.nondirty_pages <= M;
    }
    if (place(p->block, p->page) != n && (n < M || p->block || p->page)) {
        return false;
    }
    for (uint32_t b = 0; b < BLOCKS; b++) {
        for (uint64_t p = 0; p < pages[b]; p++) {
            if (place(b, p) < n && is_of(NONDIRTY, b, p)) {
                return false;
            }
        }
    }
    return s.stats.epochs <= n + made[DIRTY] + s.late_epochs + !s.epoch_stepped;
#else
    return true;
#endif
}

static bool invariant(void)
{
    return nothing_lost() && counts_exact() && pointers_in_range() &&
           s.all_pages == pages[0] + pages[1] && sent_once() && steps_bounded();
}

static void prove_invariant(void)
{
    PROVE(nothing_lost(), "no page is lost");
    PROVE(counts_exact(), "counts are exact");
    PROVE(pointers_in_range(), "pointers are in range");
    PROVE(s.all_pages == pages[0] + pages[1], "all pages are counted");
    PROVE(sent_once(), "a page leaves the non-dirty set once");
    PROVE(steps_bounded(), "steps are bounded");
}

static void any_state(void)
{
    s.knobs = (MplmKnobs) {
        .epoch_ms = nondet_unsigned(), .batch_pages = nondet_unsigned(),
        .dirty_share = nondet_unsigned(), .first_epoch_nondirty = nondet_unsigned(),
        .strict_scan = nondet_unsigned(),
    };
    ASSUME(!mplm_knobs_error(&s.knobs));
    s.batch_step = nondet_number();
    s.hold = nondet_bit();
    made[0] = nondet_number();
    made[1] = nondet_number();
    ASSUME(made[0] < 1UL << 62 && made[1] < 1UL << 62);
#ifdef STRICT
    ASSUME(s.knobs.strict_scan == STRICT);
#endif
    s.blocks = blocks;
    s.nblocks = BLOCKS;
    for (int b = 0; b < BLOCKS; b++) {
        pages[b] = nondet_number();
        ASSUME(pages[b] <= PAGES);
        blocks[b] = (Block) {
            .pending = pending[b], .dirtied = dirtied[b],
            .deferred = deferred[b], .history = history[b],
            .pages = pages[b],
        };
        for (int w = 0; w < WORDS; w++) {
            pending[b][w] = nondet_word() & (Word)(FREE >> w * WORD_BITS);
            dirtied[b][w] = nondet_word() & (Word)(FREE >> w * WORD_BITS);
            deferred[b][w] = nondet_word() & (Word)(FREE >> w * WORD_BITS);
        }
        for (int p = 0; p < PAGES; p++) {
            logged[b][p] = FREE >> p & 1 ? nondet_bit() : false;
            stale[b][p] = FREE >> p & 1 ? nondet_bit() : false;
        }
    }
    ASSUME(pages[0] || pages[1]);
    for (int set = 0; set < 2; set++) {
        s.pointer[set].block = nondet_unsigned();
        s.pointer[set].page = nondet_number();
    }
    s.epoch_end = any_time();
    s.epoch_stepped = nondet_bit();
    s.end_now = nondet_bit();
    s.stats.epochs = nondet_number();
    ASSUME(s.stats.epochs > 0 && s.stats.epochs < 1UL << 62);
    s.stats.dirty_pages = nondet_number();
    s.stats.nondirty_pages = nondet_number();
    s.stats.dirty_sent = nondet_number();
    s.stats.nondirty_sent = nondet_number();
    s.stats.visits = nondet_number();
    s.stats.fetched = nondet_number();
    s.deferred_pages = nondet_number();
    s.all_pages = pages[0] + pages[1];
    s.late_epochs = nondet_number();
    ASSUME(s.late_epochs < 1UL << 62);
}

#endif

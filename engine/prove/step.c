/*
 * One operation of the MPLM scheduler, or of its caller, from any state that
 * fulfils the invariant: the invariant holds again.  With start.c, by which it
 * holds at first, it holds for ever: a proof by induction, for any number of
 * operations in any order.
 *
 * It is scheduler/mplm.c itself that CBMC runs here, with 2 blocks of up to
 * PAGES pages, any of their pages in any set, any knobs.  What is smaller than
 * in life: the blocks, and the visits of one call (VISITS_PER_CALL).
 * With SHORT_WORDS the words of all bitmaps have 8 bits, so that a block has
 * two of them; pages that FREE does not have are in no set then.
 *
 * A SEND is one page, whatever the guest's host pages are: so do QEMU and the
 * simulator send.
 *
 * -D NEXT, MERGE, DISCARD, WRITE or FINISH picks the operation.  The policy is
 * any at all that keeps its contract, see policy.c: each plan is another set and
 * number of steps, as no state of a policy and nothing that it has seen could
 * make it more various.  It defers any pages of the dirty set, again at each
 * epoch, says at any call that the stage is over, and has any budget.
 * -D STEPS bounds its steps and epochs too, see state.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "state.h"

/*
 * What a policy may do: plan any number of steps in any set, but none in an
 * empty non-dirty set.
 */
static uint64_t planned[2];

static int any_plan(MplmScheduler *s, uint64_t *steps)
{
    int set = s->stats.nondirty_pages ? nondet_bit() : DIRTY;

    *steps = nondet_number();
    ASSUME(*steps > 0 && *steps < 1UL << 62);
    planned[set] = *steps;
    planned[!set] = 0;
    return set;
}

static void any_steps_done(MplmScheduler *s, int set, uint64_t steps)
{
    (void)s;
    PROVE(steps > 0 && steps <= planned[set],
          "a policy is told of steps that it planned");
    made[set] += steps;
    ASSUME(made[set] < 1UL << 62);
}

static void any_epoch_begin(MplmScheduler *s, int64_t now_ms)
{
    (void)now_ms;
    for (int b = 0; s->ops->history && b < BLOCKS; b++) {
        for (int w = 0; w < WORDS; w++) {
            deferred[b][w] = nondet_word() & (Word)(FREE >> w * WORD_BITS);
        }
    }
    s->epoch_ms = nondet_unsigned();
}

/* Any word at any call: the same until it is asked again within a call */
static bool says_over;

static MplmEnd any_over(const MplmScheduler *s)
{
    (void)s;
    return says_over ? MPLM_END_PLANNED : MPLM_END_NONE;
}

static const PolicyOps any_policy = {
    .name = "any",
    .over = any_over,
    .epoch_begin = any_epoch_begin,
    .plan = any_plan,
    .steps_done = any_steps_done,
};

static void send(uint32_t b, uint64_t page)
{
    pending[b][page / WORD_BITS] &= ~(Word)(1UL << page % WORD_BITS);
    mplm_sent(&s, b, page);
    stale[b][page] = false;
}

/* A policy has had the page sends, or the epochs, that it may have. */
static bool spent(void)
{
    uint64_t all = pages[0] + pages[1], over = s.ops->budget;

    return over && (s.stats.dirty_sent + s.stats.nondirty_sent >=
                    all + all / over || s.late_epochs > s.ops->late_epochs);
}

/* Between two places of a pointer there is no page of its set. */
static bool skipped_none(int set, Pointer from)
{
    const Pointer *to = &s.pointer[set];
    unsigned all = pages[0] + pages[1];
    unsigned begin = place(from.block, from.page);
    unsigned end = place(to->block, to->page);

    end += end < begin ? all : 0;
    for (uint32_t b = 0; b < BLOCKS; b++) {
        for (unsigned p = 0; p < pages[b]; p++) {
            unsigned at = place(b, p) + (place(b, p) < begin ? all : 0);

            if (at < end && is_member(set, b, p)) {
                return false;
            }
        }
    }
    return true;
}

static void next(void)
{
    Word before[BLOCKS][WORDS];
    MplmScheduler was = s;
    int64_t now = any_time();
    bool empty = !count(NONDIRTY) && !count_members(DIRTY);
    bool over = s.ops->over(&s) != MPLM_END_NONE || spent();
    MplmPage p;
    MplmAction action;

    memcpy(before, pending, sizeof(before));
    action = mplm_next(&s, now, &p);
    for (int b = 0; b < BLOCKS; b++) {
        for (int w = 0; w < WORDS; w++) {
            PROVE(before[b][w] == pending[b][w], "asking changes no set");
        }
    }
    PROVE(was.stats.dirty_pages == s.stats.dirty_pages &&
          was.stats.nondirty_pages == s.stats.nondirty_pages,
          "asking changes no count");
    PROVE(s.stats.visits - was.stats.visits <= VISITS_PER_CALL,
          "visits of a call are bounded");
    PROVE(action == MPLM_STOP || (!s.end_now && (s.hold || !over)),
          "STOP as soon as it may");
    PROVE(action == MPLM_STOP || (action == MPLM_FETCH) ==
          (now >= was.epoch_end && (was.epoch_stepped || empty)),
          "FETCH when the epoch is over, not without a step");
    if (action == MPLM_SEND) {
        PROVE(p.block < BLOCKS && p.page < pages[p.block],
              "SEND names a page that there is");
        PROVE(is_pending(p.block, p.page), "SEND names a pending page");
        PROVE(is_dirtied(p.block, p.page) == (p.dirty == 1) && p.dirty <= 1,
              "SEND names the page's set");
        PROVE(!p.dirty || !bit(deferred[p.block], p.page),
              "SEND names no deferred page");
        PROVE(s.hold || !spent(), "no page is sent beyond the budget");
        send(p.block, p.page);
    } else if (action == MPLM_STOP) {
        PROVE(s.end_now || (!s.hold && over),
              "STOP only when told, or not held when it is over");
        PROVE(s.stats.end == (s.end_now ? MPLM_END_REQUESTED :
                              spent() ? MPLM_END_BUDGET : s.ops->over(&s)),
              "STOP says why");
    } else if (action == MPLM_WAIT) {
        PROVE(empty, "WAIT only with nothing to send");
    } else if (action == MPLM_AGAIN) {
        PROVE(!empty, "AGAIN only with something to send");
    } else {
        PROVE(action == MPLM_FETCH, "there is no other action");
    }
    /* the page that was sent is none of them any more; a full turn is one too */
    PROVE(s.stats.visits - was.stats.visits >= pages[0] + pages[1] ||
          (skipped_none(NONDIRTY, was.pointer[NONDIRTY]) &&
           skipped_none(DIRTY, was.pointer[DIRTY])),
          "a pointer skips no page of its set");
}

/* A fetch that is due: the log is merged and empty, an epoch begins. */
static void merge(void)
{
    uint64_t epochs = s.stats.epochs, late = s.late_epochs;

    ASSUME(s.epoch_stepped || (!count(NONDIRTY) && !count_members(DIRTY)));
    for (uint32_t b = 0; b < BLOCKS; b++) {
        Word fetched[WORDS];
        unsigned new = 0, added;

        /* bits behind the end of the block are anything */
        for (int w = 0; w < WORDS; w++) {
            fetched[w] = nondet_word();
        }
        for (uint64_t p = 0; p < pages[b]; p++) {
            ASSUME(bit(fetched, p) == logged[b][p]);
            new += logged[b][p] && !is_pending(b, p);
        }
        added = mplm_merge(&s, b, fetched);
        PROVE(added == new, "a merge counts what was not pending");
        for (uint64_t p = 0; p < pages[b]; p++) {
            PROVE(!logged[b][p] || (is_pending(b, p) && is_dirtied(b, p)),
                  "what was fetched is pending, and in the dirty set");
            logged[b][p] = false;
        }
    }
    mplm_epoch(&s, any_time());
    PROVE(s.stats.epochs == epochs + 1 &&
          s.late_epochs == late + !count(NONDIRTY), "an epoch is counted");
}

static void discard(void)
{
    uint32_t b = nondet_bit();
    uint64_t first = nondet_number(), n = nondet_number();

    ASSUME(first < pages[b] && n <= pages[b] - first);
    mplm_discard(&s, b, first, n);
    for (uint64_t p = first; p < first + n; p++) {
        pending[b][p / WORD_BITS] &= ~(Word)(1UL << p % WORD_BITS);
        stale[b][p] = false;         /* nobody reads it */
    }
}

static void guest_writes(void)
{
    uint32_t b = nondet_bit();
    uint64_t p = nondet_number();

    ASSUME(p < pages[b] && FREE >> p & 1);
    stale[b][p] = logged[b][p] = true;
}

/* The guest is stopped: the last fetch, then all that is pending. */
static void finish(void)
{
    ASSUME(s.epoch_stepped);
    merge();
    for (uint32_t b = 0; b < BLOCKS; b++) {
        for (uint64_t p = 0; p < pages[b]; p++) {
            if (is_pending(b, p)) {
                send(b, p);
            }
            PROVE(!stale[b][p], "no page is lost");
        }
    }
    PROVE(!s.stats.dirty_pages && !s.stats.nondirty_pages,
          "nothing is left to send");
}

int main(void)
{
    static PolicyOps ops;

    ops = any_policy;
    ops.history = nondet_bit();
    ops.budget = nondet_bit() + nondet_bit();
    ops.late_epochs = nondet_unsigned();
    says_over = nondet_bit();
    any_state();
    s.ops = &ops;
    ASSUME(invariant());
#if defined NEXT
    next();
#elif defined MERGE
    merge();
#elif defined DISCARD
    discard();
#elif defined WRITE
    guest_writes();
#elif defined FINISH
    finish();
#endif
    s.ops = &ops;
    prove_invariant();
    return 0;
}

/*
 * The contract of PolicyOps, on which step.c relies: each policy keeps it, in
 * any state of the scheduler.
 *
 * And the bound of the page sends of policy "paper", not held.  B: the steps
 * of a batch, d: the dirty ones among them.  By induction over what mplm.c tells
 * the policy, which step.c proves to be some of the steps that it planned:
 *
 *   dirty steps <= d/(B - d) * non-dirty steps, and those of one batch more
 *
 * With what step.c proves with -D STEPS, non-dirty steps <= all pages and page
 * sends <= steps, that bounds the page sends.  No page is looked at here, so
 * batches may have up to BATCH steps, and the guest up to GUEST pages.
 *
 * And of what "foresight" does as an epoch begins, with a history of KEPT
 * fetches.  prove makes its numbers small, and what it computes of times, rates
 * and shares anything at all: what is proved holds whatever it estimates.
 *
 * -D PLAN, BOUND or FORESIGHT picks the proof.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define POLICIES
#include "state.h"

/* A policy may change what is its own: its state, batch, deferral, forecast. */
static bool same_but_for_the_policy(const MplmScheduler *was)
{
    return s.stats.epochs == was->stats.epochs &&
           s.stats.dirty_pages == was->stats.dirty_pages &&
           s.stats.nondirty_pages == was->stats.nondirty_pages &&
           s.stats.dirty_sent == was->stats.dirty_sent &&
           s.stats.nondirty_sent == was->stats.nondirty_sent &&
           s.stats.end == was->stats.end &&
           s.pointer[0].block == was->pointer[0].block &&
           s.pointer[0].page == was->pointer[0].page &&
           s.pointer[1].block == was->pointer[1].block &&
           s.pointer[1].page == was->pointer[1].page &&
           s.epoch_end == was->epoch_end && s.blocks == was->blocks &&
           s.nblocks == was->nblocks && s.all_pages == was->all_pages &&
           s.late_epochs == was->late_epochs &&
           s.epoch_stepped == was->epoch_stepped && s.ops == was->ops;
}

static void steps(const PolicyOps *ops)
{
    MplmScheduler before = s;
    uint64_t some, done = nondet_number();
    int set = ops->plan(&s, &some);

    PROVE(some > 0, "a plan has a step");
    PROVE(set == DIRTY || set == NONDIRTY, "a plan is of a set");
    PROVE(set == DIRTY || s.stats.nondirty_pages,
          "no step is planned in an empty non-dirty set");
    PROVE(set == NONDIRTY || !s.stats.nondirty_pages || ops == &policy_paper,
          "the dirty set comes last");
    ASSUME(done > 0 && done <= some);
    ops->steps_done(&s, set, done);
    made[set] += done;
    PROVE(s.batch_step < s.knobs.batch_pages, "a batch is not overrun");
    PROVE(same_but_for_the_policy(&before), "a policy changes its own alone");
}

/* That of "foresight" has a proof of its own, below. */
static void epoch(const PolicyOps *ops)
{
    MplmScheduler before;

    s.stats.epochs++;
    before = s;
    if (ops != &policy_foresight) {
        ops->epoch_begin(&s, any_time());
    }
    PROVE(s.batch_step < s.knobs.batch_pages, "a batch is not overrun");
    PROVE(same_but_for_the_policy(&before), "a policy changes its own alone");
}

#ifdef FORESIGHT
static uint64_t any_up_to(uint64_t most)
{
    uint64_t n = nondet_number();

    ASSUME(n <= most);
    return n;
}

/*
 * It changes its own alone: its state, what is deferred, the epoch's length and
 * the forecast.  It reads and writes within the bitmaps, and period and stop are
 * within what it keeps.
 */
static void foresight(void)
{
    static Foresight f;
    static Word kept[BLOCKS][KEPT * WORDS + 1], was[3][BLOCKS][KEPT * WORDS];
    MplmScheduler before;

    ASSUME(HISTORY == KEPT);
    for (int b = 0; b < BLOCKS; b++) {
        blocks[b].history = kept[b];
        for (int w = 0; w < KEPT * WORDS; w++) {
            kept[b][w] = was[0][b][w] = nondet_word();
        }
        for (int w = 0; w < WORDS; w++) {
            was[1][b][w] = pending[b][w];
            was[2][b][w] = dirtied[b][w];
        }
    }
    for (int lag = 0; lag < HISTORY; lag++) {
        f.same[lag] = nondet_number();
        f.either[lag] = nondet_number();
    }
    f.foreseen = nondet_number();
    f.unlikely = nondet_number();
    f.bytes = nondet_number();
    f.pages = nondet_number();
    f.rate = nondet_number();
    f.rates = any_up_to(RATE_KNOWN);
    f.told = nondet_bit();
    f.fetch_ms = any_up_to(1L << 40);
    f.least_ms = any_up_to(1L << 40);
    f.period = any_up_to(HISTORY - 3);
    f.stop = any_up_to(HORIZON);
    f.stop_ms = any_time();
    f.sure = nondet_bit();
    f.over = nondet_bit();
    /* it has planned nothing before there were two fetches */
    ASSUME(s.stats.epochs > 1 || (!f.period && !f.stop && !f.sure));
    s.ops = &policy_foresight;
    s.state = &f;
    s.bytes = nondet_number();
    s.start_ms = any_time();
    s.epoch_start = any_time();
    s.epoch_waited = nondet_bit();
    s.epoch_ms = s.knobs.epoch_ms;
    s.fetch_ms = any_up_to(1L << 40);
    s.last_fetched = any_up_to(s.stats.fetched);
    before = s;
    policy_foresight.epoch_begin(&s, any_time());
    PROVE(same_but_for_the_policy(&before), "a policy changes its own alone");
    PROVE(s.epoch_ms > 0 && s.epoch_ms <= s.knobs.epoch_ms,
          "an epoch is no longer than the setting");
    PROVE(f.period <= HISTORY - 3, "a period is within the history");
    PROVE(f.stop <= HORIZON, "a stop is within the horizon");
    for (int b = 0; b < BLOCKS; b++) {
        for (int w = 0; w < KEPT * WORDS; w++) {
            PROVE(kept[b][w] == was[0][b][w], "the history is only read");
        }
        for (int w = 0; w < WORDS; w++) {
            PROVE(pending[b][w] == was[1][b][w], "pending pages stay");
            PROVE(dirtied[b][w] == was[2][b][w], "the dirty set stays");
        }
    }
}
#endif

static bool batches_bounded(void)
{
    uint64_t B = s.knobs.batch_pages, d = B * s.knobs.dirty_share / 100;
    uint64_t at = s.batch_step, n = made[NONDIRTY], m = made[DIRTY];

    if (s.stats.epochs == 1 && s.knobs.first_epoch_nondirty) {
        return !m && at <= n;
    }
    return at <= d
        ? m * (B - d) <= n * d + at * (B - d)
        : n >= at - d && m * (B - d) <= (n - (at - d)) * d + d * (B - d);
}

#ifdef BOUND
static void bound(void)
{
    uint64_t M = nondet_unsigned(), B, d;

    ASSUME(s.knobs.batch_pages <= BATCH && M <= GUEST);
    ASSUME(made[NONDIRTY] <= M && made[DIRTY] <= M * B + B);
    ASSUME(s.stats.nondirty_pages);  /* else it is over */
    ASSUME(batches_bounded());
    if (nondet_bit()) {
        steps(&policy_paper);
        ASSUME(made[NONDIRTY] <= M);
    } else {
        epoch(&policy_paper);
    }
    PROVE(batches_bounded(), "dirty steps are bounded");
    B = s.knobs.batch_pages;
    d = B * s.knobs.dirty_share / 100;
    ASSUME(s.stats.dirty_sent <= made[DIRTY]);
    ASSUME(s.stats.nondirty_sent <= made[NONDIRTY]);
    PROVE((s.stats.dirty_sent + s.stats.nondirty_sent) * (B - d) <=
          M * B + d * (B - d), "page sends are bounded");
}
#endif

static void plan(void)
{
    for (unsigned i = 0; mplm_policy_name(i); i++) {
        s.ops = policies[i];
        s.batch_step = nondet_number();
        ASSUME(s.batch_step < s.knobs.batch_pages);
        s.state = calloc(1, s.ops->state_size + 1);
        ASSUME(s.state);
        PROVE(s.ops->budget ? s.ops->late_epochs
                            : s.ops->over == nondirty_empty,
              "a policy has a budget, or the paper's end");
        steps(s.ops);
        epoch(s.ops);
    }
}

int main(void)
{
    any_state();
    s.batch_step = nondet_number();
    ASSUME(s.batch_step < s.knobs.batch_pages);
#if defined PLAN
    plan();
#elif defined BOUND
    bound();
#elif defined FORESIGHT
    foresight();
#endif
    return 0;
}

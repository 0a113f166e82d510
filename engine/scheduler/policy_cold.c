/*
 * MPLM page scheduler, policy "cold": pages that were never dirtied, alone.
 *
 * What was dirtied once waits for the stop, so each page is sent once, but for
 * those that are dirtied after they were sent: the stage is as short as it can
 * be, and the downtime is what all pages take that were ever dirtied.  It
 * needs no history.
 *
 * Good with guests that rewrite the same pages all the time.  Not good where
 * dirtied pages cool down: they could have been sent while the guest ran.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy.h"

/* The dirty set alone is left to work on when the stage is held. */
int cold_plan(MplmScheduler *s, uint64_t *steps)
{
    *steps = s->knobs.batch_pages;
    return s->stats.nondirty_pages ? NONDIRTY : DIRTY;
}

void no_steps_done(MplmScheduler *s, int set, uint64_t steps)
{
    (void)s;
    (void)set;
    (void)steps;
}

void no_epoch_begin(MplmScheduler *s, int64_t now_ms)
{
    (void)s;
    (void)now_ms;
}

MplmEnd nondirty_empty(const MplmScheduler *s)
{
    return s->stats.nondirty_pages ? MPLM_END_NONE : MPLM_END_NONDIRTY_EMPTY;
}

const PolicyOps policy_cold = {
    .name = "cold",
    .epoch_begin = no_epoch_begin,
    .plan = cold_plan,
    .steps_done = no_steps_done,
    .over = nondirty_empty,
};

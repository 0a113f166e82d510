/*
 * MPLM page scheduler, policy "paper": the paper's rules, step by step.
 *
 * Epoch 0 sends non-dirty pages; then batches look at pages of the dirty set
 * and at pages of the non-dirty set in turn.  The stage is over when the
 * non-dirty set is empty.  It needs no history.
 *
 * Good for reproducing the paper, and with guests whose dirtied pages cool
 * down.  Not good where they do not: hot pages are sent while they are hot, and
 * again with the guest stopped.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy.h"

/*
 * A batch outlasts a fetch. Were it begun anew at every epoch, epochs shorter
 * than its dirty steps would hold no other and stage 2 would never end.
 */
static void paper_epoch_begin(MplmScheduler *s, int64_t now_ms)
{
    (void)now_ms;
    if (s->stats.epochs == 2 && s->knobs.first_epoch_nondirty) {
        s->batch_step = 0;           /* epoch 0 had no batches */
    }
}

static int paper_plan(MplmScheduler *s, uint64_t *steps)
{
    uint64_t batch = s->knobs.batch_pages;
    uint64_t dirty = batch * s->knobs.dirty_share / 100;

    if (!s->stats.nondirty_pages) {
        /* Only when held: the dirty set alone is left to work on. */
        *steps = batch;
        return DIRTY;
    }
    if (s->stats.epochs == 1 && s->knobs.first_epoch_nondirty) {
        *steps = batch;
        return NONDIRTY;
    }
    if (s->batch_step < dirty) {
        *steps = dirty - s->batch_step;
        return DIRTY;
    }
    *steps = batch - s->batch_step;
    return NONDIRTY;
}

static void paper_steps_done(MplmScheduler *s, int set, uint64_t steps)
{
    (void)set;
    s->batch_step += steps;
    if (s->batch_step >= s->knobs.batch_pages) {
        s->batch_step = 0;
    }
}

const PolicyOps policy_paper = {
    .name = "paper",
    .epoch_begin = paper_epoch_begin,
    .plan = paper_plan,
    .steps_done = paper_steps_done,
    .over = nondirty_empty,
};

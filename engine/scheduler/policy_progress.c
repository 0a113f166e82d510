/*
 * MPLM page scheduler, policy "progress": a published rule, to compare with.
 *
 * Pages that were never dirtied first, then all others round and round, until
 * an epoch gains little: when what is left has shrunk by less than a twentieth
 * of what was sent, the stage is over.  (Net progress: K. Ibrahim, S. Hofmeyr,
 * C. Iancu, E. Roman, "Optimized Pre-Copy Live Migration for Memory Intensive
 * Applications", SC 2011.  Theirs looks at the rate of dirtying, too.)
 *
 * Good with guests whose dirtied pages cool down.  Not good with programs that
 * sweep over their memory: it stops anywhere in a sweep.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy.h"

typedef struct Progress {
    uint64_t sent, left;             /* when the last epoch began */
    bool over;
} Progress;

static void progress_epoch_begin(MplmScheduler *s, int64_t now_ms)
{
    Progress *p = s->state;
    uint64_t sent = s->stats.nondirty_sent + s->stats.dirty_sent;
    uint64_t left = s->stats.nondirty_pages + s->stats.dirty_pages;

    (void)now_ms;
    p->over = s->stats.epochs > 1 && !s->stats.nondirty_pages &&
              left + (sent - p->sent) / 20 >= p->left;
    p->sent = sent;
    p->left = left;
}

static MplmEnd progress_over(const MplmScheduler *s)
{
    const Progress *p = s->state;

    return p->over || (!s->stats.nondirty_pages && !s->stats.dirty_pages)
        ? MPLM_END_PLANNED : MPLM_END_NONE;
}

const PolicyOps policy_progress = {
    .name = "progress",
    .state_size = sizeof(Progress),
    .budget = 1,
    .late_epochs = 64,
    .epoch_begin = progress_epoch_begin,
    .plan = cold_plan,
    .steps_done = no_steps_done,
    .over = progress_over,
};

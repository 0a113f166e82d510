/*
 * The base of the induction, see step.c: after mplm_new(), mplm_add_block()
 * for each block and mplm_start() the invariant holds.  Before the first page
 * is sent, the destination lacks what is pending.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "state.h"

int main(void)
{
    MplmScheduler *new;

    any_state();                     /* knobs, sizes, pending bits; no more */
    new = mplm_new(mplm_policy_name(0), &s.knobs);
    if (!new) {
        return 0;
    }
    for (int b = 0; b < BLOCKS; b++) {
        if (mplm_add_block(new, pending[b], pages[b]) != b) {
            return 0;
        }
    }
    mplm_start(new, any_time());
    s = *new;
    for (int b = 0; b < BLOCKS; b++) {
        PROVE(s.blocks[b].pages == pages[b], "a block has its pages");
        for (uint64_t p = 0; p < pages[b]; p++) {
            PROVE(!bit(s.blocks[b].dirtied, p), "at first no page is dirtied");
            PROVE(!bit(s.blocks[b].deferred, p), "at first none is deferred");
            ASSUME(stale[b][p] == is_pending(b, p) && !logged[b][p]);
        }
        memset(dirtied[b], 0, sizeof(dirtied[b]));
        memset(deferred[b], 0, sizeof(deferred[b]));
    }
    made[0] = made[1] = 0;
    PROVE(s.stats.epochs == 1 && !s.epoch_stepped, "epoch 0 has begun");
    prove_invariant();
    return 0;
}

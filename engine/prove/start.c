/*
 * The base of the induction, see step.c: after mplm_new(), mplm_add_block()
 * for each block and mplm_start() the invariant holds.  Before the first page
 * is sent, the destination lacks what is pending.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stddef.h>

/*
 * Memory of the right type, which begins with zeros: in that of malloc(), of any
 * type and size, CBMC loses itself for minutes.  None is refused here.
 */
static void *zeros(size_t n, size_t size);
static void *anything(size_t size);
static void *room_for_blocks(size_t size);
#define calloc zeros
#define malloc anything
#define realloc(old, size) room_for_blocks(size)
#include "state.h"

static void *room_for_blocks(size_t size)
{
    PROVE(size <= sizeof(blocks), "there is a place for each block");
    return blocks;
}

static void *zeros(size_t n, size_t size)
{
    static MplmScheduler scheduler;
    static Word sets[3 * BLOCKS][WORDS + 1];
    static unsigned used;
    static char policy_state[1];
    static bool has_state;

    if (size == sizeof(scheduler)) {
        return &scheduler;
    }
    if (!has_state) {
        has_state = true;
        PROVE(n * size <= sizeof(policy_state), "the paper has no state");
        return policy_state;
    }
    PROVE(size == sizeof(Word) && n <= WORDS + 1 && used < 3 * BLOCKS,
          "a set is as large as its block");
    return sets[used++];
}

/* For mutants */
static void *anything(size_t size)
{
    static Word set[WORDS + 1];

    PROVE(size <= sizeof(set), "a set is as large as its block");
    for (int w = 0; w <= WORDS; w++) {
        set[w] = nondet_word();
    }
    return set;
}

int main(void)
{
    MplmScheduler *new;

    any_state();                     /* knobs, sizes, pending bits; no more */
    new = mplm_new(mplm_policy_name(0), &s.knobs);
    if (!new) {
        return 0;
    }
    PROVE(new->ops == &policy_paper, "the first policy is the paper's");
    new->ops = &policy_paper;        /* so CBMC leaves out what only others do */
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
    PROVE(s.stats.epochs == 1 && s.late_epochs <= 1 && !s.epoch_stepped &&
          !s.batch_step, "epoch 0 has begun");
    prove_invariant();
    return 0;
}

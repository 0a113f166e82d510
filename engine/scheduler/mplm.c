/*
 * MPLM page scheduler: sets, counts, pointers and the policies that move them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mplm.h"
#include "mplm-source-hash.h"        /* written by the build */

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define BITS_PER_WORD (sizeof(unsigned long) * 8)

/* Visits of one mplm_next() call: well under a millisecond, any guest size. */
#define VISITS_PER_CALL 65536

typedef struct Block {
    unsigned long *pending;          /* the caller's: still to be sent */
    unsigned long *dirtied;          /* ours: was dirtied since the start */
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
    /* An epoch begins; its number is s->stats.epochs - 1. */
    void (*epoch_begin)(MplmScheduler *s);
    /*
     * The set of the next steps and, in *steps, how many in a row (> 0).
     * Called again when they are done, see steps_done.
     */
    int (*plan)(MplmScheduler *s, uint64_t *steps);
    /* @steps steps of set @set were made. */
    void (*steps_done)(MplmScheduler *s, int set, uint64_t steps);
} PolicyOps;

struct MplmScheduler {
    const PolicyOps *ops;
    MplmKnobs knobs;
    Block *blocks;
    uint32_t nblocks;
    Pointer pointer[2];
    uint64_t batch_step;             /* steps made in the current batch */
    int64_t epoch_end;
    bool epoch_stepped;              /* a step was made in this epoch */
    MplmStats stats;
    /* Written by other threads; no data hangs on them. */
    atomic_bool hold;
    atomic_bool end_now;
};

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

/* The members of @set in word @w. */
static inline unsigned long members(const Block *b, int set, uint64_t w)
{
    return b->pending[w] & (set == DIRTY ? b->dirtied[w] : ~b->dirtied[w]);
}

/*
 * The first page of @set in [from, to), or @to.  Reads one word per 64 pages;
 * that is what makes a visit cost a fraction of a nanosecond.
 */
static uint64_t find_member(const Block *b, int set, uint64_t from, uint64_t to)
{
    while (from < to) {
        uint64_t w = from / BITS_PER_WORD;
        unsigned long word = members(b, set, w) >> (from % BITS_PER_WORD);

        if (word) {
            uint64_t page = from + __builtin_ctzl(word);

            return page < to ? page : to;
        }
        from = (w + 1) * BITS_PER_WORD;
    }
    return to;
}

static inline uint64_t set_pages(const MplmScheduler *s, int set)
{
    return set == DIRTY ? s->stats.dirty_pages : s->stats.nondirty_pages;
}

/* ---- the pointers ---- */

static inline void pointer_advance(MplmScheduler *s, Pointer *p, uint64_t n)
{
    p->page += n;
    if (p->page == s->blocks[p->block].pages) {
        p->page = 0;
        p->block = p->block + 1 == s->nblocks ? 0 : p->block + 1;
    }
}

/*
 * Moves the pointer of @set over at most @limit pages, up to and over the
 * first member.  Returns the pages visited; *found says whether the last of
 * them is a member, then *page is it.
 */
static uint64_t pointer_walk(MplmScheduler *s, int set, uint64_t limit,
                             MplmPage *page, bool *found)
{
    Pointer *p = &s->pointer[set];
    uint64_t visited = 0;

    *found = false;
    while (visited < limit && !*found) {
        const Block *b = &s->blocks[p->block];
        uint64_t to = p->page + (limit - visited);
        uint64_t hit;

        if (to > b->pages) {
            to = b->pages;
        }
        hit = find_member(b, set, p->page, to);
        if (hit < to) {
            *found = true;
            page->block = p->block;
            page->page = hit;
            page->dirty = set == DIRTY;
            to = hit + 1;
        }
        visited += to - p->page;
        pointer_advance(s, p, to - p->page);
    }
    s->stats.visits += visited;
    return visited;
}

/* ---- policy "paper" ---- */

/*
 * A batch outlasts a fetch. Were it begun anew at every epoch, epochs shorter
 * than its dirty steps would hold no other and stage 2 would never end.
 */
static void paper_epoch_begin(MplmScheduler *s)
{
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

static const PolicyOps policies[] = {
    {
        .name = "paper",
        .epoch_begin = paper_epoch_begin,
        .plan = paper_plan,
        .steps_done = paper_steps_done,
    },
};

/* ---- the scheduler ---- */

void mplm_knobs_init(MplmKnobs *knobs)
{
    *knobs = (MplmKnobs) {
        .epoch_ms = 3000,
        .batch_pages = 100,
        .dirty_share = 50,
        .first_epoch_nondirty = 1,
        .strict_scan = 0,
    };
}

const char *mplm_knobs_error(const MplmKnobs *k)
{
    if (k->epoch_ms < 1 || k->epoch_ms > 3600000) {
        return "the epoch length must be 1 to 3600000 ms";
    }
    if (k->batch_pages < 1 || k->batch_pages > 1000000) {
        return "the pages in a batch must be 1 to 1000000";
    }
    if (k->dirty_share > 99) {
        return "the share of dirty steps must be 0 to 99 percent";
    }
    if (k->first_epoch_nondirty > 1 || k->strict_scan > 1) {
        return "first epoch non-dirty and strict scan must be 0 or 1";
    }
    return NULL;
}

const char *mplm_policy_name(unsigned index)
{
    return index < sizeof(policies) / sizeof(policies[0])
        ? policies[index].name : NULL;
}

MplmScheduler *mplm_new(const char *policy, const MplmKnobs *knobs)
{
    MplmScheduler *s;
    unsigned i;

    for (i = 0; mplm_policy_name(i); i++) {
        if (!strcmp(policy, mplm_policy_name(i))) {
            break;
        }
    }
    if (!mplm_policy_name(i) || mplm_knobs_error(knobs)) {
        return NULL;
    }
    s = calloc(1, sizeof(*s));
    if (s) {
        s->ops = &policies[i];
        s->knobs = *knobs;
    }
    return s;
}

void mplm_free(MplmScheduler *s)
{
    if (!s) {
        return;
    }
    for (uint32_t i = 0; i < s->nblocks; i++) {
        free(s->blocks[i].dirtied);
    }
    free(s->blocks);
    free(s);
}

int mplm_add_block(MplmScheduler *s, unsigned long *pending, uint64_t pages)
{
    Block *blocks = realloc(s->blocks, (s->nblocks + 1) * sizeof(*blocks));
    Block *b;

    if (!blocks) {
        return -1;
    }
    s->blocks = blocks;
    b = &blocks[s->nblocks];
    b->pending = pending;
    b->pages = pages;
    b->dirtied = calloc(words_of(pages) + 1, sizeof(unsigned long));
    if (!b->dirtied) {
        return -1;
    }
    for (uint64_t w = 0; w < words_of(pages); w++) {
        s->stats.nondirty_pages +=
            __builtin_popcountl(pending[w] & word_mask(pages, w));
    }
    return s->nblocks++;
}

static void epoch_begin(MplmScheduler *s, int64_t now_ms)
{
    s->stats.epochs++;
    s->epoch_end = now_ms + s->knobs.epoch_ms;
    s->epoch_stepped = false;
    s->ops->epoch_begin(s);
}

void mplm_start(MplmScheduler *s, int64_t now_ms)
{
    epoch_begin(s, now_ms);
}

MplmAction mplm_next(MplmScheduler *s, int64_t now_ms, MplmPage *page)
{
    uint64_t budget = VISITS_PER_CALL;
    bool empty;

    if (atomic_load(&s->end_now)) {
        s->stats.end = MPLM_END_REQUESTED;
        return MPLM_STOP;
    }
    if (!s->stats.nondirty_pages && !atomic_load(&s->hold)) {
        s->stats.end = MPLM_END_NONDIRTY_EMPTY;
        return MPLM_STOP;
    }
    empty = !s->stats.nondirty_pages && !s->stats.dirty_pages;
    /* An epoch makes steps however late the clock: fetches alone end nothing */
    if (now_ms >= s->epoch_end && (s->epoch_stepped || empty)) {
        return MPLM_FETCH;
    }
    if (empty) {
        return MPLM_WAIT;
    }
    s->epoch_stepped = true;

    while (budget) {
        uint64_t steps, limit, visited;
        int set = s->ops->plan(s, &steps);
        bool found;

        /*
         * A strict step ends at a member however far it is, and is no step at
         * all in an empty set; a relaxed one is a visit.
         */
        if (s->knobs.strict_scan && !set_pages(s, set)) {
            s->ops->steps_done(s, set, steps);
            budget--;
            continue;
        }
        limit = s->knobs.strict_scan || steps > budget ? budget : steps;
        visited = pointer_walk(s, set, limit, page, &found);
        budget -= visited;
        if (s->knobs.strict_scan) {
            visited = found;
        }
        if (visited) {
            s->ops->steps_done(s, set, visited);
        }
        if (found) {
            return MPLM_SEND;
        }
    }
    return MPLM_AGAIN;
}

void mplm_sent(MplmScheduler *s, uint32_t block, uint64_t page)
{
    unsigned long word = s->blocks[block].dirtied[page / BITS_PER_WORD];

    if (word >> (page % BITS_PER_WORD) & 1) {
        s->stats.dirty_pages--;
        s->stats.dirty_sent++;
    } else {
        s->stats.nondirty_pages--;
        s->stats.nondirty_sent++;
    }
}

void mplm_discard(MplmScheduler *s, uint32_t block, uint64_t first,
                  uint64_t count)
{
    const Block *b = &s->blocks[block];
    uint64_t end = first + count;

    for (uint64_t page = first; page < end;) {
        uint64_t w = page / BITS_PER_WORD;
        unsigned long range = ~0UL << (page % BITS_PER_WORD);

        if (end - w * BITS_PER_WORD < BITS_PER_WORD) {
            range &= (1UL << end % BITS_PER_WORD) - 1;
        }
        s->stats.dirty_pages -=
            __builtin_popcountl(members(b, DIRTY, w) & range);
        s->stats.nondirty_pages -=
            __builtin_popcountl(members(b, NONDIRTY, w) & range);
        page = (w + 1) * BITS_PER_WORD;
    }
}

uint64_t mplm_merge(MplmScheduler *s, uint32_t block,
                    const unsigned long *fetched)
{
    Block *b = &s->blocks[block];
    uint64_t words = words_of(b->pages);
    uint64_t added = 0;

    for (uint64_t w = 0; w < words; w++) {
        unsigned long new = fetched[w];
        unsigned long left;

        if (!new) {
            continue;
        }
        new &= word_mask(b->pages, w);
        left = __builtin_popcountl(members(b, NONDIRTY, w) & new);
        s->stats.nondirty_pages -= left;
        s->stats.dirty_pages += left;
        left = __builtin_popcountl(new & ~b->pending[w]);
        s->stats.dirty_pages += left;
        added += left;
        s->stats.fetched += __builtin_popcountl(new);
        b->pending[w] |= new;
        b->dirtied[w] |= new;
    }
    return added;
}

void mplm_epoch(MplmScheduler *s, int64_t now_ms)
{
    epoch_begin(s, now_ms);
}

int64_t mplm_epoch_end(const MplmScheduler *s)
{
    return s->epoch_end;
}

void mplm_hold(MplmScheduler *s, bool hold)
{
    atomic_store(&s->hold, hold);
}

void mplm_end_now(MplmScheduler *s)
{
    atomic_store(&s->end_now, true);
}

void mplm_stats(const MplmScheduler *s, MplmStats *stats)
{
    *stats = s->stats;
}

const char *mplm_source_hash(void)
{
    return MPLM_SOURCE_HASH;
}

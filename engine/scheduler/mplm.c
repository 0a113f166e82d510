/*
 * MPLM page scheduler: sets, counts, pointers, history, and the end that a policy
 * cannot put off.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy.h"
#include "mplm-source-hash.h"        /* written by the build */

#include <stdlib.h>
#include <string.h>

/* Visits of one mplm_next() call: well under a millisecond, any guest size. */
#define VISITS_PER_CALL 65536

/* The members of @set in word @w; what is deferred is none of them. */
static inline unsigned long members(const Block *b, int set, uint64_t w)
{
    return b->pending[w] & (set == DIRTY ? b->dirtied[w] & ~b->deferred[w]
                                         : ~b->dirtied[w]);
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
    return set == DIRTY ? s->stats.dirty_pages - s->deferred_pages
                        : s->stats.nondirty_pages;
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

/* The first is the default. */
static const PolicyOps *const policies[] = {
    &policy_paper, &policy_cold, &policy_foresight, &policy_progress,
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
        ? policies[index]->name : NULL;
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
        s->ops = policies[i];
        s->knobs = *knobs;
        s->state = calloc(1, s->ops->state_size + 1);
        if (!s->state) {
            free(s);
            return NULL;
        }
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
        free(s->blocks[i].deferred);
        free(s->blocks[i].history);
    }
    free(s->blocks);
    free(s->state);
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
    b->deferred = calloc(words_of(pages) + 1, sizeof(unsigned long));
    b->history = calloc(s->ops->history * words_of(pages) + 1,
                        sizeof(unsigned long));
    if (!b->dirtied || !b->deferred || !b->history) {
        free(b->dirtied);
        free(b->deferred);
        free(b->history);
        return -1;
    }
    s->all_pages += pages;
    for (uint64_t w = 0; w < words_of(pages); w++) {
        s->stats.nondirty_pages +=
            __builtin_popcountl(pending[w] & word_mask(pages, w));
    }
    return s->nblocks++;
}

/* What of the dirty set the policy defers, after it may have changed that. */
static void count_deferred(MplmScheduler *s)
{
    s->deferred_pages = 0;
    for (uint32_t i = 0; i < s->nblocks; i++) {
        const Block *b = &s->blocks[i];

        for (uint64_t w = 0; w < words_of(b->pages); w++) {
            s->deferred_pages += __builtin_popcountl(
                b->pending[w] & b->dirtied[w] & b->deferred[w] &
                word_mask(b->pages, w));
        }
    }
}

static void epoch_begin(MplmScheduler *s, int64_t now_ms)
{
    s->stats.epochs++;
    s->late_epochs += !s->stats.nondirty_pages;
    s->epoch_ms = s->knobs.epoch_ms;
    s->fetch_ms = now_ms - s->fetch_start + s->plan_ms;
    if (s->ops->history) {
        s->ops->epoch_begin(s, now_ms);
        count_deferred(s);
        for (uint32_t i = 0; i < s->nblocks; i++) {
            Block *b = &s->blocks[i];

            /* a block of which nothing is dirtied may be left out of a merge */
            memset(fetched_into(s, b), 0,
                   words_of(b->pages) * sizeof(*b->history));
        }
    } else {
        s->ops->epoch_begin(s, now_ms);
    }
    s->epoch_start = now_ms;
    s->epoch_end = now_ms + s->epoch_ms;
    s->epoch_stepped = s->epoch_waited = false;
    s->last_fetched = s->stats.fetched;
}

void mplm_start(MplmScheduler *s, int64_t now_ms)
{
    s->start_ms = s->fetch_start = now_ms;
    epoch_begin(s, now_ms);
}

/*
 * Page sends beyond the guest's pages, and epochs with nothing left that was
 * never dirtied: so many, and the stage is over.
 */
static bool budget_spent(const MplmScheduler *s)
{
    uint64_t sent = s->stats.dirty_sent + s->stats.nondirty_sent;

    return s->ops->budget &&
           (sent >= s->all_pages + s->all_pages / s->ops->budget ||
            s->late_epochs > s->ops->late_epochs);
}

MplmAction mplm_next(MplmScheduler *s, int64_t now_ms, MplmPage *page)
{
    uint64_t budget = VISITS_PER_CALL;
    bool empty;

    if (atomic_load(&s->end_now)) {
        s->stats.end = MPLM_END_REQUESTED;
        return MPLM_STOP;
    }
    if (!atomic_load(&s->hold)) {
        MplmEnd end = budget_spent(s) ? MPLM_END_BUDGET : s->ops->over(s);

        if (end != MPLM_END_NONE) {
            s->stats.end = end;
            return MPLM_STOP;
        }
    }
    empty = !set_pages(s, NONDIRTY) && !set_pages(s, DIRTY);
    /* An epoch makes steps however late the clock: fetches alone end nothing */
    if (now_ms >= s->epoch_end && (s->epoch_stepped || empty)) {
        s->fetch_start = now_ms;
        return MPLM_FETCH;
    }
    if (empty) {
        s->epoch_waited = true;
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
    const Block *b = &s->blocks[block];
    uint64_t w = page / BITS_PER_WORD, bit = page % BITS_PER_WORD;

    if (b->dirtied[w] >> bit & 1) {
        s->stats.dirty_pages--;
        s->stats.dirty_sent++;
        s->deferred_pages -= b->deferred[w] >> bit & 1;
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
        range &= b->pending[w];
        s->stats.dirty_pages -= __builtin_popcountl(range & b->dirtied[w]);
        s->stats.nondirty_pages -= __builtin_popcountl(range & ~b->dirtied[w]);
        s->deferred_pages -=
            __builtin_popcountl(range & b->dirtied[w] & b->deferred[w]);
        page = (w + 1) * BITS_PER_WORD;
    }
}

uint64_t mplm_merge(MplmScheduler *s, uint32_t block,
                    const unsigned long *fetched)
{
    Block *b = &s->blocks[block];
    unsigned long *kept = s->ops->history ? fetched_into(s, b) : NULL;
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
        s->deferred_pages += __builtin_popcountl(
            new & b->deferred[w] & ~(b->pending[w] & b->dirtied[w]));
        s->stats.fetched += __builtin_popcountl(new);
        b->pending[w] |= new;
        b->dirtied[w] |= new;
        if (kept) {
            kept[w] |= new;
        }
    }
    return added;
}

void mplm_progress(MplmScheduler *s, uint64_t bytes)
{
    s->bytes = bytes;
}

void mplm_epoch(MplmScheduler *s, int64_t now_ms)
{
    epoch_begin(s, now_ms);
}

void mplm_planned(MplmScheduler *s, int64_t now_ms)
{
    s->plan_ms = now_ms - s->epoch_start;
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

void mplm_forecast(const MplmScheduler *s, MplmForecast *forecast)
{
    *forecast = s->forecast;
}

const char *mplm_source_hash(void)
{
    return MPLM_SOURCE_HASH;
}

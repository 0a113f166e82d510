/*
 * MPLM page scheduler, policy "foresight": what the guest wrote before, it
 * writes again.
 *
 * Programs iterate, so the fetches repeat.  At each fetch:
 *
 *   1. The *period* is the lag, in epochs, at which fetches were most alike.
 *      What is expected of the epochs ahead is what was fetched one period
 *      before each of them, and in the epochs next to that.
 *   2. For every stop up to HORIZON epochs ahead, the downtime is what the link
 *      cannot have sent by then: of the pages expected to be written from any
 *      moment on, and of all that is pending or expected.  That is the formula
 *      of the least possible (simulate/Bound.java), over the expected writes.
 *   3. The stop is planned where time and downtime are least together, among
 *      those that take at most 5 % longer than a stop now.  When the non-dirty
 *      set is empty, a new plan may bring it forward only.
 *   4. Never dirtied pages are sent first, then of the others those that are
 *      not expected to be written before the planned stop.
 *
 * Without a period, or while the guest does not write what was expected, it is
 * policy "cold".  While the stage is held, there is always a new plan, and what
 * of the dirty set is not expected in the next epoch is sent.
 *
 * Nothing is to be set: an epoch lasts 100 ms, or a 400th of what the non-dirty
 * set takes to be sent, for a longer migration has to look further back and
 * ahead; or ten times what a fetch and a plan take the sender and, at a
 * microsecond a page, the guest, whose first write to a page after a fetch is a
 * fault under KVM.  It ends with the planned stop at the latest.
 *
 * Good with programs that iterate.  No better than "cold" with others, and with
 * programs whose period is longer than the history or shorter than two epochs.
 *
 * Costs 65 bits a page (0.2 % of the guest's memory).  What it reads of them at
 * a fetch for 1. and 2. is a sample of SAMPLE words, whatever the guest's size;
 * for 4. it is as many bitmaps as epochs to the stop, where the dirty set is.
 * That time is the epoch's own: with terabytes, it is a part of it that is seen.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy.h"

#include <string.h>

#define HISTORY 64                   /* epochs */
#define HORIZON 48                   /* epochs */
#define SAMPLE 1024                  /* words */
#define PAGE_BYTES 4104              /* of a page in QEMU's stream */
#define EPOCH_MS 100
#define EPOCHS 400                   /* at most, for the non-dirty set */
#define RATE_KNOWN 3                 /* epochs that told of the link's rate */
#define FAULTS_PER_MS 1000
#define SURE 20                      /* percent; less is not worth a plan */

typedef struct Foresight {
    /* By lag: pages in both fetches and in either; older ones count less. */
    uint64_t same[HISTORY], either[HISTORY];
    /*
     * How many more of the pages written were expected than a guess would have
     * met, and how many that could have been.
     */
    uint64_t foreseen, unlikely;
    uint64_t bytes, pages;           /* sent when the epoch began */
    uint64_t rate;                   /* of the link, bytes per second */
    uint32_t rates;                  /* epochs that it was learned from */
    bool told;                       /* the epoch before told of the link */
    int64_t fetch_ms;                /* what the fetch before the last took */
    uint32_t period;                 /* epochs; 0: none */
    uint32_t stop;                   /* epochs to the stop that is planned */
    int64_t stop_ms;                 /* when that is */
    int64_t least_ms;                /* of an epoch, by the guest's size */
    double latest;                   /* ms: by then all is to be sent */
    bool sure;                       /* the guest writes what is expected */
    bool over;
} Foresight;

/* Every how many words of the bitmaps one is looked at */
static uint64_t stride_of(const MplmScheduler *s)
{
    return s->all_pages / BITS_PER_WORD / SAMPLE + 1;
}

/*
 * The first of these in a block, if blocks of @before words are before it: all
 * blocks are one row of words, or a small one would count for a large one.
 */
static uint64_t sampled_from(uint64_t before, uint64_t stride)
{
    return (stride - before % stride) % stride;
}

static bool held(const MplmScheduler *s)
{
    return atomic_load(&s->hold);
}

/* Word @w of what is expected @ahead epochs ahead, 1 is the one that begins. */
static inline unsigned long expected_word(const MplmScheduler *s, const Block *b,
                                          uint32_t ahead, uint64_t w)
{
    uint32_t period = ((const Foresight *)s->state)->period;
    uint32_t age = period - 1 - (ahead - 1) % period;
    unsigned long word = fetched_before(s, b, age)[w];

    if (age > 0) {
        word |= fetched_before(s, b, age - 1)[w];
    }
    return word | fetched_before(s, b, age + 1)[w];
}

/*
 * The link's rate, and the least epoch by the first rates.  An epoch tells of it
 * if it had pages to send all the time, and not zeros mostly, which are a few
 * bytes each; and if the one before did, so that buffers were full already.
 */
static void learn_rate(MplmScheduler *s, Foresight *f, int64_t ms)
{
    uint64_t sent = s->stats.dirty_sent + s->stats.nondirty_sent;
    uint64_t bytes = s->bytes - f->bytes;
    bool tells = !s->epoch_waited &&
                 2 * bytes > (sent - f->pages) * PAGE_BYTES;

    if (ms > 0 && f->told && tells) {
        uint64_t rate = bytes * 1000 / ms;

        f->rate = f->rate ? (7 * f->rate + rate) / 8 : rate;
        if (f->rate && f->rates < RATE_KNOWN) {
            f->rates++;
            f->least_ms = s->stats.nondirty_pages * PAGE_BYTES * 1000 /
                          f->rate / EPOCHS;
        }
    }
    f->told = tells;
    f->bytes = s->bytes;
    f->pages = sent;
}

/* How the last fetch compares with those before, and with what was expected */
static void learn_writes(MplmScheduler *s, Foresight *f)
{
    uint64_t stride = stride_of(s), written = 0, expected = 0;
    uint64_t dirtied = 0, covered = 0, chance, before, w;

    for (uint32_t lag = 1; lag < HISTORY - 1 && lag + 1 < s->stats.epochs; lag++) {
        uint64_t same = 0, either = 0;

        before = 0;
        for (uint32_t i = 0; i < s->nblocks; i++) {
            const Block *b = &s->blocks[i];
            const unsigned long *now = fetched_before(s, b, 0);
            const unsigned long *then = fetched_before(s, b, lag);

            for (w = sampled_from(before, stride); w < words_of(b->pages);
                 w += stride) {
                if (now[w] | then[w]) {
                    same += __builtin_popcountl(now[w] & then[w]);
                    either += __builtin_popcountl(now[w] | then[w]);
                }
            }
            before += words_of(b->pages);
        }
        f->same[lag] += 64 * same - f->same[lag] / 8;
        f->either[lag] += 64 * either - f->either[lag] / 8;
    }
    before = 0;
    for (uint32_t i = 0; f->period && i < s->nblocks; i++) {
        const Block *b = &s->blocks[i];
        const unsigned long *now = fetched_before(s, b, 0);

        for (w = sampled_from(before, stride); w < words_of(b->pages);
             w += stride) {
            unsigned long then = fetched_before(s, b, f->period)[w] |
                                 fetched_before(s, b, f->period + 1)[w];

            if (f->period > 1) {
                then |= fetched_before(s, b, f->period - 1)[w];
            }
            written += __builtin_popcountl(now[w]);
            expected += __builtin_popcountl(now[w] & then);
            dirtied += __builtin_popcountl(b->dirtied[w]);
            covered += __builtin_popcountl(b->dirtied[w] & then);
        }
        before += words_of(b->pages);
    }
    chance = dirtied ? written * covered / dirtied : 0;
    f->unlikely += 64 * (written - chance) - f->unlikely / 8;
    f->foreseen += 64 * (expected > chance ? expected - chance : 0) -
                   f->foreseen / 8;
}

/* A longer lag has to be better by 3 %: else it is a multiple of the period. */
static uint32_t find_period(const MplmScheduler *s, const Foresight *f)
{
    uint32_t best = 0;

    for (uint32_t lag = 1; lag < HISTORY - 2 && lag + 3 < s->stats.epochs; lag++) {
        if (f->either[lag] && f->same[lag] &&
            (!best || f->same[lag] * 100.0 / f->either[lag] >
                      f->same[best] * 103.0 / f->either[best])) {
            best = lag;
        }
    }
    return best;
}

/*
 * since[h][j]: sampled pages that are written from epoch j on until a stop h
 * epochs ahead; since[h][0]: these and all that is pending.
 */
typedef uint64_t Since[HORIZON + 1][HORIZON + 1];

static void count_since(const MplmScheduler *s, uint32_t last, Since since)
{
    uint64_t stride = stride_of(s), before = 0;

    memset(since, 0, sizeof(Since));
    for (uint32_t i = 0; i < s->nblocks; i++) {
        const Block *b = &s->blocks[i];

        for (uint64_t w = sampled_from(before, stride);
             w < words_of(b->pages); w += stride) {
            unsigned long expected[HORIZON + 1], any = 0;
            unsigned long pending = b->pending[w] & word_mask(b->pages, w);
            uint64_t left = __builtin_popcountl(pending);

            for (uint32_t j = 1; j <= last; j++) {
                expected[j] = expected_word(s, b, j, w);
                any |= expected[j];
            }
            for (uint32_t h = 1; h <= last; h++) {
                unsigned long word = 0;
                uint64_t n = 0;

                /* most epochs have nothing more: counting is what takes time */
                for (uint32_t j = h; any && j >= 1; j--) {
                    if (expected[j] & ~word) {
                        word |= expected[j];
                        n = __builtin_popcountl(word);
                    }
                    since[h][j] += n;
                }
                since[h][0] += word & ~pending
                    ? __builtin_popcountl(word | pending) : left;
            }
        }
        before += words_of(b->pages);
    }
}

/*
 * The pages that are left at a stop @h epochs ahead, if the link takes @pages
 * of them per epoch.
 */
static double left_at(const uint64_t *since, uint64_t stride, uint32_t h,
                      double pages)
{
    double most = (double)since[0] * stride - h * pages;

    for (uint32_t j = 1; j <= h; j++) {
        double left = (double)since[j] * stride - (h - j + 1) * pages;

        most = left > most ? left : most;
    }
    return most > 0 ? most : 0;
}

/*
 * Plans the stop, in epochs from now.  Its cost is the live stage and twice the
 * downtime, that is the time and the downtime.  Without a stop that pays it is
 * policy "cold": all that was dirtied waits, and the end is that of the set.
 */
static void plan_stop(MplmScheduler *s, Foresight *f, int64_t now_ms,
                      int64_t interval)
{
    double pages = (double)f->rate * interval / 1000 / PAGE_BYTES;
    double left = s->stats.nondirty_pages + s->stats.dirty_pages;
    double passed = (double)(now_ms - s->start_ms) / interval;
    double most, best, best_left;
    /* Once only the dirty set is left, a stop is not put off: it always could be */
    bool anew = s->late_epochs <= 1 || held(s);
    int64_t ahead = f->stop && interval > 0
        ? (f->stop_ms - now_ms + interval / 2) / interval : 0;
    uint32_t last = anew || ahead > HORIZON ? HORIZON : ahead > 0 ? ahead : 0;
    uint64_t sure = f->unlikely ? f->foreseen * 100 / f->unlikely : 0;
    Since since;

    s->forecast = (MplmForecast) { 0 };
    f->stop = 0;
    f->over = !s->stats.nondirty_pages;
    f->sure = f->period && sure >= SURE;
    if (!f->period || pages <= 0 || s->stats.nondirty_pages > pages * HORIZON) {
        return;
    }
    if (anew) {
        f->latest = (passed + left / pages) * interval * 1.05;
    }
    if (f->sure) {
        count_since(s, last, since);
    }
    most = f->latest / interval;
    best = passed + 2 * left / pages;
    best_left = s->stats.dirty_pages;
    for (uint32_t h = 1; h <= last && f->sure; h++) {
        double rest = left_at(since[h], stride_of(s), h, pages);
        double cost = passed + h + 2 * rest / pages;

        if (passed + h + rest / pages <= most && cost < best) {
            best = cost;
            best_left = rest;
            f->stop = h;
            f->over = false;
        }
    }
    f->stop_ms = now_ms + f->stop * interval;
    s->forecast = (MplmForecast) {
        .period_ms = f->period * interval, .confidence = sure,
        .stop_ms = f->stop * interval,
        .downtime_ms = best_left / pages * interval,
    };
}

/*
 * Defers what is expected until the stop; all, if none is planned.  If the stage
 * is held then, with the dirty set at last, what is expected of the next epoch.
 */
static void defer(MplmScheduler *s, const Foresight *f)
{
    bool at_last = !f->stop && held(s) && !s->stats.nondirty_pages;
    uint32_t until = f->stop ? f->stop : at_last && f->sure;
    bool used[HISTORY] = { false };
    uint32_t ages[HISTORY], n = 0;

    /* the fetches that expected_word() looks at, each once */
    for (uint32_t ahead = 1; ahead <= until; ahead++) {
        uint32_t age = f->period - 1 - (ahead - 1) % f->period;

        used[age ? age - 1 : 0] = used[age] = used[age + 1] = true;
    }
    for (uint32_t age = 0; age < HISTORY; age++) {
        if (used[age]) {
            ages[n++] = age;
        }
    }
    for (uint32_t i = 0; i < s->nblocks; i++) {
        Block *b = &s->blocks[i];
        const unsigned long *then[HISTORY];

        for (uint32_t a = 0; a < n; a++) {
            then[a] = fetched_before(s, b, ages[a]);
        }
        for (uint64_t w = 0; w < words_of(b->pages); w++) {
            /* the bit of any other page means nothing until the next fetch */
            unsigned long dirty = b->pending[w] & b->dirtied[w];
            unsigned long word = f->stop || at_last ? 0 : ~0UL;

            for (uint32_t a = 0; a < n && dirty & ~word; a++) {
                word |= then[a][w];
            }
            b->deferred[w] = word;
        }
    }
}

static void foresight_epoch_begin(MplmScheduler *s, int64_t now_ms)
{
    Foresight *f = s->state;
    int64_t interval = now_ms - s->epoch_start;
    int64_t cost = 0;

    if (s->stats.epochs > 1) {
        learn_rate(s, f, interval);
        learn_writes(s, f);
        f->period = find_period(s, f);
        plan_stop(s, f, now_ms, interval);
        /* the lesser of two: one that had to wait for its turn is no measure */
        cost = (f->fetch_ms < s->fetch_ms ? f->fetch_ms : s->fetch_ms) +
               (s->stats.fetched - s->last_fetched) / FAULTS_PER_MS;
        f->fetch_ms = s->fetch_ms;
    }
    defer(s, f);
    cost = 10 * cost > EPOCH_MS ? 10 * cost : EPOCH_MS;
    cost = cost < f->least_ms ? f->least_ms : cost;
    if (f->stop && cost > f->stop * interval) {
        cost = f->stop * interval;
    }
    s->epoch_ms = cost < s->knobs.epoch_ms ? cost : s->knobs.epoch_ms;
}

static MplmEnd foresight_over(const MplmScheduler *s)
{
    const Foresight *f = s->state;
    bool as_cold = !f->stop && !f->sure;   /* the rest would be idle */

    return f->over || (as_cold && !s->stats.nondirty_pages)
        ? MPLM_END_PLANNED : MPLM_END_NONE;
}

const PolicyOps policy_foresight = {
    .name = "foresight",
    .state_size = sizeof(Foresight),
    .history = HISTORY,
    .budget = 2,                     /* half as many page sends again */
    .late_epochs = HORIZON,
    .epoch_begin = foresight_epoch_begin,
    .plan = cold_plan,
    .steps_done = no_steps_done,
    .over = foresight_over,
};

/*
 * Fuzz target: the MPLM scheduler against the paper's text taken page by page,
 * and its caller's duties around it.  The input is the guest (blocks, writes,
 * hints), the clock and the knobs; when it ends, the guest is quiet.
 *
 * Checked: every action and page is the model's; counts are exact; what the
 * destination has in the end is what the source has; page sends are bounded.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mplm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD 64
#define BLOCKS 4
#define PAGES 200
#define WORDS ((PAGES + WORD - 1) / WORD)

#define CHECK(c) do {                                                   \
    if (!(c)) {                                                         \
        fprintf(stderr, "scheduler.c:%d: not so: %s\n", __LINE__, #c);  \
        abort();                                                        \
    }                                                                   \
} while (0)

typedef struct Input {
    const uint8_t *at, *end;
} Input;

static unsigned take(Input *in, unsigned n)
{
    unsigned value = in->at < in->end ? *in->at++ : 0;

    if (n > 256) {
        value = value << 8 | (in->at < in->end ? *in->at++ : 0);
    }
    return value % n;
}

typedef struct Page {
    bool pending, dirtied, logged;
    unsigned source, destination;    /* how often its content was changed */
} Page;

typedef struct Model {
    MplmKnobs knobs;
    unsigned nblocks, pages[BLOCKS];
    Page page[BLOCKS][PAGES];
    unsigned count[2];               /* of non-dirty pages, of dirty pages */
    unsigned block[2], place[2];     /* the pointers */
    unsigned step, dirty_steps;      /* of the batch */
    uint64_t epochs;
    int64_t epoch_end;
    bool stepped, hold, end_now;
} Model;

/* A visit of a pointer; true if its page is in the set */
static bool visit(Model *m, int set, MplmPage *found)
{
    const Page *p;

    while (m->place[set] >= m->pages[m->block[set]]) {
        m->place[set] = 0;
        m->block[set] = (m->block[set] + 1) % m->nblocks;
    }
    p = &m->page[m->block[set]][m->place[set]];
    found->block = m->block[set];
    found->page = m->place[set]++;
    found->dirty = set;
    return p->pending && p->dirtied == set;
}

/* The next page by the paper's text; there is one. */
static void choose(Model *m, MplmPage *page)
{
    bool only_nondirty = m->epochs == 1 && m->knobs.first_epoch_nondirty;

    for (;;) {
        int set = !m->count[0] ? 1 : only_nondirty ? 0
                : m->step < m->dirty_steps;
        bool found;

        if (m->knobs.strict_scan && !m->count[set]) {
            /* the steps of this set in this batch are none */
            m->step = set && m->count[0] ? m->dirty_steps : 0;
            continue;
        }
        do {
            found = visit(m, set, page);
        } while (m->knobs.strict_scan && !found);
        if (++m->step >= m->knobs.batch_pages) {
            m->step = 0;
        }
        if (found) {
            return;
        }
    }
}

static MplmAction decide(Model *m, int64_t now, MplmPage *page)
{
    bool empty = !m->count[0] && !m->count[1];

    if (m->end_now || (!m->count[0] && !m->hold)) {
        return MPLM_STOP;
    }
    if (now >= m->epoch_end && (m->stepped || empty)) {
        return MPLM_FETCH;
    }
    if (empty) {
        return MPLM_WAIT;
    }
    m->stepped = true;
    choose(m, page);
    return MPLM_SEND;
}

static void fetch(Model *m, MplmScheduler *s, Input *in)
{
    for (unsigned b = 0; b < m->nblocks; b++) {
        unsigned long bits[WORDS];
        uint64_t added = 0;

        /* bits behind the end are anything */
        memset(bits, take(in, 2) ? 0xff : 0, sizeof(bits));
        for (unsigned i = 0; i < m->pages[b]; i++) {
            Page *p = &m->page[b][i];

            bits[i / WORD] &= ~(1UL << i % WORD);
            if (p->logged) {
                bits[i / WORD] |= 1UL << i % WORD;
                added += !p->pending;
                m->count[1] += !p->pending || !p->dirtied;
                m->count[0] -= p->pending && !p->dirtied;
                p->pending = p->dirtied = true;
                p->logged = false;
            }
        }
        CHECK(mplm_merge(s, b, bits) == added);
    }
}

static void take_out(Model *m, unsigned long *pending, unsigned b, unsigned i)
{
    Page *p = &m->page[b][i];

    pending[i / WORD] &= ~(1UL << i % WORD);
    m->count[p->dirtied]--;
    p->pending = false;
}

static void guest(Model *m, MplmScheduler *s, Input *in,
                  unsigned long pending[BLOCKS][WORDS])
{
    for (unsigned n = take(in, 8); n && in->at < in->end; n--) {
        unsigned b = take(in, m->nblocks), i;

        if (!m->pages[b]) {
            continue;
        }
        i = take(in, m->pages[b]);
        if (take(in, 16)) {
            m->page[b][i].source++;
            m->page[b][i].logged = true;
        } else {
            /* a hint: nobody reads these pages before they are written again */
            unsigned count = take(in, m->pages[b] - i + 1);

            mplm_discard(s, b, i, count);
            for (unsigned end = i + count; i < end; i++) {
                if (m->page[b][i].pending) {
                    take_out(m, pending[b], b, i);
                }
                m->page[b][i].destination = m->page[b][i].source;
            }
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static Model m;
    static unsigned long pending[BLOCKS][WORDS];
    Input in = { bytes, bytes + size };
    MplmScheduler *s;
    MplmStats stats;
    MplmPage page, expected;
    MplmAction action;
    uint64_t total = 0, sent = 0;
    int64_t now = take(&in, 100);
    bool held;

    memset(&m, 0, sizeof(m));
    memset(pending, 0, sizeof(pending));
    m.knobs = (MplmKnobs) {
        .epoch_ms = 1 + take(&in, 40), .batch_pages = 1 + take(&in, 300),
        .dirty_share = take(&in, 100), .first_epoch_nondirty = take(&in, 2),
        .strict_scan = take(&in, 2),
    };
    m.dirty_steps = m.knobs.batch_pages * m.knobs.dirty_share / 100;
    m.hold = held = take(&in, 4) == 3;
    s = mplm_new(mplm_policy_name(0), &m.knobs);
    CHECK(s);
    mplm_hold(s, m.hold);
    m.nblocks = 1 + take(&in, BLOCKS);
    for (unsigned b = 0; b < m.nblocks; b++) {
        unsigned density = take(&in, 4);

        m.pages[b] = take(&in, PAGES + 1);
        total += m.pages[b];
        for (unsigned i = 0; i < WORDS * WORD; i++) {
            bool on = density == 0 || (density == 1 && i % 7) ||
                      (density == 2 && take(&in, 2));

            pending[b][i / WORD] |= (unsigned long)on << i % WORD;
            if (i < m.pages[b]) {
                m.page[b][i].pending = on;
                m.page[b][i].source = on;
                m.count[0] += on;
            }
        }
        CHECK(mplm_add_block(s, pending[b], m.pages[b]) == (int)b);
    }
    mplm_start(s, now);
    m.epochs = 1;
    m.epoch_end = now + m.knobs.epoch_ms;

    for (;;) {
        mplm_stats(s, &stats);
        CHECK(stats.nondirty_pages == m.count[0] &&
              stats.dirty_pages == m.count[1] && stats.epochs == m.epochs);
        CHECK(mplm_epoch_end(s) == m.epoch_end);
        if (in.at == in.end && m.hold) {
            mplm_hold(s, m.hold = false);
        }
        guest(&m, s, &in, pending);
        now += take(&in, 4) ? 0 : take(&in, 20);
        if (!in.at || (in.at < in.end && take(&in, 200) == 199)) {
            mplm_end_now(s);
            m.end_now = true;
        }
        for (int asked = 0; ; asked++) {
            action = mplm_next(s, now, &page);
            if (action != MPLM_AGAIN) {
                break;
            }
            CHECK(asked < 100);      /* some page is near, in so small a guest */
        }
        CHECK(action == decide(&m, now, &expected));
        if (action == MPLM_STOP) {
            break;
        } else if (action == MPLM_WAIT) {
            CHECK(m.hold);
            now = m.epoch_end;
        } else if (action == MPLM_FETCH) {
            fetch(&m, s, &in);
            mplm_epoch(s, now);
            mplm_planned(s, now);
            m.epoch_end = now + m.knobs.epoch_ms;
            m.stepped = false;
            m.epochs++;
            if (m.epochs == 2 && m.knobs.first_epoch_nondirty) {
                m.step = 0;
            }
        } else {
            Page *p = &m.page[expected.block][expected.page];

            CHECK(page.block == expected.block && page.page == expected.page &&
                  page.dirty == expected.dirty);
            take_out(&m, pending[page.block], page.block, page.page);
            mplm_sent(s, page.block, page.page);
            p->destination = p->source;
            sent++;
        }
    }
    CHECK(held || sent * (m.knobs.batch_pages - m.dirty_steps) <=
          total * m.knobs.batch_pages +
          m.dirty_steps * (m.knobs.batch_pages - m.dirty_steps));

    /* the guest is stopped: the last fetch, then all that is pending */
    fetch(&m, s, &in);
    for (unsigned b = 0; b < m.nblocks; b++) {
        for (unsigned i = 0; i < m.pages[b]; i++) {
            Page *p = &m.page[b][i];

            if (pending[b][i / WORD] >> i % WORD & 1) {
                take_out(&m, pending[b], b, i);
                mplm_sent(s, b, i);
                p->destination = p->source;
            }
            CHECK(p->destination == p->source);
        }
    }
    mplm_stats(s, &stats);
    CHECK(!stats.nondirty_pages && !stats.dirty_pages);
    mplm_free(s);
    return 0;
}

/*
 * MPLM page scheduler: the simulator's loop over it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "drive.h"

#define BITS_PER_WORD (sizeof(unsigned long) * 8)
#define PS_PER_MS 1000000000

static inline int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

MplmAction mplm_drive(MplmScheduler *s, unsigned long *pending,
                      const unsigned long *used, MplmDrive *d, int64_t *log)
{
    d->log_pages = 0;
    while (d->now < d->until && (!d->log_room || d->log_pages < d->log_room)) {
        MplmPage page;
        MplmAction action = mplm_next(s, d->now / PS_PER_MS, &page);
        uint64_t word;
        bool zero;

        if (action == MPLM_AGAIN) {
            continue;
        }
        if (action != MPLM_SEND) {
            return action;
        }
        word = page.page / BITS_PER_WORD;
        zero = !(used[word] >> (page.page % BITS_PER_WORD) & 1);
        if (d->log_room) {
            log[2 * d->log_pages] = page.page;
            log[2 * d->log_pages++ + 1] = d->now;
        }
        pending[word] &= ~(1UL << (page.page % BITS_PER_WORD));
        mplm_sent(s, page.block, page.page);
        d->now += d->work;
        d->link = later(d->link, d->now) + (zero ? d->zero_page : d->page);
        d->now = later(d->now, d->link - d->ahead);
        d->pages++;
        d->zero_pages += zero;
    }
    return MPLM_AGAIN;
}

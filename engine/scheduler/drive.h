/*
 * A caller of the MPLM scheduler for simulations: it sends page after page over
 * a link on which a page takes a known time, so that one call from Java is
 * good for a whole epoch.  Not part of QEMU.
 *
 * The sender works on a page, then puts it on the link, and may be ahead of the
 * link by as much as buffers hold:
 *
 *   sender |w|w|w|w|...blocked...|w|.....|w|      w: work on a page
 *   link     |--page--|--page--|--page--|--page--|
 *                               <-ahead->
 *
 * All times are picoseconds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPLM_DRIVE_H
#define MPLM_DRIVE_H

#include "mplm.h"

typedef struct MplmDrive {
    int64_t now;                     /* the sender's clock */
    int64_t link;                    /* when the link has sent all it has */
    int64_t until;                   /* no page is begun at or after this */
    int64_t work;                    /* the sender's time for a page */
    int64_t page;                    /* the link's time for a page */
    int64_t zero_page;               /* the link's time for a zero page */
    int64_t ahead;                   /* how far the sender may be ahead */
    uint64_t pages;                  /* sent, zero pages among them */
    uint64_t zero_pages;             /* sent */
    uint64_t log_pages;              /* in the log */
    uint64_t log_room;               /* of the log, in pages; 0: no log */
} MplmDrive;

/*
 * Sends the pages that the scheduler picks from its only block, until it wants
 * something else, which is returned, or MPLM_AGAIN when @until is reached or
 * the log is full.  @pending is the block's bitmap, @used has a bit for every
 * page that is not a zero page, @log receives two numbers per page: which, and
 * when the sender began with it.
 */
MplmAction mplm_drive(MplmScheduler *s, unsigned long *pending,
                      const unsigned long *used, MplmDrive *d, int64_t *log);

#endif

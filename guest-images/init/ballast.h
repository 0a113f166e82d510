/*
 * The guest's idle memory: what a program's memory is a part of.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BALLAST_H
#define BALLAST_H

/*
 * Fill so many MiB with random bytes, of which no page is zero or like another,
 * and keep them for ever; a child process gets no copy. Records `ballast`.
 * Returns 0, or 2 after an error record when there is not so much memory.
 */
int ballast_fill(long mib);

#endif

/*
 * Records: what the guest tells, one line of text each, on standard output.
 *
 *   @mplm KIND key=value ... t=12.345678 sum=0a1b2c3d
 *
 * t is the guest's CLOCK_MONOTONIC in seconds, sum the CRC-32 of the line up to
 * the space before it, in hexadecimal. A record leaves in one write(),
 * so records of several processes on one terminal do not mix. Values have no
 * spaces, or stand in double quotes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RECORD_H
#define RECORD_H

/* CLOCK_MONOTONIC, in seconds. */
double seconds(void);

/* Emit "@mplm " + the formatted text + " t=... sum=..."; at most 400
 * characters. */
__attribute__((format(printf, 1, 2))) void record(const char *format, ...);

/*
 * Emit the record `error message="..."` for wrong input. Returns 2, the exit
 * status that goes with it.
 */
__attribute__((format(printf, 1, 2))) int record_error(const char *format, ...);

/*
 * The whole of text as a decimal number from low to high into *value.
 * Returns 0, or -1 if it is none.
 */
int parse_number(const char *text, long low, long high, long *value);

#endif

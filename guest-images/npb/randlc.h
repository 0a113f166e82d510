/*
 * The pseudo-random numbers of the NAS benchmarks: RNR-94-007, section 2.3.
 *
 *   x(k+1) = a x(k) mod 2^46,   value = x(k) 2^-46, in (0, 1)
 *
 * The report does this in double precision, in two halves, because it had to.
 * 2^46 divides 2^64, so one wrapping 64-bit product gives the same bits.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RANDLC_H
#define RANDLC_H

#include <stdint.h>

#define RANDLC_A    UINT64_C(1220703125)   /* 5^13 */
#define RANDLC_SEED UINT64_C(314159265)
#define RANDLC_MASK ((UINT64_C(1) << 46) - 1)

/* Advance *x by one step of multiplier a and return its value in (0, 1). */
static inline double randlc(uint64_t *x, uint64_t a)
{
    *x = *x * a & RANDLC_MASK;
    return *x * 0x1p-46;
}

/* a^n mod 2^46: randlc() with this multiplier jumps n steps of a. */
static inline uint64_t randlc_power(uint64_t a, uint64_t n)
{
    uint64_t power = 1;

    for (; n; n >>= 1) {
        if (n & 1) {
            power = power * a & RANDLC_MASK;
        }
        a = a * a & RANDLC_MASK;
    }
    return power;
}

#endif

/*
 * Lines of points, taken LANES at a time: the solvers' inner loops work on
 * neighbouring lines that have no bearing on each other, one in each lane of a
 * vector. It makes no difference to a line's numbers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CFD_LINES_H
#define CFD_LINES_H

#include "cfd/cfd.h"

/* What a vector of the baseline instruction set holds. */
#define LANES 2
typedef double Lanes __attribute__((vector_size(LANES * sizeof(double))));

/* Some lines along a direction, by the indices of their points. */
typedef struct Lines {
    size_t start;               /* of the first line's first point */
    size_t along;               /* from point to point of a line */
    size_t apart;               /* from line to line */
} Lines;

/* The same values in all lanes. */
static inline Lanes all_lanes(double value)
{
    return (Lanes) { value, value };
}

/* A field at point i of each line. */
static inline Lanes load(const double *field, const Lines *lines, int i)
{
    const double *at = field + lines->start + i * lines->along;

    return (Lanes) { at[0], at[lines->apart] };
}

/* A component of a vector field at point i of each line. */
static inline Lanes load5(double (*field)[5], const Lines *lines, int i, int m)
{
    double (*at)[5] = field + lines->start + i * lines->along;

    return (Lanes) { at[0][m], at[lines->apart][m] };
}

static inline void store5(double (*field)[5], const Lines *lines, int i, int m,
                          Lanes value)
{
    double (*at)[5] = field + lines->start + i * lines->along;

    at[0][m] = value[0];
    at[lines->apart][m] = value[1];
}

typedef void SolveLines(const Grid *g, int direction, const Lines *lines);

/* Solve all inner lines of a direction. Their number is even. */
static inline void sweep(const Grid *g, int direction, SolveLines *solve)
{
    /* Planes for the threads; then in them neighbours as near as can be. */
    const size_t plane = g->stride[direction == 2 ? 1 : 2];
    const size_t across = g->stride[direction == 0 ? 1 : 0];

    #pragma omp parallel for
    for (int p = 1; p < g->n - 1; p++) {
        for (int q = 1; q < g->n - 1; q += LANES) {
            const Lines lines = {
                p * plane + q * across, g->stride[direction], across,
            };

            solve(g, direction, &lines);
        }
    }
}

#endif

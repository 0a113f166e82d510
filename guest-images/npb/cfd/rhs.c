/*
 * The right-hand side K u + forcing: see cfd.h and RNR-94-007, section 3.
 *
 * K is a sum over the three directions of
 *
 *   - convection     central differences of the flux        t2
 *   - viscosity      second differences of the velocities   t1
 *   - diffusion      second differences of u                t1
 *   - dissipation    fourth differences of u
 *
 * It is taken a row of points (along x) at a time, so that a row's sum stays in
 * the cache.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <math.h>
#include <string.h>

#include "cfd/cfd.h"

/* The fields that follow from u, at all points. */
static void compute_fields(Grid *g)
{
    int n = g->n;

    #pragma omp parallel for
    for (int k = 0; k < n; k++) {
        for (int j = 0; j < n; j++) {
            size_t row = j * g->stride[1] + k * g->stride[2];

            for (size_t at = row; at < row + n; at++) {
                const double *u = g->u[at];
                double rho_i = 1.0 / u[0];
                double square = 0.5 * rho_i *
                    (u[1] * u[1] + u[2] * u[2] + u[3] * u[3]);

                g->rho_i[at] = rho_i;
                g->velocity[0][at] = u[1] * rho_i;
                g->velocity[1][at] = u[2] * rho_i;
                g->velocity[2][at] = u[3] * rho_i;
                g->square[at] = square;
                g->qs[at] = square * rho_i;
                if (g->speed) {
                    g->speed[at] = sqrt(C1 * C2 * rho_i * (u[4] - square));
                }
            }
        }
    }
}

/*
 * Add diffusion and dissipation to `count` points from `at` on, which all are
 * at this position along the direction, or at one with the same weights. They
 * treat all components alike.
 */
static void add_linear(const Grid *g, int direction, int position, size_t at,
                       int count, double *restrict out)
{
    const double *fourth = fourth_difference(position, g->n);
    double d = diffusion[direction] * g->t1;
    double w0 = -DSSP * fourth[0], w1 = d - DSSP * fourth[1];
    double w2 = -2 * d - DSSP * fourth[2];
    double w3 = d - DSSP * fourth[3], w4 = -DSSP * fourth[4];
    ptrdiff_t s = g->stride[direction];
    const double *u = g->u[at];
    const double *u1 = g->u[at - s], *u3 = g->u[at + s];
    const double *u0 = fourth[0] != 0 ? g->u[at - 2 * s] : u;
    const double *u4 = fourth[4] != 0 ? g->u[at + 2 * s] : u;

    #pragma omp simd
    for (int q = 0; q < 5 * count; q++) {
        out[q] += w0 * u0[q] + w1 * u1[q] + w2 * u[q] + w3 * u3[q] +
                  w4 * u4[q];
    }
}

/* Add convection and viscosity to `count` points from `at` on. */
static void add_fluxes(const Grid *g, int direction, size_t at, int count,
                       double (*restrict out)[5])
{
    const int along = momentum(direction);
    const int across1 = momentum(direction + 1);
    const int across2 = momentum(direction + 2);
    const double *v = g->velocity[direction];
    const double *v1 = g->velocity[(direction + 1) % 3];
    const double *v2 = g->velocity[(direction + 2) % 3];
    const double *rho_i = g->rho_i, *square = g->square, *qs = g->qs;
    double t2 = g->t2;
    double con2 = C3C4 * g->t1;             /* the report's xxcon2 .. 5 */
    double con3 = C3C4 * (1.0 - C1C5) * g->t1;
    double con4 = C3C4 / 6.0 * g->t1;
    double con5 = C3C4 * C1C5 * g->t1;

    for (int i = 0; i < count; i++) {
        size_t c = at + i, l = c - g->stride[direction];
        size_t h = c + g->stride[direction];
        const double *uc = g->u[c], *ul = g->u[l], *uh = g->u[h];

        out[i][0] -= t2 * (uh[along] - ul[along]);
        out[i][along] += con2 * CON43 * (v[h] - 2.0 * v[c] + v[l]) -
            t2 * (uh[along] * v[h] - ul[along] * v[l] +
                  C2 * (uh[4] - square[h] - ul[4] + square[l]));
        out[i][across1] += con2 * (v1[h] - 2.0 * v1[c] + v1[l]) -
            t2 * (uh[across1] * v[h] - ul[across1] * v[l]);
        out[i][across2] += con2 * (v2[h] - 2.0 * v2[c] + v2[l]) -
            t2 * (uh[across2] * v[h] - ul[across2] * v[l]);
        out[i][4] += con3 * (qs[h] - 2.0 * qs[c] + qs[l]) +
            con4 * (v[h] * v[h] - 2.0 * v[c] * v[c] + v[l] * v[l]) +
            con5 * (uh[4] * rho_i[h] - 2.0 * uc[4] * rho_i[c] +
                    ul[4] * rho_i[l]) -
            t2 * ((C1 * uh[4] - C2 * square[h]) * v[h] -
                  (C1 * ul[4] - C2 * square[l]) * v[l]);
    }
}

/* out = scale (K u + source) at the inner points; out may be source. */
static void add_operator(Grid *g, double scale, double (*source)[5],
                         double (*out)[5])
{
    int n = g->n;

    compute_fields(g);
    #pragma omp parallel for
    for (int k = 1; k < n - 1; k++) {
        double sum[n - 2][5];

        for (int j = 1; j < n - 1; j++) {
            size_t row = 1 + j * g->stride[1] + k * g->stride[2];
            const double *summed = sum[0];
            double *result = out[row];

            memcpy(sum, source[row], sizeof(sum));
            add_linear(g, 0, 1, row, 1, sum[0]);
            add_linear(g, 0, 2, row + 1, 1, sum[1]);
            add_linear(g, 0, 3, row + 2, n - 6, sum[2]);
            add_linear(g, 0, n - 3, row + n - 4, 1, sum[n - 4]);
            add_linear(g, 0, n - 2, row + n - 3, 1, sum[n - 3]);
            add_linear(g, 1, j, row, n - 2, sum[0]);
            add_linear(g, 2, k, row, n - 2, sum[0]);
            for (int direction = 0; direction < 3; direction++) {
                add_fluxes(g, direction, row, n - 2, sum);
            }
            for (int q = 0; q < 5 * (n - 2); q++) {
                result[q] = scale * summed[q];
            }
        }
    }
}

void compute_rhs(Grid *g)
{
    add_operator(g, g->dt, g->forcing, g->rhs);
}

void exact_rhs(Grid *g)
{
    int n = g->n;

    #pragma omp parallel for
    for (int k = 0; k < n; k++) {
        for (int j = 0; j < n; j++) {
            for (int i = 0; i < n; i++) {
                exact_solution(i / (n - 1.0), j / (n - 1.0), k / (n - 1.0),
                               g->u[i + j * g->stride[1] + k * g->stride[2]]);
            }
        }
    }
    memset(g->forcing, 0, g->points * sizeof(*g->forcing));
    add_operator(g, -1.0, g->forcing, g->forcing);
}

void add(Grid *g)
{
    int n = g->n;

    #pragma omp parallel for
    for (int k = 1; k < n - 1; k++) {
        for (int j = 1; j < n - 1; j++) {
            size_t row = 1 + j * g->stride[1] + k * g->stride[2];
            double *u = g->u[row];
            const double *rhs = g->rhs[row];

            for (int q = 0; q < 5 * (n - 2); q++) {
                u[q] += rhs[q];
            }
        }
    }
}

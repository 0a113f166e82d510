/*
 * BT: the implicit step of the simulated CFD application by block tridiagonal
 * systems of 5 x 5 blocks. Written from RNR-94-007, section 3; functions carry
 * the names of the NPB notes. What it shares with SP is in cfd/.
 *
 * Point i of a line has the row
 *
 *   A r(i-1) + B r(i) + C r(i+1) = rhs(i)
 *
 *   A = -dt t2 F(i-1) - dt t1 (N(i-1) + d I)
 *   B =    I    +   2 dt t1 (N(i) + d I)
 *   C =  dt t2 F(i+1) - dt t1 (N(i+1) + d I)
 *
 * of the Jacobians F of the flux and N of the viscous terms. The momentum along
 * the line is taken as component 1, so that the blocks look the same in each
 * direction.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "cfd/lines.h"

#define C1345 (C1 * C3 * C4 * C5)

typedef Lanes Block[5][5];

static const CfdClass classes[] = {
#include "bt-classes.inc"
};

/*
 * By direction, which components of u are density, momentum along the line and
 * across it, and energy: component m of a line is component order[m] of u.
 */
typedef int Order[5];

/* Jacobians of flux and viscous terms at point i. */
static inline void jacobians(const Grid *g, const Lines *lines,
                             const int *order, int i, Block f, Block v)
{
    Lanes u[5];
    Lanes rho_i = load(g->rho_i, lines, i), qs = load(g->qs, lines, i);
    const Lanes zero = all_lanes(0), one = all_lanes(1);

    for (int m = 0; m < 5; m++) {
        u[m] = load5(g->u, lines, i, order[m]);
    }
    /* Velocities, and the total energy by mass. */
    const Lanes a = u[1] * rho_i, b = u[2] * rho_i, c = u[3] * rho_i;
    const Lanes e = u[4] * rho_i;
    const Block flux = {
        { zero, one, zero, zero, zero },
        { C2 * qs - a * a, (2.0 - C2) * a, -C2 * b, -C2 * c, all_lanes(C2) },
        { -a * b, b, a, zero, zero },
        { -a * c, c, zero, a, zero },
        { (2.0 * C2 * qs - C1 * e) * a, C1 * e - C2 * (a * a + qs),
          -C2 * a * b, -C2 * a * c, C1 * a },
    };
    const double along = CON43 * C3C4, across = C3C4;
    const Block viscous = {
        { zero, zero, zero, zero, zero },
        { -along * a * rho_i, along * rho_i, zero, zero, zero },
        { -across * b * rho_i, zero, across * rho_i, zero, zero },
        { -across * c * rho_i, zero, zero, across * rho_i, zero },
        { (-(along - C1345) * a * a - (across - C1345) * (b * b + c * c) -
           C1345 * e) * rho_i,
          (along - C1345) * a * rho_i, (across - C1345) * b * rho_i,
          (across - C1345) * c * rho_i, C1345 * rho_i },
    };

    memcpy(f, flux, sizeof(flux));
    memcpy(v, viscous, sizeof(viscous));
}

/* r -= a x */
static inline void matvec_sub(Block a, const Lanes *x, Lanes *r)
{
    for (int m = 0; m < 5; m++) {
        for (int p = 0; p < 5; p++) {
            r[m] -= a[m][p] * x[p];
        }
    }
}

/* b -= a c */
static inline void matmul_sub(Block a, Block c, Block b)
{
    for (int m = 0; m < 5; m++) {
        for (int q = 0; q < 5; q++) {
            for (int p = 0; p < 5; p++) {
                b[m][q] -= a[m][p] * c[p][q];
            }
        }
    }
}

/* c = b^-1 c, r = b^-1 r, by Gauss and Jordan without pivoting; spoils b. */
static inline void binvcrhs(Block b, Block c, Lanes *r)
{
    #pragma GCC unroll 5
    for (int p = 0; p < 5; p++) {
        Lanes pivot = 1.0 / b[p][p];

        #pragma GCC unroll 5
        for (int q = p + 1; q < 5; q++) {
            b[p][q] *= pivot;
        }
        for (int q = 0; q < 5; q++) {
            c[p][q] *= pivot;
        }
        r[p] *= pivot;
        #pragma GCC unroll 5
        for (int m = 0; m < 5; m++) {
            Lanes coefficient = b[m][p];

            if (m == p) {
                continue;
            }
            #pragma GCC unroll 5
            for (int q = p + 1; q < 5; q++) {
                b[m][q] -= coefficient * b[p][q];
            }
            for (int q = 0; q < 5; q++) {
                c[m][q] -= coefficient * c[p][q];
            }
            r[m] -= coefficient * r[p];
        }
    }
}

/* Block elimination along lines: row i is left as r(i) + C r(i+1) = r. */
static inline void solve_lines(const Grid *g, int direction,
                               const Lines *lines)
{
    const int n = g->n;
    const Order order = { 0, momentum(direction), momentum(direction + 1),
                          momentum(direction + 2), 4 };
    const double dtt1 = g->dt * g->t1, dtt2 = g->dt * g->t2;
    const double d = dtt1 * diffusion[direction];
    Block c[n], f[3], v[3];             /* f, v: of points i - 1 .. i + 1 */
    Lanes r[n][5];

    /* On the boundary r is 0. */
    for (int m = 0; m < 5; m++) {
        r[0][m] = r[n - 1][m] = all_lanes(0);
        for (int p = 0; p < 5; p++) {
            c[0][m][p] = all_lanes(0);
        }
    }
    jacobians(g, lines, order, 0, f[0], v[0]);
    jacobians(g, lines, order, 1, f[1], v[1]);
    for (int i = 1; i < n - 1; i++) {
        int before = (i - 1) % 3, here = i % 3, after = (i + 1) % 3;
        Block a, b;

        jacobians(g, lines, order, i + 1, f[after], v[after]);
        for (int m = 0; m < 5; m++) {
            for (int p = 0; p < 5; p++) {
                a[m][p] = -dtt2 * f[before][m][p] - dtt1 * v[before][m][p];
                b[m][p] = 2.0 * dtt1 * v[here][m][p];
                c[i][m][p] = dtt2 * f[after][m][p] - dtt1 * v[after][m][p];
            }
            a[m][m] -= d;
            b[m][m] += 1.0 + 2.0 * d;
            c[i][m][m] -= d;
            r[i][m] = load5(g->rhs, lines, i, order[m]);
        }
        matvec_sub(a, r[i - 1], r[i]);
        matmul_sub(a, c[i - 1], b);
        binvcrhs(b, c[i], r[i]);
    }
    for (int i = n - 2; i > 0; i--) {
        matvec_sub(c[i], r[i + 1], r[i]);
        for (int m = 0; m < 5; m++) {
            store5(g->rhs, lines, i, order[m], r[i][m]);
        }
    }
}

static void x_solve(const Grid *g)
{
    sweep(g, 0, solve_lines);
}

static void y_solve(const Grid *g)
{
    sweep(g, 1, solve_lines);
}

static void z_solve(const Grid *g)
{
    sweep(g, 2, solve_lines);
}

static void solve(Grid *g)
{
    x_solve(g);
    y_solve(g);
    z_solve(g);
}

static double operations_per_step(double n)
{
    return 3478.8 * n * n * n - 17655.7 * n * n + 28023.7 * n;
}

int main(int argc, char **argv)
{
    static const CfdProgram bt = {
        .name = "BT", .classes = classes,
        .count = sizeof(classes) / sizeof(classes[0]), .needs_speed = false,
        .operations_per_step = operations_per_step, .solve = solve,
    };

    return cfd_main(&bt, argc, argv);
}

/*
 * The exact solution, the initial state made of it, and norms: see cfd.h and
 * RNR-94-007, section 3.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <math.h>

#include "cfd/cfd.h"

/*
 * The report's table C: a polynomial without mixed terms for each component.
 * Its constant, then the coefficients of x, y, z to the powers 1 to 4.
 */
static const double ce[5][13] = {
    { 2.0, 0.0, 0.0, 4.0, 5.0, 3.0, 0.5, 0.02, 0.01, 0.03, 0.5, 0.4, 0.3 },
    { 1.0, 0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 0.01, 0.03, 0.02, 0.4, 0.3, 0.5 },
    { 2.0, 2.0, 0.0, 0.0, 0.0, 2.0, 3.0, 0.04, 0.03, 0.05, 0.3, 0.5, 0.4 },
    { 2.0, 2.0, 0.0, 0.0, 0.0, 2.0, 3.0, 0.03, 0.05, 0.04, 0.2, 0.1, 0.3 },
    { 5.0, 4.0, 3.0, 2.0, 0.1, 0.4, 0.3, 0.05, 0.04, 0.03, 0.1, 0.3, 0.2 },
};

/* The part of the polynomial in one variable: first is its linear term. */
static double powers(double x, const double *first)
{
    return x * (first[0] + x * (first[3] + x * (first[6] + x * first[9])));
}

void exact_solution(double xi, double eta, double zeta, double *u)
{
    for (int m = 0; m < 5; m++) {
        u[m] = ce[m][0] + powers(xi, ce[m] + 1) + powers(eta, ce[m] + 2) +
               powers(zeta, ce[m] + 3);
    }
}

/* The exact solution on both faces across a direction, blended at x. */
static void blend(const double *at, int direction, double *u)
{
    double ends[2][5], x = at[direction];

    for (int end = 0; end < 2; end++) {
        double on[3] = { at[0], at[1], at[2] };

        on[direction] = end;
        exact_solution(on[0], on[1], on[2], ends[end]);
    }
    for (int m = 0; m < 5; m++) {
        u[m] = x * ends[1][m] + (1.0 - x) * ends[0][m];
    }
}

/* Inside, "transfinite" interpolation of the boundary, as the report has it. */
void initialize(Grid *g)
{
    int n = g->n;

    #pragma omp parallel for
    for (int k = 0; k < n; k++) {
        for (int j = 0; j < n; j++) {
            for (int i = 0; i < n; i++) {
                double at[3] = { i / (n - 1.0), j / (n - 1.0), k / (n - 1.0) };
                double *u = g->u[i + j * g->stride[1] + k * g->stride[2]];
                double x[5], y[5], z[5];

                if (i == 0 || i == n - 1 || j == 0 || j == n - 1 || k == 0 ||
                    k == n - 1) {
                    exact_solution(at[0], at[1], at[2], u);
                    continue;
                }
                blend(at, 0, x);
                blend(at, 1, y);
                blend(at, 2, z);
                for (int m = 0; m < 5; m++) {
                    u[m] = x[m] + y[m] + z[m] - x[m] * y[m] - x[m] * z[m] -
                           y[m] * z[m] + x[m] * y[m] * z[m];
                }
            }
        }
    }
}

/* sum is by plane; both norms divide by the interior points. */
static void root_mean(const Grid *g, double sum[][5], double *rms)
{
    double inner = g->n - 2;

    for (int m = 0; m < 5; m++) {
        double total = 0;

        for (int k = 0; k < g->n; k++) {
            total += sum[k][m];
        }
        rms[m] = sqrt(total / (inner * inner * inner));
    }
}

void error_norm(const Grid *g, double *rms)
{
    int n = g->n;
    double sum[n][5];

    #pragma omp parallel for
    for (int k = 0; k < n; k++) {
        for (int m = 0; m < 5; m++) {
            sum[k][m] = 0;
        }
        for (int j = 0; j < n; j++) {
            for (int i = 0; i < n; i++) {
                const double *u =
                    g->u[i + j * g->stride[1] + k * g->stride[2]];
                double exact[5];

                exact_solution(i / (n - 1.0), j / (n - 1.0), k / (n - 1.0),
                               exact);
                for (int m = 0; m < 5; m++) {
                    sum[k][m] += (u[m] - exact[m]) * (u[m] - exact[m]);
                }
            }
        }
    }
    root_mean(g, sum, rms);
}

void rhs_norm(const Grid *g, double *rms)
{
    int n = g->n;
    double sum[n][5];

    #pragma omp parallel for
    for (int k = 0; k < n; k++) {
        for (int m = 0; m < 5; m++) {
            sum[k][m] = 0;
        }
        /* rhs is 0 on the boundary. */
        for (int j = 0; j < n; j++) {
            for (int i = 0; i < n; i++) {
                const double *rhs =
                    g->rhs[i + j * g->stride[1] + k * g->stride[2]];

                for (int m = 0; m < 5; m++) {
                    sum[k][m] += rhs[m] * rhs[m];
                }
            }
        }
    }
    root_mean(g, sum, rms);
}

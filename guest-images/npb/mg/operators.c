/*
 * The operators of MG: see operators.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "operators.h"

#include <math.h>
#include <string.h>

/* The discrete Laplacian A. Its face coefficient is 0 and is left out below. */
static const double laplacian[4] = { -8.0 / 3, 0.0, 1.0 / 6, 1.0 / 12 };

void zero3(int n, double g[][n + 2][n + 2])
{
    #pragma omp parallel for if (n > SERIAL_EDGE)
    for (int i3 = 0; i3 <= n + 1; i3++) {
        memset(g[i3], 0, sizeof(g[i3]));
    }
}

void comm3(int n, double g[][n + 2][n + 2])
{
    #pragma omp parallel for if (n > SERIAL_EDGE)
    for (int i3 = 1; i3 <= n; i3++) {
        for (int i2 = 1; i2 <= n; i2++) {
            g[i3][i2][0] = g[i3][i2][n];
            g[i3][i2][n + 1] = g[i3][i2][1];
        }
        memcpy(g[i3][0], g[i3][n], sizeof(g[i3][0]));
        memcpy(g[i3][n + 1], g[i3][1], sizeof(g[i3][0]));
    }
    memcpy(g[0], g[n], sizeof(g[0]));
    memcpy(g[n + 1], g[1], sizeof(g[0]));
}

/*
 * Sums over the four neighbours of line (i3, i2) at distance 1 and the four at
 * distance 2 (diagonal), which the stencils use three times each.
 */
static inline void line_sums(int n, double g[][n + 2][n + 2], int i3, int i2,
                             double *restrict near, double *restrict far)
{
    #pragma omp simd
    for (int i1 = 0; i1 <= n + 1; i1++) {
        near[i1] = g[i3][i2 - 1][i1] + g[i3][i2 + 1][i1] +
                   g[i3 - 1][i2][i1] + g[i3 + 1][i2][i1];
        far[i1] = g[i3 - 1][i2 - 1][i1] + g[i3 - 1][i2 + 1][i1] +
                  g[i3 + 1][i2 - 1][i1] + g[i3 + 1][i2 + 1][i1];
    }
}

void resid(int n, double u[][n + 2][n + 2], double v[][n + 2][n + 2],
           double r[][n + 2][n + 2])
{
    const double *a = laplacian;

    #pragma omp parallel for if (n > SERIAL_EDGE)
    for (int i3 = 1; i3 <= n; i3++) {
        double near[n + 2], far[n + 2];

        for (int i2 = 1; i2 <= n; i2++) {
            line_sums(n, u, i3, i2, near, far);
            #pragma omp simd
            for (int i1 = 1; i1 <= n; i1++) {
                r[i3][i2][i1] = v[i3][i2][i1] - a[0] * u[i3][i2][i1] -
                    a[2] * (far[i1] + near[i1 - 1] + near[i1 + 1]) -
                    a[3] * (far[i1 - 1] + far[i1 + 1]);
            }
        }
    }
    comm3(n, r);
}

void psinv(int n, double r[][n + 2][n + 2], double u[][n + 2][n + 2],
           const double *c)
{
    #pragma omp parallel for if (n > SERIAL_EDGE)
    for (int i3 = 1; i3 <= n; i3++) {
        double near[n + 2], far[n + 2];

        for (int i2 = 1; i2 <= n; i2++) {
            line_sums(n, r, i3, i2, near, far);
            #pragma omp simd
            for (int i1 = 1; i1 <= n; i1++) {
                u[i3][i2][i1] += c[0] * r[i3][i2][i1] +
                    c[1] * (r[i3][i2][i1 - 1] + r[i3][i2][i1 + 1] + near[i1]) +
                    c[2] * (far[i1] + near[i1 - 1] + near[i1 + 1]);
            }
        }
    }
    comm3(n, u);
}

/* P has the weights 1/2, 1/4, 1/8, 1/16. */
void rprj3(int n, double r[][2 * n + 2][2 * n + 2], double s[][n + 2][n + 2])
{
    #pragma omp parallel for if (n > SERIAL_EDGE)
    for (int j3 = 1; j3 <= n; j3++) {
        double near[2 * n + 2], far[2 * n + 2];

        for (int j2 = 1; j2 <= n; j2++) {
            const double *at = r[2 * j3][2 * j2];

            line_sums(2 * n, r, 2 * j3, 2 * j2, near, far);
            for (int j1 = 1; j1 <= n; j1++) {
                int i = 2 * j1;

                s[j3][j2][j1] = 0.5 * at[i] +
                    0.25 * (at[i - 1] + at[i + 1] + near[i]) +
                    0.125 * (far[i] + near[i - 1] + near[i + 1]) +
                    0.0625 * (far[i - 1] + far[i + 1]);
            }
        }
    }
    comm3(n, s);
}

/*
 * Q is trilinear. Fine points 0 .. 2 n + 1 come from coarse ones 0 .. n + 1, so
 * the copies around u stay right.
 */
void interp(int n, double z[][n + 2][n + 2],
            double u[][2 * n + 2][2 * n + 2])
{
    #pragma omp parallel for if (n > SERIAL_EDGE)
    for (int i3 = 0; i3 <= 2 * n + 1; i3++) {
        int low3 = i3 / 2, high3 = (i3 + 1) / 2;
        double mean[n + 2];

        for (int i2 = 0; i2 <= 2 * n + 1; i2++) {
            int low2 = i2 / 2, high2 = (i2 + 1) / 2;

            #pragma omp simd
            for (int j = 0; j <= n + 1; j++) {
                mean[j] = 0.25 * (z[low3][low2][j] + z[low3][high2][j] +
                                  z[high3][low2][j] + z[high3][high2][j]);
            }
            for (int j = 0; j <= n; j++) {
                u[i3][i2][2 * j] += mean[j];
                u[i3][i2][2 * j + 1] += 0.5 * (mean[j] + mean[j + 1]);
            }
        }
    }
}

double norm2u3(int n, double r[][n + 2][n + 2])
{
    double planes[n + 1], sum = 0;

    #pragma omp parallel for
    for (int i3 = 1; i3 <= n; i3++) {
        double plane = 0;

        for (int i2 = 1; i2 <= n; i2++) {
            for (int i1 = 1; i1 <= n; i1++) {
                plane += r[i3][i2][i1] * r[i3][i2][i1];
            }
        }
        planes[i3] = plane;
    }
    for (int i3 = 1; i3 <= n; i3++) {
        sum += planes[i3];
    }
    return sqrt(sum / ((double)n * n * n));
}

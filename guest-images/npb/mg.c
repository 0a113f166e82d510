/*
 * MG: V-cycles of multigrid for the Poisson equation  A u = v  on a periodic
 * cube of n^3 points. Written from RNR-94-007, section 2.4; functions carry the
 * names of the NPB notes.
 *
 *   r = v - A u             resid      one iteration:
 *   M r: V-cycle            mg3P         u += M r
 *   u += S r (smooth)       psinv        r = v - A u
 *   r' = P r (coarsen)      rprj3      result: sqrt(sum r^2 / n^3)
 *   u += Q u' (refine)      interp
 *
 *   level lt  n^3 points  r ---P--> r          u --Q--> u    (then resid, psinv)
 *         ..                 r ---P--> r    u --Q--> u
 *         1   2^3 points                  r,u
 *
 * Each operator is a 27-point stencil with one coefficient a distance class:
 * [0] the point, [1] 6 faces, [2] 12 edges, [3] 8 corners.
 *
 * A grid of n^3 points is stored as (n + 2)^3, indices 0 .. n + 1 with a layer
 * of copies around it (comm3) that makes the cube periodic. Point j of a coarse
 * grid lies on point 2 j of the next finer one. u and r hold all levels, v the
 * finest; these arrays are what the benchmark writes, so none is merged away.
 *
 * Results do not depend on the number of threads, bit by bit: threads share
 * planes, and the norm is summed plane by plane.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "benchmark.h"
#include "randlc.h"

#define MAX_LEVELS 10

/* Grids up to this edge are left to one thread: waking others costs more. */
#define SERIAL_EDGE 8

/* Number of charges of either sign in v. */
#define CHARGES 10

typedef struct MgClass {
    char name;
    int grid;
    long iterations;
    long memory_mib;
    double smoother[4];
    struct { double rnm2; } verification;
} MgClass;

static const MgClass classes[] = {
#include "mg-classes.inc"
};

/* The discrete Laplacian A. Its face coefficient is 0 and is left out below. */
static const double laplacian[4] = { -8.0 / 3, 0.0, 1.0 / 6, 1.0 / 12 };

static const MgClass *class;
static int lt;                          /* finest level; level k has 2^k */
static struct {
    double *u[MAX_LEVELS + 1], *r[MAX_LEVELS + 1], *v;
} all;

static int edge(int level)
{
    return 1 << level;
}

static size_t points(int level)
{
    size_t m = edge(level) + 2;

    return m * m * m;
}

/* Refresh the layer of copies, axis after axis. */
static void comm3(int n, double g[][n + 2][n + 2])
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

/* r = v - A u; v and r may be the same grid. */
static void resid(int n, double u[][n + 2][n + 2], double v[][n + 2][n + 2],
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

/* u += S r; the corner coefficient is 0 in every class and is left out. */
static void psinv(int n, double r[][n + 2][n + 2], double u[][n + 2][n + 2])
{
    const double *c = class->smoother;

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

/* s = P r: weights 1/2, 1/4, 1/8, 1/16; s has n^3 points, r (2 n)^3. */
static void rprj3(int n, double r[][2 * n + 2][2 * n + 2],
                  double s[][n + 2][n + 2])
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
 * u += Q z, trilinear; z has n^3 points, u (2 n)^3. Fine points 0 .. 2 n + 1
 * come from coarse ones 0 .. n + 1, so the copies around u stay right.
 */
static void interp(int n, double z[][n + 2][n + 2],
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

static void zero3(int level, double *g)
{
    int n = edge(level);
    size_t plane = (size_t)(n + 2) * (n + 2);

    #pragma omp parallel for if (n > SERIAL_EDGE)
    for (int i3 = 0; i3 <= n + 1; i3++) {
        memset(g + i3 * plane, 0, plane * sizeof(double));
    }
}

/* The L2 norm sqrt(sum r^2 / n^3). */
static double norm2u3(int n, double r[][n + 2][n + 2])
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

typedef struct Charge {
    double value;                       /* sign * random value */
    int i3, i2, i1;
} Charge;

/* Insert into the CHARGES charges of largest value, in descending order. */
static void keep_largest(Charge *kept, Charge charge)
{
    int at = CHARGES;

    while (at > 0 && charge.value > kept[at - 1].value) {
        at--;
    }
    if (at < CHARGES) {
        memmove(kept + at + 1, kept + at,
                (CHARGES - 1 - at) * sizeof(*kept));
        kept[at] = charge;
    }
}

/*
 * v = 0 but +1 at the ten points with the largest and -1 at the ten with the
 * smallest numbers, of a random sequence that runs along i1, then i2, then i3.
 */
static void zran3(int n, double v[][n + 2][n + 2])
{
    Charge kept[2][CHARGES];             /* [0] largest, [1] largest of -x */

    for (int i = 0; i < 2 * CHARGES; i++) {
        kept[i / CHARGES][i % CHARGES].value = -INFINITY;
    }
    #pragma omp parallel
    {
        Charge own[2][CHARGES];

        memcpy(own, kept, sizeof(own));
        #pragma omp barrier
        #pragma omp for nowait
        for (int i3 = 1; i3 <= n; i3++) {
            uint64_t x = RANDLC_SEED;

            randlc(&x, randlc_power(RANDLC_A, (uint64_t)n * n * (i3 - 1)));
            for (int i2 = 1; i2 <= n; i2++) {
                for (int i1 = 1; i1 <= n; i1++) {
                    /* The seed itself is no number: the sequence starts at 1. */
                    double value = randlc(&x, RANDLC_A);

                    keep_largest(own[0], (Charge) { value, i3, i2, i1 });
                    keep_largest(own[1], (Charge) { -value, i3, i2, i1 });
                }
            }
        }
        #pragma omp critical
        for (int i = 0; i < 2 * CHARGES; i++) {
            keep_largest(kept[i / CHARGES], own[i / CHARGES][i % CHARGES]);
        }
    }
    zero3(lt, &v[0][0][0]);
    for (int i = 0; i < CHARGES; i++) {
        v[kept[0][i].i3][kept[0][i].i2][kept[0][i].i1] = 1;
        v[kept[1][i].i3][kept[1][i].i2][kept[1][i].i1] = -1;
    }
    comm3(n, v);
}

/* u += M r: one V-cycle. */
static void mg3P(void)
{
    for (int k = lt; k > 1; k--) {
        rprj3(edge(k - 1), (void *)all.r[k], (void *)all.r[k - 1]);
    }
    zero3(1, all.u[1]);
    psinv(edge(1), (void *)all.r[1], (void *)all.u[1]);
    for (int k = 2; k <= lt; k++) {
        if (k < lt) {
            zero3(k, all.u[k]);
        }
        interp(edge(k - 1), (void *)all.u[k - 1], (void *)all.u[k]);
        resid(edge(k), (void *)all.u[k], k < lt ? (void *)all.r[k] : (void *)all.v,
              (void *)all.r[k]);
        psinv(edge(k), (void *)all.r[k], (void *)all.u[k]);
    }
}

static void choose(int index)
{
    class = &classes[index];
    for (lt = 1; edge(lt) < class->grid; lt++) {
    }
}

static long iterations(void)
{
    return class->iterations;
}

static long memory_mib(void)
{
    return class->memory_mib;
}

static double operations(long iterations)
{
    return 58.0 * iterations * class->grid * class->grid * class->grid;
}

static void reset(void)
{
    zero3(lt, all.u[lt]);
}

static void iterate(long iteration)
{
    int n = class->grid;

    if (iteration == 1) {
        resid(n, (void *)all.u[lt], (void *)all.v, (void *)all.r[lt]);
    }
    mg3P();
    resid(n, (void *)all.u[lt], (void *)all.v, (void *)all.r[lt]);
}

static double verify(void)
{
    double expected = class->verification.rnm2;

    return fabs(norm2u3(class->grid, (void *)all.r[lt]) - expected) / expected;
}

/*
 * The warm-up is one V-cycle. v is made once: nothing writes it afterwards, so
 * a repetition that makes it anew would only add writes that MG does not do.
 */
static bool set_up(void)
{
    size_t levels = 0;

    for (int k = 1; k <= lt; k++) {
        levels += points(k);
    }
    all.u[lt] = malloc(levels * sizeof(double));
    all.r[lt] = malloc(levels * sizeof(double));
    all.v = malloc(points(lt) * sizeof(double));
    if (!all.u[lt] || !all.r[lt] || !all.v) {
        return false;
    }
    for (int k = lt; k > 1; k--) {
        all.u[k - 1] = all.u[k] + points(k);
        all.r[k - 1] = all.r[k] + points(k);
    }
    zran3(class->grid, (void *)all.v);
    reset();
    iterate(1);
    return true;
}

int main(int argc, char **argv)
{
    static const Benchmark mg = {
        .name = "MG", .classes = "SWABC", .choose = choose,
        .iterations = iterations, .memory_mib = memory_mib,
        .operations = operations, .set_up = set_up, .reset = reset,
        .iterate = iterate, .verify = verify,
    };

    return benchmark_main(&mg, argc, argv);
}

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
 *   level lt  n^3 points  r ---P--> r             u --Q--> u
 *         ..                 r ---P--> r       u --Q--> u    after each Q
 *         1   2^3 points                  r, u               resid, psinv
 *
 * u and r hold all levels, v the finest; these arrays are what the benchmark
 * writes, so none is merged away.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "benchmark.h"
#include "operators.h"
#include "randlc.h"

#define MAX_LEVELS 10

/* Number of charges of either sign in v. */
#define CHARGES 10

typedef struct MgClass {
    char name;
    int grid;
    long iterations;
    long memory_mib;
    long vcpus;
    double smoother[3];
    struct { double rnm2; } verification;
} MgClass;

static const MgClass classes[] = {
#include "mg-classes.inc"
};
#define CLASSES (sizeof(classes) / sizeof(classes[0]))

static const MgClass *class;
static int lt;                          /* finest level; level k has 2^k */
static struct {                         /* grids by level */
    void *u[MAX_LEVELS + 1], *r[MAX_LEVELS + 1], *v;
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
    Charge kept[2][CHARGES];            /* [0] largest, [1] largest of -x */

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
                    /* The seed itself is no number: it starts at 1. */
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
    zero3(n, v);
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
        rprj3(edge(k - 1), all.r[k], all.r[k - 1]);
    }
    zero3(edge(1), all.u[1]);
    psinv(edge(1), all.r[1], all.u[1], class->smoother);
    for (int k = 2; k <= lt; k++) {
        if (k < lt) {
            zero3(edge(k), all.u[k]);
        }
        interp(edge(k - 1), all.u[k - 1], all.u[k]);
        resid(edge(k), all.u[k], k < lt ? all.r[k] : all.v, all.r[k]);
        psinv(edge(k), all.r[k], all.u[k], class->smoother);
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
    zero3(class->grid, all.u[lt]);
}

static void iterate(long iteration)
{
    int n = class->grid;

    if (iteration == 1) {
        resid(n, all.u[lt], all.v, all.r[lt]);
    }
    mg3P();
    resid(n, all.u[lt], all.v, all.r[lt]);
}

static int verify(Value *values)
{
    values[0] = (Value) {
        "rnm2", norm2u3(class->grid, all.r[lt]), class->verification.rnm2,
    };
    return 1;
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
        all.u[k - 1] = (double *)all.u[k] + points(k);
        all.r[k - 1] = (double *)all.r[k] + points(k);
    }
    zran3(class->grid, all.v);
    reset();
    iterate(1);
    return true;
}

int main(int argc, char **argv)
{
    static char letters[CLASSES + 1];
    static const Benchmark mg = {
        .name = "MG", .classes = letters, .choose = choose,
        .iterations = iterations, .memory_mib = memory_mib,
        .operations = operations, .set_up = set_up, .reset = reset,
        .iterate = iterate, .verify = verify,
    };

    for (size_t i = 0; i < CLASSES; i++) {
        letters[i] = classes[i].name;
    }
    return benchmark_main(&mg, argc, argv);
}

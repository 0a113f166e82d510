/*
 * The simulated CFD applications, RNR-94-007 section 3: what SP and BT share.
 *
 * Both march the compressible Navier-Stokes equations on the unit cube in time
 *
 *   du/dt = K u + forcing       u = (density, momentum x, y, z, energy)
 *
 * where the forcing makes a given polynomial the steady solution, and u on the
 * boundary is that polynomial. A step is implicit and approximately factored:
 *
 *   rhs = dt (K u + forcing)    compute_rhs
 *   (I - dt Kx)(I - dt Ky)(I - dt Kz) du = rhs
 *                               x_solve, y_solve, z_solve: SP or BT
 *   u += du                     add; du is in rhs by then
 *
 * A direction is 0, 1, 2 for x, y, z. All are treated alike, with the momentum
 * along the direction as the "normal" one: so each formula stands here once.
 *
 * Results do not depend on the number of threads, bit by bit.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CFD_H
#define CFD_H

#include <stdbool.h>
#include <stddef.h>

/* The constants of the gas: c1 is the ratio of specific heats. */
#define C1 1.4
#define C2 0.4
#define C3 0.1
#define C4 1.0
#define C5 1.4
#define C3C4 (C3 * C4)
#define C1C5 (C1 * C5)
#define CON43 (4.0 / 3.0)

/* The dissipation of fourth order: a quarter of the largest diffusion. */
#define DSSP 0.25

/*
 * Diffusion added in each direction. The report has a constant for each of the
 * five components: dx1 .. dx5 and so on, equal in a direction.
 */
static const double diffusion[3] = { 0.75, 0.75, 1.0 };

/* A class of npb-configs/sp.yaml or bt.yaml. */
typedef struct CfdClass {
    char name;
    int grid;                   /* points per edge */
    long iterations;
    double dt;
    long memory_mib;
    long vcpus;
    struct { double xcr[5], xce[5]; } verification;
} CfdClass;

/*
 * The cube of n^3 points, and its fields. Point (i, j, k) has the index
 * i stride[0] + j stride[1] + k stride[2]; points 1 .. n - 2 of each direction
 * are interior. All of these arrays but the forcing are rewritten in each step.
 */
typedef struct Grid {
    int n;
    double dt;
    double t1, t2;              /* (n - 1)^2, (n - 1) / 2: of differences */
    size_t stride[3];
    size_t points;              /* of an array */
    double (*u)[5], (*rhs)[5], (*forcing)[5];
    double *velocity[3];        /* us, vs, ws */
    double *rho_i;              /* 1 / density */
    double *square;             /* kinetic energy */
    double *qs;                 /* kinetic energy / density */
    double *speed;              /* of sound; SP only, else NULL */
} Grid;

/* The component of u that is the momentum along a direction (mod 3). */
static inline int momentum(int direction)
{
    return 1 + direction % 3;
}

/*
 * The fourth difference at `position` (1 .. n - 2) of a line of n points:
 * weights of the points at -2 .. 2. It is one-sided at both ends, where a
 * weight of 0 may belong to no point.
 */
static inline const double *fourth_difference(int position, int n)
{
    static const double weights[5][5] = {
        { 0, 0, 5, -4, 1 }, { 0, -4, 6, -4, 1 },
        { 1, -4, 6, -4, 1 },
        { 1, -4, 6, -4, 0 }, { 1, -4, 5, 0, 0 },
    };

    return weights[position <= 2 ? position - 1
                                 : position >= n - 3 ? position - n + 6 : 2];
}

/* u of the exact solution at a point of the unit cube. */
void exact_solution(double xi, double eta, double zeta, double *u);

/* u = the state before the first step. */
void initialize(Grid *g);

/* The forcing by which the exact solution is steady; spoils u. */
void exact_rhs(Grid *g);

/* The fields from rho_i to speed of u, and rhs = dt (K u + forcing). */
void compute_rhs(Grid *g);

/* u += rhs. */
void add(Grid *g);

/* Norms, by component: of u against the exact solution, and of rhs. */
void error_norm(const Grid *g, double *rms);
void rhs_norm(const Grid *g, double *rms);

/* What is SP's or BT's own. */
typedef struct CfdProgram {
    const char *name;
    const CfdClass *classes;
    size_t count;
    bool needs_speed;
    double (*operations_per_step)(double n);
    /* rhs = du: all that is between compute_rhs and add. */
    void (*solve)(Grid *g);
} CfdProgram;

/* As benchmark_main(). */
int cfd_main(const CfdProgram *program, int argc, char **argv);

#endif

/*
 * SP: the implicit step of the simulated CFD application by scalar
 * pentadiagonal systems. Written from RNR-94-007, section 3; functions carry
 * the names of the NPB notes. What it shares with BT is in cfd/.
 *
 * In each direction the matrix of the flux has a known eigenbasis T and the
 * eigenvalues v, v, v, v + c, v - c (c: speed of sound). In that basis a line
 * is five systems, of three different matrices:
 *
 *   txinvr   rhs = Tx^-1 rhs
 *   x_solve  five systems per line, then ninvr   rhs = Ty^-1 Tx rhs
 *   y_solve                             pinvr   rhs = Tz^-1 Ty rhs
 *   z_solve                             tzetar  rhs = Tz rhs
 *
 * The changes of basis are made as a line is read or written: passes of their
 * own over rhs would cost time and change no other memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cfd/lines.h"

#define SYSTEMS 3
#define BT 0.70710678118654752440       /* sqrt(1/2) */

static const CfdClass classes[] = {
#include "sp-classes.inc"
};

/* The change of basis before the x sweep, at point i. */
static inline void txinvr(const Grid *g, const Lines *lines, int i, Lanes *r)
{
    Lanes u = load(g->velocity[0], lines, i);
    Lanes v = load(g->velocity[1], lines, i);
    Lanes w = load(g->velocity[2], lines, i);
    Lanes rho_i = load(g->rho_i, lines, i), ac = load(g->speed, lines, i);
    Lanes t1 = C2 / (ac * ac) * (load(g->qs, lines, i) * r[0] - u * r[1] -
                                 v * r[2] - w * r[3] + r[4]);
    Lanes t2 = BT * rho_i * (u * r[0] - r[1]);
    Lanes t3 = BT * rho_i * ac * t1;
    Lanes r2 = rho_i * (r[3] - w * r[0]);

    r[2] = rho_i * (v * r[0] - r[2]);
    r[0] = r[0] - t1;
    r[1] = r2;
    r[3] = t3 - t2;
    r[4] = t3 + t2;
}

/* Between the x and the y sweep. */
static inline void ninvr(Lanes *r)
{
    Lanes t1 = BT * r[2], t2 = 0.5 * (r[3] + r[4]), r1 = r[0];

    r[0] = -r[1];
    r[1] = r1;
    r[2] = BT * (r[3] - r[4]);
    r[3] = t2 - t1;
    r[4] = t2 + t1;
}

/* Between the y and the z sweep. */
static inline void pinvr(Lanes *r)
{
    Lanes t1 = BT * r[0], t2 = 0.5 * (r[3] + r[4]), r2 = r[1];

    r[0] = BT * (r[3] - r[4]);
    r[1] = -r[2];
    r[2] = r2;
    r[3] = t2 - t1;
    r[4] = t2 + t1;
}

/* After the z sweep, at point i. */
static inline void tzetar(const Grid *g, const Lines *lines, int i, Lanes *r)
{
    Lanes u = load(g->velocity[0], lines, i);
    Lanes v = load(g->velocity[1], lines, i);
    Lanes w = load(g->velocity[2], lines, i);
    Lanes rho = load5(g->u, lines, i, 0), ac = load(g->speed, lines, i);
    Lanes t1 = BT * rho / ac * (r[3] + r[4]);
    Lanes t2 = r[2] + t1;
    Lanes t3 = BT * rho * (r[3] - r[4]);
    Lanes r1 = r[0], r2 = r[1];

    r[0] = t2;
    r[1] = u * t2 - rho * r2;
    r[2] = v * t2 + rho * r1;
    r[3] = w * t2 + t3;
    r[4] = rho * (v * r1 - u * r2) + load(g->qs, lines, i) * t2 +
           ac * ac / C2 * t1 + w * t3;
}

/* What a row of the matrices is made of, at one point. */
typedef struct Flow {
    Lanes value[SYSTEMS];       /* the eigenvalues */
    Lanes rho;                  /* the largest diffusion */
} Flow;

/*
 * The report takes the largest of four diffusions, of each momentum, of the
 * energy and of the density. With its constants it always is the energy's.
 */
static inline Flow flow(const Grid *g, int direction, const Lines *lines,
                        int i)
{
    Lanes v = load(g->velocity[direction], lines, i);
    Lanes c = load(g->speed, lines, i);

    return (Flow) {
        { v, v + c, v - c },
        diffusion[direction] + C1C5 * C3C4 * load(g->rho_i, lines, i),
    };
}

/*
 * Gaussian elimination along lines. Row i reads
 *
 *   a r(i-2) + b r(i-1) + c r(i) + d r(i+1) + e r(i+2) = rhs(i)
 *
 * and is left as r(i) + d r(i+1) + e r(i+2) = r. r is 0 on the boundary.
 */
static inline void solve_lines(const Grid *g, int direction,
                               const Lines *lines)
{
    /* The system that a component of r belongs to. */
    static const int system[5] = { 0, 0, 0, 1, 2 };
    const int n = g->n;
    const double dtt1 = g->dt * g->t1, dtt2 = g->dt * g->t2;
    Lanes rows[n + 1][2][SYSTEMS], sums[n + 2][5];
    /* By point: [i] is point i, from -1 to n. */
    Lanes (*de)[2][SYSTEMS] = rows + 1, (*r)[5] = sums + 1;
    Flow before = flow(g, direction, lines, 0);
    Flow here = flow(g, direction, lines, 1);

    for (int s = 0; s < SYSTEMS; s++) {
        de[-1][0][s] = de[-1][1][s] = de[0][0][s] = de[0][1][s] =
            all_lanes(0);
    }
    for (int m = 0; m < 5; m++) {
        r[-1][m] = r[0][m] = r[n - 1][m] = r[n][m] = all_lanes(0);
    }
    for (int i = 1; i < n - 1; i++) {
        const double *fourth = fourth_difference(i, n);
        const double dissipation = g->dt * DSSP;
        const Flow after = flow(g, direction, lines, i + 1);
        Lanes a, b[SYSTEMS], inverse[SYSTEMS], rhs[5];

        a = all_lanes(dissipation * fourth[0]);
        for (int s = 0; s < SYSTEMS; s++) {
            Lanes c = 1.0 + 2.0 * dtt1 * here.rho + dissipation * fourth[2];
            Lanes d = dtt2 * after.value[s] - dtt1 * after.rho +
                      dissipation * fourth[3];

            b[s] = -dtt2 * before.value[s] - dtt1 * before.rho +
                   dissipation * fourth[1];
            b[s] -= a * de[i - 2][0][s];
            c -= a * de[i - 2][1][s];
            c -= b[s] * de[i - 1][0][s];
            d -= b[s] * de[i - 1][1][s];
            inverse[s] = 1.0 / c;
            de[i][0][s] = d * inverse[s];
            de[i][1][s] = dissipation * fourth[4] * inverse[s];
        }
        for (int m = 0; m < 5; m++) {
            rhs[m] = load5(g->rhs, lines, i, m);
        }
        if (direction == 0) {
            txinvr(g, lines, i, rhs);
        }
        for (int m = 0; m < 5; m++) {
            r[i][m] = (rhs[m] - a * r[i - 2][m] -
                       b[system[m]] * r[i - 1][m]) * inverse[system[m]];
        }
        before = here;
        here = after;
    }
    for (int i = n - 2; i > 0; i--) {
        Lanes result[5];

        for (int m = 0; m < 5; m++) {
            r[i][m] -= de[i][0][system[m]] * r[i + 1][m] +
                       de[i][1][system[m]] * r[i + 2][m];
            result[m] = r[i][m];
        }
        if (direction == 0) {
            ninvr(result);
        } else if (direction == 1) {
            pinvr(result);
        } else {
            tzetar(g, lines, i, result);
        }
        for (int m = 0; m < 5; m++) {
            store5(g->rhs, lines, i, m, result[m]);
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
    return 881.174 * n * n * n - 4683.91 * n * n + 11484.5 * n - 19272.4;
}

int main(int argc, char **argv)
{
    static const CfdProgram sp = {
        .name = "SP", .classes = classes,
        .count = sizeof(classes) / sizeof(classes[0]), .needs_speed = true,
        .operations_per_step = operations_per_step, .solve = solve,
    };

    return cfd_main(&sp, argc, argv);
}

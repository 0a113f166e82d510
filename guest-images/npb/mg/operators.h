/*
 * The operators of MG on periodic grids: RNR-94-007, section 2.4.
 *
 * Each is a stencil of 27 points with one coefficient per distance class:
 * [0] the point, [1] 6 faces, [2] 12 edges, [3] 8 corners.
 *
 * A grid of n^3 points is stored as (n + 2)^3, indices 0 .. n + 1, last index
 * fastest, with a layer of copies around it that makes the cube periodic; each
 * operator leaves it right. Point j of a coarse grid lies on point 2 j of the
 * next finer one.
 *
 * Results do not depend on the number of threads, bit by bit: threads share
 * planes, and the norm is summed plane by plane.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MG_OPERATORS_H
#define MG_OPERATORS_H

/* Grids up to this edge are left to one thread: waking others costs more. */
#define SERIAL_EDGE 8

/* g = 0. */
void zero3(int n, double g[][n + 2][n + 2]);

/* Refresh the layer of copies of g. */
void comm3(int n, double g[][n + 2][n + 2]);

/* r = v - A u, A the discrete Laplacian; v and r may be the same grid. */
void resid(int n, double u[][n + 2][n + 2], double v[][n + 2][n + 2],
           double r[][n + 2][n + 2]);

/* u += S r, S with the coefficients c[0 .. 2]; c[3] is 0 in every class. */
void psinv(int n, double r[][n + 2][n + 2], double u[][n + 2][n + 2],
           const double *c);

/* s = P r: coarsen; s has n^3 points, r (2 n)^3. */
void rprj3(int n, double r[][2 * n + 2][2 * n + 2], double s[][n + 2][n + 2]);

/* u += Q z: refine; z has n^3 points, u (2 n)^3. */
void interp(int n, double z[][n + 2][n + 2],
            double u[][2 * n + 2][2 * n + 2]);

/* The L2 norm sqrt(sum r^2 / n^3). */
double norm2u3(int n, double r[][n + 2][n + 2]);

#endif

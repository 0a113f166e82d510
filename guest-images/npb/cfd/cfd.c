/*
 * SP and BT as benchmarks: see cfd.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cfd/cfd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "benchmark.h"

static const CfdProgram *program;
static const CfdClass *class;
static Grid grid;

static void choose(int index)
{
    class = &program->classes[index];
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
    return iterations * program->operations_per_step(class->grid);
}

static void reset(void)
{
    initialize(&grid);
}

static void iterate(long iteration)
{
    (void)iteration;
    compute_rhs(&grid);
    program->solve(&grid);
    add(&grid);
}

static int verify(Value *values)
{
    static const char *names[] = { "xcr1", "xcr2", "xcr3", "xcr4", "xcr5",
                                   "xce1", "xce2", "xce3", "xce4", "xce5" };
    double xcr[5], xce[5];

    error_norm(&grid, xce);
    compute_rhs(&grid);
    rhs_norm(&grid, xcr);
    for (int m = 0; m < 5; m++) {
        values[m] = (Value) {
            names[m], xcr[m] / grid.dt, class->verification.xcr[m],
        };
        values[m + 5] = (Value) {
            names[m + 5], xce[m], class->verification.xce[m],
        };
    }
    return 10;
}

/* All zero: what stays untouched on the boundary is 0 then. */
static void *array(size_t components)
{
    size_t size = grid.points * components * sizeof(double);
    void *memory = malloc(size);

    return memory ? memset(memory, 0, size) : NULL;
}

/* NPB's arrays have a point more than the (even) grid in x and in y. */
static bool set_up(void)
{
    size_t n = class->grid;

    grid = (Grid) {
        .n = n, .dt = class->dt,
        .t1 = (n - 1.0) * (n - 1.0), .t2 = (n - 1.0) / 2.0,
        .stride = { 1, n + 1, (n + 1) * (n + 1) },
        .points = (n + 1) * (n + 1) * n,
    };
    grid.u = array(5);
    grid.rhs = array(5);
    grid.forcing = array(5);
    for (int direction = 0; direction < 3; direction++) {
        grid.velocity[direction] = array(1);
    }
    grid.rho_i = array(1);
    grid.square = array(1);
    grid.qs = array(1);
    grid.speed = program->needs_speed ? array(1) : NULL;
    if (!grid.u || !grid.rhs || !grid.forcing || !grid.velocity[0] ||
        !grid.velocity[1] || !grid.velocity[2] || !grid.rho_i ||
        !grid.square || !grid.qs || (program->needs_speed && !grid.speed)) {
        return false;
    }
    exact_rhs(&grid);
    reset();
    iterate(1);         /* the warm-up is one step */
    return true;
}

int cfd_main(const CfdProgram *chosen, int argc, char **argv)
{
    char letters[27] = "";
    Benchmark benchmark = {
        .name = chosen->name, .classes = letters, .choose = choose,
        .iterations = iterations, .memory_mib = memory_mib,
        .operations = operations, .set_up = set_up, .reset = reset,
        .iterate = iterate, .verify = verify,
    };

    program = chosen;
    for (size_t i = 0; i < program->count; i++) {
        letters[i] = program->classes[i].name;
    }
    return benchmark_main(&benchmark, argc, argv);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The page scheduler of MPLM, the very C source that QEMU compiles in, bound through JNA: {@link mplm.engine.scheduler.Scheduler}
 * over {@link mplm.engine.scheduler.Bitmap}s in native memory, its {@link mplm.engine.scheduler.Knobs} and {@link
 * mplm.engine.scheduler.Stats}. {@link mplm.engine.scheduler.Replay} feeds it what a QEMU's trace log says was fetched and
 * compares page by page what it sends; a {@link mplm.engine.scheduler.Wire} takes its pages in simulations. How the scheduler thinks
 * stands in {@code engine/scheduler/mplm.h}; nothing here thinks.
 */
package mplm.engine.scheduler;

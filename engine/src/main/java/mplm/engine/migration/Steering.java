// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import mplm.engine.qmp.QmpClient;
import mplm.engine.qmp.QmpException;

/**
 * What a method does by QMP while QEMU migrates, such as to raise {@code downtime-limit} in steps, or to start post-copy. It is
 * told each poll of the source, about ten per second, in the thread that polls: what it waits for, the limit waits for too.
 */
@FunctionalInterface
public interface Steering {
  /** QEMU is left alone. */
  Steering NONE = (now, source, destination) -> {};

  /** Acts on a poll of a migration that has not ended; a command that QEMU refuses ends the migration as failed. */
  void at(Progress now, QmpClient source, QmpClient destination) throws QmpException, InterruptedException;
}

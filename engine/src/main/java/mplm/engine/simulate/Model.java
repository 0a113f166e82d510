// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.simulate;

import java.io.IOException;
import java.time.Duration;

/** The rules by which a method decides what it sends when, and when it stops the guest. */
@FunctionalInterface
public interface Model {
  /**
   * Moves a guest.
   *
   * @param source its pages, its dirty log and the wire; used for this migration alone
   * @param name of the method, for the result
   * @param limit after which the migration is cancelled
   */
  Simulated run(Source source, String name, Duration limit) throws IOException;
}

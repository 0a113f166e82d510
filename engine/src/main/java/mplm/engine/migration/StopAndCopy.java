// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import java.util.Optional;
import mplm.engine.simulate.Model;
import mplm.engine.simulate.StopAndCopyModel;

/** The guest is stopped before any of its memory is sent: the shortest migration, the longest downtime. It is simulated only. */
public record StopAndCopy() implements Method {
  static final String NAME = "stop-and-copy";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean isMeasured() {
    return false;
  }

  @Override
  public Optional<Model> model() {
    return Optional.of(new StopAndCopyModel());
  }

  @Override
  public String toString() {
    return NAME;
  }
}

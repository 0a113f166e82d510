// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import java.util.Optional;
import mplm.engine.simulate.Model;
import mplm.engine.simulate.StopAndCopyModel;

/**
 * The guest is stopped before any of its memory is sent: the shortest migration, the longest downtime. The controller stops it by QMP's
 * {@code stop} and lets it go on by {@code cont}, so that its downtime is longer by the time that these
 * commands take, and by a look at QEMU between them. QEMU's own downtime is the last part of it only.
 */
public record StopAndCopy() implements Method {
  static final Methods.Form FORM =
      Methods.Form.plain("stop-and-copy", "the guest is stopped before anything of it is sent", StopAndCopy::new);

  @Override
  public String name() {
    return FORM.name();
  }

  @Override
  public boolean stopsFirst() {
    return true;
  }

  @Override
  public boolean isControl() {
    return true;
  }

  @Override
  public Optional<Model> model() {
    return Optional.of(new StopAndCopyModel());
  }

  @Override
  public String toString() {
    return FORM.name();
  }
}

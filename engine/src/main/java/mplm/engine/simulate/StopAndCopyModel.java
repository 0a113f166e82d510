// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.simulate;

import java.io.IOException;
import java.time.Duration;
import java.util.BitSet;

/** The guest is stopped, all its memory is sent, and it is resumed; its dirty log is never fetched. */
public record StopAndCopyModel() implements Model {
  @Override
  public Simulated run(Source source, String name, Duration limit) throws IOException {
    BitSet all = new BitSet();
    all.set(0, source.pages);
    return source.stop(name, all, false, limit);
  }
}

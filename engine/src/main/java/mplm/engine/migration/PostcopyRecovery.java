// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import mplm.engine.qmp.QmpClient;
import mplm.engine.qmp.QmpException;
import mplm.engine.unit.Patience;

/**
 * Makes a post-copy's stream anew when it breaks, as QEMU has it (docs/devel/migration/postcopy.rst, "Postcopy Recovery"): both sides are
 * paused, the destination listens again, the source resumes there. The destination is told out of band, for its main thread may wait for
 * a page. If that takes too long, or a side is dead, the guest is lost.
 */
final class PostcopyRecovery {
  /** The time that a broken link has to come back. */
  static final Duration LONGEST = Patience.of(Duration.ofSeconds(20));

  /** A side that does not answer for so long is as good as dead. */
  static final Duration SOON = Patience.of(Duration.ofSeconds(10));

  private final QmpClient source;
  private final QmpClient destination;
  private final Reconnection reconnection;
  private Duration brokenSince;

  /** Where the destination is to listen once more, and where the source is to connect to. */
  interface Reconnection {
    String there();

    /** Called once the destination listens. */
    String here() throws IOException;
  }

  PostcopyRecovery(QmpClient source, QmpClient destination, Reconnection reconnection) {
    this.source = source;
    this.destination = destination;
    this.reconnection = reconnection;
  }

  /**
   * Looks at a post-copy in progress and does what is to be done.
   *
   * @param still whether nothing more gets through
   * @return false when it is given up
   */
  boolean goesOn(Progress now, boolean still) throws QmpException, InterruptedException {
    boolean active = now.status().equals("postcopy-active");
    // the state of the devices is on its way, which a slow link takes long for
    if ((active || now.beforePostcopy()) && !still) {
      brokenSince = null;
      return true;
    }
    boolean breaks = brokenSince == null;
    brokenSince = breaks ? now.elapsed() : brokenSince;
    if (now.elapsed().minus(brokenSince).compareTo(LONGEST) > 0) {
      return false;
    }
    if (active && breaks) {
      unlessRefused(() -> source.executeOutOfBand("migrate-pause", Map.of(), SOON));
    } else if (now.status().equals("postcopy-paused")) {
      // one that is paused already refuses it
      unlessRefused(() -> destination.executeOutOfBand("migrate-pause", Map.of(), SOON));
      unlessRefused(this::resume);
    }
    return true;
  }

  private void resume() throws IOException, InterruptedException {
    destination.executeOutOfBand("migrate-recover", Map.of("uri", reconnection.there()), SOON);
    source.execute("migrate", Map.of("uri", reconnection.here(), "resume", true), SOON);
  }

  @FunctionalInterface
  private interface Step {
    void take() throws IOException, InterruptedException;
  }

  /** What is refused, as long as a side has not paused or the link cannot be had, the next look tries again; a dead side ends it. */
  private static void unlessRefused(Step step) throws QmpException, InterruptedException {
    try {
      step.take();
    } catch (QmpException e) {
      if (!(e instanceof QmpException.Refused)) {
        throw e;
      }
    } catch (IOException e) {
      return;
    }
  }
}

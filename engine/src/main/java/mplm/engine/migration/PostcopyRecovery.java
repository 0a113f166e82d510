// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import static mplm.engine.unit.Patience.ANSWER;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import mplm.engine.qmp.QmpClient;
import mplm.engine.qmp.QmpException;
import mplm.engine.unit.Patience;

/**
 * Makes a post-copy's stream anew when it breaks, as QEMU has it (docs/devel/migration/postcopy.rst, "Postcopy Recovery"): both sides are
 * paused, the destination listens again, the source resumes there. If that takes too long, or a side is dead, the guest is lost.
 */
final class PostcopyRecovery {
  /** For a link to come back. */
  static final Duration LONGEST = Patience.of(Duration.ofSeconds(20));

  private final QmpClient source;
  private final QmpClient destination;
  private final Reconnection reconnection;
  private Duration brokenSince;

  /** Lets the destination listen once more, and returns where the source is to connect to. */
  @FunctionalInterface
  interface Reconnection {
    String uri() throws IOException, QmpException, InterruptedException;
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
    if (active && !still) {
      brokenSince = null;
      return true;
    }
    boolean breaks = brokenSince == null;
    brokenSince = breaks ? now.elapsed() : brokenSince;
    if (now.elapsed().minus(brokenSince).compareTo(LONGEST) > 0) {
      return false;
    }
    if (active && breaks) {
      pause(source);
    } else if (now.status().equals("postcopy-paused")) {
      pause(destination);
      resume();
    }
    return true;
  }

  /** One that is paused already refuses it. */
  private static void pause(QmpClient side) throws QmpException, InterruptedException {
    try {
      side.execute("migrate-pause", ANSWER);
    } catch (QmpException.Refused e) {
      return;
    }
  }

  /** Refused as long as the destination has not paused, and while the link cannot be had: the next look tries again. */
  private void resume() throws QmpException, InterruptedException {
    try {
      source.execute("migrate", Map.of("uri", reconnection.uri(), "resume", true), ANSWER);
    } catch (QmpException.Refused e) {
      return;
    } catch (QmpException e) {
      throw e; // a side is dead
    } catch (IOException e) {
      return;
    }
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.scale;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;

/**
 * What has to be the same for two experiments to draw the same picture, as one that is to be repeated had it.
 *
 * @param rho how fast its guest dirtied memory against how fast its link drained, both bytes per second; over 0
 * @param pass one pass of the link over its used memory, tau; over 0
 * @param epoch MPLM's longest; over 0
 */
public record Proportions(
    @JsonProperty(required = true) double rho,
    @JsonProperty(required = true) Duration pass,
    @JsonProperty(required = true) Duration epoch) {
  public Proportions {
    if (!(rho > 0) || !Double.isFinite(rho)) {
      throw new IllegalArgumentException("rho " + rho + ", allowed: more than 0");
    }
    if (pass.isNegative() || pass.isZero() || epoch.isNegative() || epoch.isZero()) {
      throw new IllegalArgumentException("pass " + pass + ", epoch " + epoch + ", allowed: more than 0");
    }
  }

  /** The share of the used memory that was dirtied in an epoch. */
  public double dirtiedInEpoch() {
    return rho * epoch.toNanos() / pass.toNanos();
  }
}

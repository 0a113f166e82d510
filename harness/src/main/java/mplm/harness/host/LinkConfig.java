// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;
import java.util.Locale;
import mplm.harness.input.BadValue;

/**
 * How the migration stream gets its rate, and where the guest is reached meanwhile.
 *
 * @param shaping who limits it
 * @param namespaces for {@code tc}: folder with the network namespaces {@code source} and {@code destination} as files
 * @param device for {@code tc}: the source's network device on the migration link
 * @param guestAddress the guest's on the controller's network, {@code A.B.C.D/PREFIX}, given if the hosts have a {@code guest_tap}
 * @param noGuestTap why they have none, for a testbed to tell
 */
public record LinkConfig(
    @JsonProperty(required = true) Shaping shaping, Path namespaces, String device, String guestAddress, String noGuestTap) {

  /** Who limits the rate. */
  public enum Shaping {
    /** The kernel's token bucket on the source's device. */
    TC,
    /** The controller forwards the stream at the rate. */
    RELAY,
    /** Nobody. */
    NONE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public LinkConfig {
    if (shaping == null) {
      throw new BadValue("shaping", "empty, allowed: tc, relay, none");
    }
    if ((shaping == Shaping.TC) != (namespaces != null)) {
      throw new BadValue("namespaces", (namespaces == null ? "missing" : "not used") + " with shaping " + shaping);
    }
    if ((shaping == Shaping.TC) != (device != null)) {
      throw new BadValue("device", (device == null ? "missing" : "not used") + " with shaping " + shaping);
    }
    if (guestAddress != null) {
      GuestAddress.parse(guestAddress);
    }
  }
}

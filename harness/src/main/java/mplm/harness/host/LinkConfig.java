// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;
import java.util.Locale;
import mplm.engine.unit.Bandwidth;
import mplm.harness.input.BadValue;

/**
 * How the migration stream gets its rate and is protected, and where the guest is reached meanwhile.
 *
 * @param shaping who limits it
 * @param namespaces for {@code tc} in a testbed: folder with the network namespaces {@code source} and {@code destination} as
 *     files; without it, tc runs on the source
 * @param device for {@code tc}: the source's network device on the migration link; by default its {@code migration_interface}
 * @param rate for {@code none}: what the link has by itself, the only rate that experiments may ask for
 * @param protection what keeps the stream from being read or changed on its way; nothing by default
 * @param guestAddress the guest's on the controller's network, {@code A.B.C.D/PREFIX}, given if the hosts have a {@code guest_tap}
 * @param noGuestTap why they have none, for a testbed to tell
 */
public record LinkConfig(@JsonProperty(required = true) Shaping shaping, Path namespaces, String device, Bandwidth rate,
    Protection protection, String guestAddress, String noGuestTap) {

  /** Who limits the rate. */
  public enum Shaping {
    /** The kernel's token bucket on the source's device, in both stages of a migration. */
    TC("tc"),
    /** QEMU, while the guest runs; what is sent after it was stopped takes what the link has. */
    MAX_BANDWIDTH("max-bandwidth"),
    /** The controller forwards the stream at the rate. */
    RELAY("relay"),
    /** Nobody. */
    NONE("none");

    private final String text;

    Shaping(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** What keeps the stream from being read or changed on its way. */
  public enum Protection {
    /** Nothing. */
    NONE,
    /** QEMU's TLS, by a {@link mplm.engine.migration.StreamKey} that is made for the trial. */
    TLS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public LinkConfig {
    protection = protection == null ? Protection.NONE : protection;
    if (shaping == null) {
      throw new BadValue("shaping", "empty, allowed: tc, max-bandwidth, relay, none");
    }
    if (shaping != Shaping.TC && namespaces != null) {
      throw new BadValue("namespaces", "not used with shaping " + shaping);
    }
    if (shaping != Shaping.TC && device != null) {
      throw new BadValue("device", "not used with shaping " + shaping);
    }
    if (namespaces != null && device == null) {
      throw new BadValue("device", "missing with namespaces");
    }
    if (shaping != Shaping.NONE && rate != null) {
      throw new BadValue("rate", "not used with shaping " + shaping);
    }
    if (guestAddress != null) {
      GuestAddress.parse(guestAddress);
    }
  }

  LinkConfig with(Protection other) {
    return new LinkConfig(shaping, namespaces, device, rate, other, guestAddress, noGuestTap);
  }
}

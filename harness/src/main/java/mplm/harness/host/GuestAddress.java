// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mplm.harness.input.BadValue;

/**
 * Where the guest is reached on the control network, at either host.
 *
 * @param address IPv4
 * @param prefix bits of the network's part, 1 to 30
 */
public record GuestAddress(InetAddress address, int prefix) {
  private static final int ECHO_PORT = 7;
  private static final Pattern FORM = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})/(\\d{1,2})");

  /** Reads {@code A.B.C.D/PREFIX}; {@link BadValue} for {@code guest_address} otherwise. */
  static GuestAddress parse(String text) {
    Matcher form = FORM.matcher(text);
    if (form.matches()) {
      byte[] bytes = new byte[4];
      int prefix = Integer.parseInt(form.group(5));
      boolean good = prefix >= 1 && prefix <= 30;
      for (int i = 0; i < bytes.length; i++) {
        int number = Integer.parseInt(form.group(i + 1));
        good &= number <= 255;
        bytes[i] = (byte) number;
      }
      if (good) {
        return new GuestAddress(address(bytes), prefix);
      }
    }
    throw new BadValue("guest_address", "\"" + text + "\", allowed: A.B.C.D/1 to A.B.C.D/30");
  }

  /** Where the guest answers every datagram with its payload (RFC 862). */
  public InetSocketAddress echo() {
    return new InetSocketAddress(address, ECHO_PORT);
  }

  /** The address of the guest's device: one of the locally administered, as unique in its network as the IP address is. */
  public String mac() {
    byte[] bytes = address.getAddress();
    return String.format(Locale.ROOT, "02:4d:%02x:%02x:%02x:%02x", bytes[0], bytes[1], bytes[2], bytes[3]);
  }

  /** The text that stands in the hosts file and on the guest's kernel command line. */
  @Override
  public String toString() {
    return address.getHostAddress() + "/" + prefix;
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError(e); // four bytes are an address
    }
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;

/**
 * A key that two QEMUs share, and by it an encrypted stream: TLS with a pre-shared key and an ephemeral Diffie-Hellman exchange. Each
 * proves to the other that it has the key; who learns it later reads nothing of the stream. Certificates would say no more, with
 * an authority, names and dates, and as many secrets would have to be carried to the hosts.
 *
 * @param sourceFolder on the source's host, readable by its owner only; holds the key in {@link #FILE}
 * @param destinationFolder the same on the destination's
 */
public record StreamKey(String sourceFolder, String destinationFolder) {
  /** What QEMU calls the file in its folder. */
  public static final String FILE = "keys.psk";

  /** The name of QEMU's object, and the value of its migration parameter {@code tls-creds}. */
  static final String ID = "stream-key";

  /**
   * GnuTLS's words, to which QEMU adds the key exchanges, that with Diffie-Hellman first. AES is what CPUs do by themselves. Not TLS
   * 1.3: there GnuTLS renews its keys amid a long stream (after 2^24 records, some 32 GiB of pages), which QEMU 10.0 does not guard
   * against its other thread that reads from the destination, and with such a key it would take ChaCha20, at many times the CPU time.
   */
  private static final String PRIORITY = "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:-CIPHER-ALL:+AES-256-GCM:-GROUP-FFDHE2048";

  private static final String USER = "mplm";
  private static final int BYTES = 32;

  /** The text of a file with a new key, for both hosts; to be used for one migration. */
  public static String fresh() {
    byte[] key = new byte[BYTES];
    new SecureRandom().nextBytes(key);
    return USER + ":" + HexFormat.of().formatHex(key) + "\n";
  }

  /** Arguments of the source's {@code object-add}. */
  Map<String, Object> client() {
    return Map.of("qom-type", "tls-creds-psk", "id", ID, "dir", sourceFolder, "priority", PRIORITY, "endpoint", "client",
        "username", USER);
  }

  /** Arguments of the destination's {@code object-add}. */
  Map<String, Object> server() {
    return Map.of("qom-type", "tls-creds-psk", "id", ID, "dir", destinationFolder, "priority", PRIORITY, "endpoint", "server");
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** A file that is to hold a private key: why nobody can log in with it, before it is tried. */
final class KeyFile {
  /** OpenSSH's format (PROTOCOL.key): this word, then the name of the cipher, by its length. */
  private static final String MAGIC = "openssh-key-v1\0";

  private static final String NO_CIPHER = "none";

  private KeyFile() {}

  /** Empty if it may be good. */
  static String fault(Path key) {
    if (key.startsWith("~")) {
      return key + " is not expanded: write " + Path.of(System.getProperty("user.home")).resolve(Path.of("~").relativize(key));
    }
    if (!Files.exists(key)) {
      return key + " does not exist";
    }
    if (Files.isDirectory(key)) {
      return key + " is a folder";
    }
    String text;
    try {
      text = new String(Files.readAllBytes(key), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return key + " cannot be read";
    }
    if (text.matches("(?s)(ssh-|ecdsa-|sk-)\\S+ AAAA.*")) {
      return key + " holds the public key";
    }
    if (!text.contains("PRIVATE KEY-----")) {
      return key + " holds no private key";
    }
    return isEncrypted(text) ? key + " has a passphrase: give the key to an agent (ssh-add " + key + ")" : "";
  }

  private static boolean isEncrypted(String text) {
    if (!text.contains("-----BEGIN OPENSSH PRIVATE KEY-----")) {
      return text.contains("ENCRYPTED");
    }
    try {
      String body = text.replaceAll("-----[^-]+-----|\\s", "");
      String bytes = new String(Base64.getDecoder().decode(body), StandardCharsets.ISO_8859_1);
      return bytes.startsWith(MAGIC) && !bytes.startsWith("\0\0\0\4" + NO_CIPHER, MAGIC.length());
    } catch (IllegalArgumentException e) {
      return false; // the log-in says what is wrong with it
    }
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import mplm.harness.input.BadValue;
import net.schmizz.sshj.common.Buffer;
import net.schmizz.sshj.common.KeyType;
import net.schmizz.sshj.transport.verification.HostKeyVerifier;

/** A host's public key: type and SSH wire form. */
record HostKey(String type, byte[] blob) {

  private static final String ALLOWED = ", allowed: a public key as in known_hosts, e.g. ssh-ed25519 AAAA...";
  /** The types that OpenSSH has and the SSH library has not. */
  private static final Pattern OTHER = Pattern.compile("(webauthn-)?sk-\\S+|\\S+-cert-v0\\d@openssh\\.com");

  /**
   * Reads {@code ssh-ed25519 AAAA... [comment]}, of any type that OpenSSH has without a security key or a certificate, or a whole line of
   * known_hosts with such a key; {@link BadValue} for {@code host_key} otherwise.
   */
  static HostKey parse(String text) {
    List<String> words = text == null || text.isBlank() ? List.of() : List.of(text.trim().split("\\s+"));
    if (words.isEmpty()) {
      throw new BadValue("host_key", "\"" + text + "\"" + ALLOWED);
    }
    if (words.get(0).startsWith("@")) {
      throw new BadValue("host_key", "\"" + text + "\" is of a certificate authority, or revoked" + ALLOWED);
    }
    // in known_hosts the host's names stand before
    int at = isType(words.get(0)) || words.size() < 2 || !isType(words.get(1)) ? 0 : 1;
    String type = words.get(at);
    if (OTHER.matcher(type).matches()) {
      throw new BadValue("host_key", type + ": keys of this type cannot be checked here" + ALLOWED
          + "; ssh-keyscan HOST shows the others of the host, to be compared with its own");
    }
    try {
      byte[] blob = Base64.getDecoder().decode(words.size() > at + 1 ? words.get(at + 1) : "");
      HostKey key = of(new Buffer.PlainBuffer(blob).readPublicKey());
      if (isType(type) && key.type.equals(type)) {
        return new HostKey(type, blob);
      }
    } catch (IllegalArgumentException | Buffer.BufferException | net.schmizz.sshj.common.SSHRuntimeException e) {
      throw new BadValue("host_key", "\"" + text + "\"" + ALLOWED);
    }
    throw new BadValue("host_key", "\"" + text + "\"" + ALLOWED);
  }

  private static boolean isType(String word) {
    return KeyType.fromString(word) != KeyType.UNKNOWN || OTHER.matcher(word).matches();
  }

  static HostKey of(PublicKey key) {
    return new HostKey(KeyType.fromKey(key).toString(), new Buffer.PlainBuffer().putPublicKey(key).getCompactData());
  }

  /** The algorithms by which it may sign: an RSA key by SHA-2 (RFC 8332), and by SHA-1 where an sshd still does. */
  List<String> algorithms() {
    return type.equals(KeyType.RSA.toString()) ? List.of("rsa-sha2-512", "rsa-sha2-256", type) : List.of(type);
  }

  /** The fingerprint that OpenSSH prints: {@code SHA256:...}. */
  String fingerprint() {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(blob);
      return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e); // every JDK has SHA-256
    }
  }

  /** The text that known_hosts holds. */
  String text() {
    return type + " " + Base64.getEncoder().encodeToString(blob);
  }

  /** Lets exactly one key pass, or none while it is not known, and remembers what a host showed instead. */
  static final class Verifier implements HostKeyVerifier {
    private final HostKey expected;
    private volatile HostKey shown;

    /** @param expected as in the hosts file, or null */
    Verifier(String expected) {
      this.expected = expected == null ? null : parse(expected);
    }

    @Override
    public boolean verify(String hostname, int port, PublicKey key) {
      shown = HostKey.of(key);
      return isRight();
    }

    @Override
    public List<String> findExistingAlgorithms(String hostname, int port) {
      return expected == null ? List.of() : expected.algorithms();
    }

    private boolean isRight() {
      return expected != null && Arrays.equals(expected.blob, shown.blob);
    }

    /** One sentence when the host was refused, else null. */
    String refusal() {
      if (shown == null || isRight()) {
        return null;
      }
      String what = expected == null
          ? "host key unknown: the host shows "
          : "host key changed: expected " + expected.fingerprint() + ", the host shows ";
      return what + shown.fingerprint()
          + "; if that is the host's (there, ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub says it), put "
          + "host_key: \"" + shown.text() + "\" into the hosts file";
    }
  }
}

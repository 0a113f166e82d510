// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import mplm.harness.input.BadValue;
import net.schmizz.sshj.common.Buffer;
import net.schmizz.sshj.common.KeyType;
import net.schmizz.sshj.transport.verification.HostKeyVerifier;

/** A host's public key: type and SSH wire form. */
record HostKey(String type, byte[] blob) {

  /** Reads {@code ssh-ed25519 AAAA... [comment]}; {@link BadValue} for {@code host_key} otherwise. */
  static HostKey parse(String text) {
    String[] words = text == null ? new String[0] : text.trim().split("\\s+");
    try {
      if (words.length >= 2 && KeyType.fromString(words[0]) != KeyType.UNKNOWN) {
        byte[] blob = Base64.getDecoder().decode(words[1]);
        new Buffer.PlainBuffer(blob).readPublicKey();
        return new HostKey(words[0], blob);
      }
    } catch (IllegalArgumentException | Buffer.BufferException | net.schmizz.sshj.common.SSHRuntimeException e) {
      throw new BadValue("host_key", "\"" + text + "\", allowed: a public key as in known_hosts, e.g. ssh-ed25519 AAAA...");
    }
    throw new BadValue("host_key", "\"" + text + "\", allowed: a public key as in known_hosts, e.g. ssh-ed25519 AAAA...");
  }

  static HostKey of(PublicKey key) {
    return new HostKey(KeyType.fromKey(key).toString(), new Buffer.PlainBuffer().putPublicKey(key).getCompactData());
  }

  /** As OpenSSH prints it: {@code SHA256:...}. */
  String fingerprint() {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(blob);
      return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e); // every JDK has SHA-256
    }
  }

  /** As known_hosts holds it. */
  String text() {
    return type + " " + Base64.getEncoder().encodeToString(blob);
  }

  /** Lets exactly this key pass and remembers what a host showed instead. */
  final class Verifier implements HostKeyVerifier {
    private volatile HostKey shown;

    @Override
    public boolean verify(String hostname, int port, PublicKey key) {
      shown = HostKey.of(key);
      return Arrays.equals(blob, shown.blob);
    }

    @Override
    public List<String> findExistingAlgorithms(String hostname, int port) {
      return List.of(type);
    }

    /** One sentence when the host was refused, else null. */
    String refusal() {
      return shown == null || Arrays.equals(blob, shown.blob)
          ? null
          : "host key refused: expected " + fingerprint() + ", the host shows " + shown.fingerprint()
              + "; if that is the host's, its host_key is \"" + shown.text() + "\"";
    }
  }
}

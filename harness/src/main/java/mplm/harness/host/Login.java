// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;
import mplm.harness.input.BadValue;

/**
 * An sshd, and who logs in there with what.
 *
 * @param address its name or address
 * @param port its port
 * @param user who logs in
 * @param key file of the private key, OpenSSH format, no passphrase; null with an agent
 * @param agent whether the keys of the SSH agent at {@code SSH_AUTH_SOCK} are tried instead
 * @param hostKey the one key that it must show, as in known_hosts; null if not known yet, and then it is refused
 */
public record Login(
    @JsonProperty(required = true) String address,
    @JsonProperty(required = true) int port,
    @JsonProperty(required = true) String user,
    Path key,
    Boolean agent,
    String hostKey) {

  public Login {
    present("address", address);
    present("user", user);
    if (port < 1 || port > 65535) {
      throw new BadValue("port", port + ", allowed: 1 to 65535");
    }
    agent = Boolean.TRUE.equals(agent);
    if (agent && key != null) {
      throw new BadValue("agent", "true, allowed: either this or a key");
    }
    if (!agent) {
      String fault = key == null ? "missing" : KeyFile.fault(key);
      if (!fault.isEmpty()) {
        throw new BadValue("key", fault + ", allowed: a readable file with a private key, or agent: true");
      }
    }
    if (hostKey != null) {
      HostKey.parse(hostKey);
    }
  }

  /** Such as {@code 10.0.0.7 port 22}. */
  String where() {
    return address + " port " + port;
  }

  static void present(String key, String value) {
    if (value == null || value.isBlank()) {
      throw new BadValue(key, "empty, allowed: text");
    }
    if (value.chars().anyMatch(Character::isISOControl)) {
      throw new BadValue(key, "has control characters, allowed: text without");
    }
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Files;
import java.nio.file.Path;
import mplm.harness.input.BadValue;

/**
 * How a host is reached.
 *
 * @param name what messages call it; by default its role, {@code source} or {@code destination}
 * @param address name or address of its sshd
 * @param port of its sshd
 * @param user who logs in
 * @param key file of the private key, OpenSSH format, no passphrase
 * @param hostKey the one key that the host must show, as in known_hosts: {@code ssh-ed25519 AAAA...}
 * @param workFolder absolute; everything that is put on the host is below it
 * @param migrationAddress where the host listens for a migration
 * @param guestTap the tap device that the guest's network device is put on, bridged to the network by which the controller reaches
 *     the host; the user may open it; null for a guest without network
 */
public record HostConfig(
    String name,
    @JsonProperty(required = true) String address,
    @JsonProperty(required = true) int port,
    @JsonProperty(required = true) String user,
    @JsonProperty(required = true) Path key,
    @JsonProperty(required = true) String hostKey,
    @JsonProperty(required = true) String workFolder,
    @JsonProperty(required = true) String migrationAddress,
    String guestTap) {

  public HostConfig {
    present("address", address);
    present("user", user);
    present("migration_address", migrationAddress);
    if (port < 1 || port > 65535) {
      throw new BadValue("port", port + ", allowed: 1 to 65535");
    }
    if (key == null || !Files.isReadable(key)) {
      throw new BadValue("key", key + ", allowed: a readable file with a private key");
    }
    HostKey.parse(hostKey);
    if (workFolder == null || !workFolder.matches("/.*[^/]")) {
      throw new BadValue("work_folder", "\"" + workFolder + "\", allowed: an absolute path other than /");
    }
    if (guestTap != null && !guestTap.matches("[A-Za-z0-9_.-]{1,15}")) {
      throw new BadValue("guest_tap", "\"" + guestTap + "\", allowed: a network device's name, 1 to 15 letters, digits, _ . -");
    }
  }

  /** The same under this name, unless the file gave it one. */
  HostConfig orNamed(String role) {
    return name != null
        ? this
        : new HostConfig(role, address, port, user, key, hostKey, workFolder, migrationAddress, guestTap);
  }

  private static void present(String key, String value) {
    if (value == null || value.isBlank()) {
      throw new BadValue(key, "empty, allowed: text");
    }
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;
import mplm.engine.unit.DataSize;
import mplm.harness.input.BadValue;

/**
 * How a host is reached, and where on it a guest runs.
 *
 * @param name what messages call it; by default its role, {@code source} or {@code destination}
 * @param address name or address of its sshd, as the jump host sees it if there is one
 * @param port of its sshd
 * @param user who logs in
 * @param key file of the private key, OpenSSH format, no passphrase; null with an agent
 * @param agent whether the keys of the SSH agent at {@code SSH_AUTH_SOCK} are tried instead
 * @param hostKey the one key that the host must show, as in known_hosts: {@code ssh-ed25519 AAAA...}; a host whose key is not
 *     given is refused with the key that it shows
 * @param jump an sshd through which the host is reached; null if it is reached directly
 * @param workFolder absolute; everything that is put on the host is below it, but for guests' memory in {@code /dev/shm}
 * @param migrationAddress where the host listens for a migration, and nowhere else
 * @param migrationInterface the network device of the migration link; without {@code migration_address}, its address is looked up
 * @param guestTap the tap device that the guest's network device is put on, bridged to the network by which the controller reaches
 *     the host; the user may open it; null for a guest without network
 * @param cpus vCPU N runs on the Nth of these alone; null for no pinning
 * @param numaNode the hypervisor runs, and its memory is touched first, on this node's CPUs; null for any
 * @param hugePages size of the huge pages that the guest's memory is made of; null for ordinary pages
 * @param preallocate whether the guest's memory is taken before it boots; so it is with {@code numa_node} and {@code huge_pages}
 * @param sudo whether {@code sudo -n tc} may be used by a user other than root
 */
public record HostConfig(
    String name,
    @JsonProperty(required = true) String address,
    @JsonProperty(required = true) int port,
    @JsonProperty(required = true) String user,
    Path key,
    Boolean agent,
    String hostKey,
    Login jump,
    @JsonProperty(required = true) String workFolder,
    String migrationAddress,
    String migrationInterface,
    String guestTap,
    CpuList cpus,
    Integer numaNode,
    DataSize hugePages,
    Boolean preallocate,
    Boolean sudo) {
  /** The longest path of a Unix socket is 107 bytes, and {@code /trial-XXXXXX/serial.sock} stands behind it. */
  private static final int LONGEST_WORK_FOLDER = 80;

  /** Folders in which others keep their files. */
  private static final Pattern OTHERS = Pattern.compile("/(boot|dev|etc|bin|sbin|lib\\w*|usr)(/.*)?"
      + "|/(home|media|mnt|opt|root|run|srv|tmp|var)|/home/[^/]+|/var/(backups|cache|lib|local|lock|log|mail|opt|run|spool|tmp)", Pattern.DOTALL);

  public HostConfig {
    if (name != null && !name.matches("[^/\\p{Cntrl}]{1,40}")) {
      throw new BadValue("name", "allowed: 1 to 40 characters without / and control characters");
    }
    agent = new Login(address, port, user, key, agent, hostKey).agent();
    if (workFolder == null || !workFolder.matches("(?s)/.*[^/]")) {
      throw new BadValue("work_folder", "\"" + workFolder + "\", allowed: an absolute path other than /");
    }
    if (workFolder.indexOf('\0') >= 0 || workFolder.indexOf('%') >= 0 || ("/" + workFolder + "/").contains("/../")
        || workFolder.getBytes(StandardCharsets.UTF_8).length > LONGEST_WORK_FOLDER) {
      throw new BadValue("work_folder", "allowed: at most " + LONGEST_WORK_FOLDER + " bytes (sockets are below it), no %, no ..");
    }
    if (OTHERS.matcher(workFolder).matches()) {
      throw new BadValue("work_folder", "\"" + workFolder + "\" is the system's or a user's, allowed: a folder for the kit alone, such as "
          + "/var/tmp/mplm or /home/USER/mplm");
    }
    if (migrationAddress == null && migrationInterface == null) {
      throw new BadValue("migration_address", "empty, allowed: an address of the host, or migration_interface in its place");
    }
    if (migrationAddress != null) {
      Login.present("migration_address", migrationAddress);
    }
    if (migrationInterface != null && !migrationInterface.matches("[^/\\s\\p{Cntrl}-][^/\\s\\p{Cntrl}]{0,14}")) {
      throw new BadValue("migration_interface", "allowed: the name of a network device, such as eth1");
    }
    if (guestTap != null && !guestTap.matches("[A-Za-z0-9_.-]{1,15}")) {
      throw new BadValue("guest_tap", "\"" + guestTap + "\", allowed: a network device's name, 1 to 15 letters, digits, _ . -");
    }
    if (numaNode != null && numaNode < 0) {
      throw new BadValue("numa_node", numaNode + ", allowed: 0 or more");
    }
    if (hugePages != null && !hugePages.equals(DataSize.parse("2MiB")) && !hugePages.equals(DataSize.parse("1GiB"))) {
      throw new BadValue("huge_pages", hugePages + ", allowed: 2MiB, 1GiB");
    }
    preallocate = Boolean.TRUE.equals(preallocate) || numaNode != null || hugePages != null;
    sudo = Boolean.TRUE.equals(sudo);
  }

  /** Its own sshd. */
  Login login() {
    return new Login(address, port, user, key, agent, hostKey);
  }

  /** Its sshd, as messages tell it, with the jump host on the way: what two names of one address have in common is not known. */
  String where() {
    return login().where() + (jump == null ? "" : " through " + jump.where());
  }

  /** The same under this name, unless the file gave it one. */
  HostConfig orNamed(String role) {
    return name != null ? this : with(role, migrationAddress);
  }

  /** The same with an address that was looked up. */
  HostConfig withMigrationAddress(String found) {
    return with(name, found);
  }

  private HostConfig with(String name, String migrationAddress) {
    return new HostConfig(name, address, port, user, key, agent, hostKey, jump, workFolder, migrationAddress, migrationInterface,
        guestTap, cpus, numaNode, hugePages, preallocate, sudo);
  }

  /**
   * The file of which a guest's memory is made when it is to be compared. There is one per work folder and host, which only the
   * run that has
   * reserved the host uses: so the next run can remove what was left.
   */
  public String memoryFile() {
    return "/dev/shm/mplm" + workFolder.replace('/', '-') + "-" + name;
  }
}

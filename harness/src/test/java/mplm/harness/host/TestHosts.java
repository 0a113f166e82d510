// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The testbed's hosts with other keys, by way of a hosts file. */
public final class TestHosts {
  private static final YAMLMapper YAML = new YAMLMapper();

  private TestHosts() {}

  /** Keys of one host with other values: key, value, ...; null leaves the key out. */
  public static Map<String, Object> change(Object... keysAndValues) {
    Map<String, Object> changes = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      changes.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return changes;
  }

  /**
   * Writes the testbed's hosts file with changes.
   *
   * @param changes by the name of a mapping in it: source, destination, link
   */
  public static Path write(Path file, Map<String, Map<String, Object>> changes) throws IOException {
    Map<String, Object> hosts = YAML.readValue(Path.of(System.getenv("MPLM_HOSTS")).toFile(), new TypeReference<>() {});
    changes.forEach((mapping, keys) -> {
      Map<String, Object> changed = YAML.convertValue(hosts.get(mapping), new TypeReference<>() {});
      changed.putAll(keys);
      changed.values().removeIf(Objects::isNull);
      hosts.put(mapping, changed);
    });
    YAML.writeValue(file.toFile(), hosts);
    return file;
  }

  /** The testbed's two hosts as a pair among several, without taps, the stream limited by QEMU where it is at all. */
  public static Map<String, Object> pair(String name, String source, String destination, String user, String workFolder)
      throws IOException {
    Map<String, Object> hosts = YAML.readValue(Path.of(System.getenv("MPLM_HOSTS")).toFile(), new TypeReference<>() {});
    Map<String, Object> pair = change("name", name, "link", Map.of("shaping", "max-bandwidth"));
    for (String role : new String[] {"source", "destination"}) {
      String which = role.equals("source") ? source : destination;
      Map<String, Object> host = YAML.convertValue(hosts.get(which), new TypeReference<>() {});
      host.remove("guest_tap");
      host.put("work_folder", workFolder + "-" + role);
      host.put("user", user);
      pair.put(role, host);
    }
    return pair;
  }

  /** Writes a file of several pairs. */
  public static Path write(Path file, List<Map<String, Object>> pairs) throws IOException {
    YAML.writeValue(file.toFile(), Map.of("pairs", pairs));
    return file;
  }

  /** The testbed's hosts with changes. */
  public static Hosts with(Map<String, Map<String, Object>> changes) {
    try {
      Path file = Files.createTempFile("mplm-it", ".yaml");
      try {
        return Hosts.read(write(file, changes));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Kills what holds a host's work folder, or its network, so that its run is as one that the host has heard nothing of for long. */
  public static void endHold(Host host, String held) {
    host.check(Duration.ofSeconds(10), "sh", "-c",
        """
        held=$(readlink -f "$1/lock") || held=$(readlink "$1") || exit
        killed=no
        for process in /proc/[0-9]*; do
          if [ "$(readlink "$process/fd/9")" = "$held" ] && kill -KILL "${process#/proc/}"; then killed=yes; fi
        done
        [ $killed = yes ]
        """, "mplm", held);
  }

  /** Kills the hypervisors of the kit on a host. */
  public static void killHypervisors(Host host) {
    host.check(Duration.ofSeconds(10), "sh", "-c",
        """
        killed=no
        for process in /proc/[0-9]*; do
          case $(readlink "$process/exe") in "$1"/store/*) kill -KILL "${process#/proc/}" && killed=yes ;; esac
        done
        [ $killed = yes ]
        """, "mplm", host.config().workFolder());
  }

  /** One of the testbed's hosts with other values. */
  static HostConfig with(HostConfig host, Object... keysAndValues) {
    Hosts hosts = with(Map.of(host.name(), change(keysAndValues)));
    return host.name().equals(hosts.source().name()) ? hosts.source() : hosts.destination();
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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

  /** One of the testbed's hosts with other values. */
  static HostConfig with(HostConfig host, Object... keysAndValues) {
    Hosts hosts = with(Map.of(host.name(), change(keysAndValues)));
    return host.name().equals(hosts.source().name()) ? hosts.source() : hosts.destination();
  }
}

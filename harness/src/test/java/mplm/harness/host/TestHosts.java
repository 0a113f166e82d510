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

  /** The testbed's hosts file, mappings within a mapping. */
  public static Map<String, Map<String, Object>> file() {
    try {
      Map<String, Object> all = YAML.readValue(Path.of(System.getenv("MPLM_HOSTS")).toFile(), new TypeReference<>() {});
      all.remove("testbed");
      return YAML.convertValue(all, new TypeReference<>() {});
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes such a file. */
  public static Path write(Path file, String testbed, Map<String, Map<String, Object>> hosts) throws IOException {
    Map<String, Object> all = new LinkedHashMap<>(hosts);
    all.put("testbed", testbed);
    YAML.writeValue(file.toFile(), all);
    return file;
  }

  /** The testbed's host of that name with other values: key, value, ...; null leaves the key out. */
  static HostConfig with(HostConfig host, Object... changes) {
    Map<String, Map<String, Object>> hosts = file();
    for (int i = 0; i < changes.length; i += 2) {
      hosts.get(host.name()).put((String) changes[i], changes[i + 1]);
    }
    hosts.get(host.name()).values().removeIf(Objects::isNull);
    Path file = null;
    try {
      file = write(Files.createTempFile("mplm-it", ".yaml"), "none", hosts);
      Hosts read = Hosts.read(file);
      return host.name().equals(read.source().name()) ? read.source() : read.destination();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } finally {
      if (file != null) {
        file.toFile().delete();
      }
    }
  }
}

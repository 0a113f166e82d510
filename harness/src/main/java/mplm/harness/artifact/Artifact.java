// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.artifact;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import mplm.harness.host.Store;
import mplm.harness.input.BadInput;

/** A folder that a build script made, with a file of properties that says what it was made from. */
public final class Artifact {
  /** The hypervisor in an engine's folder. */
  public static final String ENGINE_BINARY = "bin/qemu-system-x86_64";
  private static final String BINARY_HASH = "binary.sha256";

  private final Path folder;
  private final Path file;
  private final Properties properties = new Properties();

  private Artifact(Path folder, String propertiesFile) {
    this.folder = folder;
    this.file = folder.resolve(propertiesFile);
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException e) {
      throw new BadInput(folder + " is not made by the kit: " + e);
    }
  }

  /**
   * {@code bin/qemu-system-x86_64}, its firmware in {@code share}, {@code engine.properties}. {@link BadInput} if the binary is not the
   * one that the properties are of: rows would name another engine than the one that ran.
   */
  public static Artifact engine(Path folder) {
    Artifact engine = new Artifact(folder, "engine.properties");
    Path binary = folder.resolve(ENGINE_BINARY);
    try {
      String found = Store.sha256(binary);
      if (!found.equals(engine.property(BINARY_HASH))) {
        throw new BadInput(binary + ": is not what was built, its SHA-256 is " + found + ", in " + engine.file + " " + BINARY_HASH
            + " is another; if it was rebuilt by hand, build it by engine/qemu/build instead, or remove " + folder);
      }
    } catch (IOException e) {
      throw new BadInput(folder + " is not an engine: " + e);
    }
    return engine;
  }

  /** {@code vmlinux}, {@code initramfs.cpio}, {@code guest.properties}. */
  public static Artifact guest(Path folder) {
    return new Artifact(folder, "guest.properties");
  }

  /** A file or folder in it. */
  public Path path(String name) {
    return folder.resolve(name);
  }

  /** A property; {@link BadInput} if there is none. */
  public String property(String key) {
    String value = properties.getProperty(key);
    if (value == null) {
      throw new BadInput(file + ": " + key + ": missing");
    }
    return value;
  }

  /** All properties. */
  public Map<String, String> properties() {
    Map<String, String> all = new TreeMap<>();
    properties.stringPropertyNames().forEach(key -> all.put(key, properties.getProperty(key)));
    return all;
  }
}

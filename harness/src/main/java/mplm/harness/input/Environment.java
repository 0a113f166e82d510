// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.input;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The environment's variables. One that is set and empty counts as not set, as in the kit's scripts ({@code ${NAME:-DEFAULT}}). */
public final class Environment {
  private static final Pattern NO_FOLDER_OF_QEMU = Pattern.compile("[\\s:]");

  private Environment() {}

  /** The value of a variable. */
  public static Optional<String> value(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isEmpty());
  }

  /** A file or folder that a variable names. */
  public static Optional<Path> path(String name) {
    return value(name).map(Path::of);
  }

  /**
   * The folder in which is kept what takes long to make, by the rule of {@code engine/bin/cache-folder}; {@link BadInput} if the
   * environment names one that cannot be it.
   */
  public static Path cache() {
    String variable = Stream.of("MPLM_CACHE", "XDG_CACHE_HOME").filter(name -> value(name).isPresent()).findFirst().orElse("HOME");
    String named = value(variable).orElse("");
    String below = variable.equals("MPLM_CACHE") ? "" : variable.equals("HOME") ? "/.cache/mplm" : "/mplm";
    String fault = NO_FOLDER_OF_QEMU.matcher(named).find() ? "has white space or a colon"
        : named.startsWith("/") ? "" : "is no absolute path";
    if (!fault.isEmpty()) {
      throw new BadInput("environment variable " + variable + ": '" + named + "' " + fault
          + "; name a folder for the cache in MPLM_CACHE, such as /var/cache/mplm");
    }
    return Path.of(named + below);
  }
}

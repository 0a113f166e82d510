// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.input;

import java.nio.file.Path;
import java.util.Optional;

/** The environment's variables. One that is set and empty counts as not set, as in the kit's scripts ({@code ${NAME:-DEFAULT}}). */
public final class Environment {
  private Environment() {}

  /** The value of a variable. */
  public static Optional<String> value(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isEmpty());
  }

  /** A file or folder that a variable names. */
  public static Optional<Path> path(String name) {
    return value(name).map(Path::of);
  }
}

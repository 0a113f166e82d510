// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.suite;

import java.net.URISyntaxException;
import java.nio.file.Path;

/**
 * The clone of the kit that this code was built in.
 *
 * @param root its folder
 */
public record Clone(Path root) {
  /** Both {@code harness/target/classes} and {@code harness/target/NAME.jar} lie three levels below the root. */
  public static Clone here() {
    try {
      Path code = Path.of(Clone.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return new Clone(code.getParent().getParent().getParent());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the class path has no folder", e);
    }
  }

  /** Its benchmarks and suites. */
  public NpbConfigs npbConfigs() {
    return new NpbConfigs(root.resolve("npb-configs"));
  }

  /** Where its engine is built. */
  public Path engineBuild() {
    return root.resolve("engine/qemu/build");
  }

  /** Where its guest is built. */
  public Path guestBuild() {
    return root.resolve("guest-images/build");
  }

  /** The traces that belong to it, and those that were recorded here. */
  public Path traces() {
    return root.resolve("reports/traces");
  }

  /** Where its runs go. */
  public Path runs() {
    return root.resolve("reports/runs");
  }
}

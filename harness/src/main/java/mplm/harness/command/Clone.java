// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

import java.net.URISyntaxException;
import java.nio.file.Path;
import mplm.harness.suite.NpbConfigs;

/**
 * The clone of the kit that this code was built in.
 *
 * @param root its folder
 */
record Clone(Path root) {
  /** Both {@code harness/target/classes} and {@code harness/target/NAME.jar} lie three levels below the root. */
  static Clone here() {
    try {
      Path code = Path.of(Clone.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return new Clone(code.getParent().getParent().getParent());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the class path has no folder", e);
    }
  }

  NpbConfigs npbConfigs() {
    return new NpbConfigs(root.resolve("npb-configs"));
  }

  Path engineBuild() {
    return root.resolve("engine/qemu/build");
  }

  Path guestBuild() {
    return root.resolve("guest-images/build");
  }

  Path traces() {
    return root.resolve("reports/traces");
  }

  Path runs() {
    return root.resolve("reports/runs");
  }
}

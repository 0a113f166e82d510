// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a run takes to its hosts. The environment can name folders to take in place of those that would be built.
 *
 * @param engine folder with the hypervisor, as {@code engine/qemu/build} makes it
 * @param guest folder with the guest's image, as {@code guest-images/build} makes it
 */
public record Artifacts(Path engine, Path guest) {
  private static final String ENGINE = "MPLM_ENGINE";
  private static final String GUEST = "MPLM_GUEST";

  /**
   * Builds what is not in the cache; progress goes to standard error.
   *
   * @param qemuSource folder or archive with QEMU's source, or null for the distribution's
   * @throws BuildFailed a script did not make its folder
   */
  public static Artifacts make(Path engineBuild, Path guestBuild, Path qemuSource) {
    List<String> source = qemuSource == null ? List.of() : List.of("--qemu-source", qemuSource.toString());
    return new Artifacts(made(ENGINE, engineBuild, source), made(GUEST, guestBuild, List.of()));
  }

  /** Whether the environment names an engine, so that none would be built. */
  public static boolean engineGiven() {
    return System.getenv(ENGINE) != null;
  }

  /** With these variables, {@link #make} gives the same folders and builds nothing. */
  public Map<String, String> environment() {
    return Map.of(ENGINE, engine.toString(), GUEST, guest.toString());
  }

  private static Path made(String variable, Path script, List<String> arguments) {
    String given = System.getenv(variable);
    return given != null ? Path.of(given) : Build.run(script, arguments);
  }
}

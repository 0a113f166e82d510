// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.artifact;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import mplm.harness.input.Environment;

/**
 * What a run takes to its hosts. The environment can name folders to take in place of those that would be built.
 *
 * @param engine folder with the hypervisor, as {@code engine/qemu/build} makes it
 * @param guest folder with the guest's image, as {@code guest-images/build} makes it
 * @param engines those that a run compares, by name, {@code engine} first; else empty
 */
public record Artifacts(Path engine, Path guest, Map<String, Path> engines) {
  private static final String ENGINE = "MPLM_ENGINE";
  private static final String GUEST = "MPLM_GUEST";
  private static final String ENGINES = "MPLM_ENGINES";

  /** Artifacts with one engine. */
  public Artifacts(Path engine, Path guest) {
    this(engine, guest, Map.of());
  }

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

  /**
   * The same with engines to be compared, built where they are not in the cache.
   *
   * @param references by name, the one that is compared with first; at least one
   * @param clone of the kit, whose revisions they may be
   * @throws mplm.harness.input.BadInput one of them is nothing that holds an engine
   * @throws BuildFailed a script did not make its folder
   */
  public static Artifacts make(Map<String, String> references, Path clone, Path guestBuild) {
    Map<String, Path> engines = given();
    if (engines.isEmpty()) {
      references.forEach((name, reference) -> engines.put(name, EngineSource.find(name, reference, clone)));
    }
    return new Artifacts(engines.values().iterator().next(), made(GUEST, guestBuild, List.of()), engines);
  }

  private static Map<String, Path> given() {
    Map<String, Path> engines = new LinkedHashMap<>();
    Environment.value(ENGINES).stream().flatMap(String::lines)
        .forEach(line -> engines.put(line.substring(0, line.indexOf('=')), Path.of(line.substring(line.indexOf('=') + 1))));
    return engines;
  }

  /** Whether the environment names an engine, so that none would be built. */
  public static boolean engineGiven() {
    return Environment.value(ENGINE).isPresent();
  }

  /** Environment variables with which {@link #make} gives the same folders and builds nothing. */
  public Map<String, String> environment() {
    Map<String, String> variables = new LinkedHashMap<>(Map.of(ENGINE, engine.toString(), GUEST, guest.toString()));
    if (!engines.isEmpty()) {
      variables.put(ENGINES,
          engines.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining("\n")));
    }
    return variables;
  }

  private static Path made(String variable, Path script, List<String> arguments) {
    Optional<Path> given = Environment.path(variable);
    return given.isPresent() ? given.orElseThrow() : Build.run(script, arguments);
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import mplm.harness.artifact.Artifacts;
import mplm.harness.host.ExitHook;
import mplm.harness.host.Host;
import mplm.harness.host.Hosts;

/**
 * Examines pairs of hosts and their links, one pair after the other. A host that cannot be examined further is said to be so, and
 * the others are.
 */
public final class Doctor {
  private Doctor() {}

  /**
   * Takes some seconds per pair, half a minute where KVM boots nothing. The hosts are reserved meanwhile, and keep what was provided.
   *
   * @param logs local folder, for what guests and hypervisors say
   */
  public static Diagnosis examine(List<Hosts> pairs, Needs needs, Artifacts artifacts, Path logs) throws InterruptedException {
    List<Check> checks = new ArrayList<>();
    for (Hosts pair : pairs) {
      checks.addAll(examine(pair, needs, artifacts, logs));
    }
    return new Diagnosis(checks);
  }

  private static List<Check> examine(Hosts hosts, Needs needs, Artifacts artifacts, Path logs) throws InterruptedException {
    List<Check> checks = new ArrayList<>();
    try (Patient source = new Patient(hosts.source()); Patient destination = new Patient(hosts.destination())) {
      ExitHook hook = new ExitHook("doctor end", () -> List.of(source, destination).forEach(Patient::end));
      try {
        checks.addAll(examine(hosts, source, destination, needs, artifacts, logs));
      } finally {
        hook.close();
      }
    }
    return checks;
  }

  private static List<Check> examine(Hosts hosts, Patient source, Patient destination, Needs needs, Artifacts artifacts, Path logs)
      throws InterruptedException {
    both(source::admit, destination::admit);
    for (Patient patient : List.of(source, destination)) {
      Patient other = patient == source ? destination : source;
      if (other.sharesWorkFolder(patient)) {
        String same = Host.sameWorkFolder(patient.config(), other.config().name()).getMessage();
        patient.refuse(same);
      }
    }
    int hostsHere = isOneMachine(source, destination) ? 2 : 1;
    for (Patient patient : List.of(source, destination)) {
      patient.facts().ifPresent(facts -> patient.add(HostChecks.of(patient.config(), facts, needs, hostsHere)));
    }
    both(() -> examine(source, artifacts, logs), () -> examine(destination, artifacts, logs));
    List<Check> checks = new ArrayList<>(source.checks());
    checks.addAll(destination.checks());
    checks.addAll(LinkChecks.of(hosts, source, destination, logs));
    return checks;
  }

  private static void examine(Patient patient, Artifacts artifacts, Path logs) {
    if (patient.facts().flatMap(facts -> facts.text("machine")).equals(Optional.of("x86_64"))) {
      patient.examine(artifacts, logs);
    }
  }

  private static boolean isOneMachine(Patient source, Patient destination) {
    Optional<String> boot = bootId(source);
    return boot.isPresent() && boot.equals(bootId(destination));
  }

  private static Optional<String> bootId(Patient patient) {
    return patient.facts().flatMap(facts -> facts.text("/proc/sys/kernel/random/boot_id"));
  }

  private static void both(Runnable one, Runnable other) {
    CompletableFuture<Void> first = CompletableFuture.runAsync(one);
    other.run();
    first.join();
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.result;

import static mplm.engine.unit.Durations.seconds;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * The same downtime, seen in independent ways, all but QEMU's own by the controller's clock.
 *
 * @param qemu QEMU's {@code downtime}, with {@code return-path} on
 * @param stopResume from the source's event STOP to the destination's RESUME
 * @param guest by the guest's clock in its heartbeats
 * @param guestGap between the last heartbeat from the source and the first from the destination: an upper bound
 * @param network between the last echo from the source and the first from the destination: longer than the others by what the network
 *     takes to learn where the guest is, and the guest to answer, but never shorter
 * @param clockStoodStill whether the guest's clock stood still during the stop; empty when that cannot be told
 * @param missing why {@code stopResume} and {@code guest} are not there
 * @param networkMissing why {@code network} is not there
 */
public record Downtimes(
    Optional<Measure> qemu,
    Optional<Measure> stopResume,
    Optional<Measure> guest,
    Optional<Duration> guestGap,
    Optional<Measure> network,
    Optional<Boolean> clockStoodStill,
    Optional<String> missing,
    Optional<String> networkMissing) {

  /** Nothing was seen, for the reason given. */
  public static Downtimes none(Optional<String> why) {
    return new Downtimes(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
        why, why);
  }

  /**
   * The one that counts: the guest's own where its clock stood still, since nothing lies between it and the guest; else from STOP to
   * RESUME. One that others contradict and none confirms does not count.
   * Empty where none is left, and where the guest was held at the destination, as its memory was compared.
   */
  public Optional<Measure> headline() {
    return headlineName().map(candidates()::get);
  }

  /** Which one that is: {@code guest} or {@code stop-resume}. */
  public Optional<String> headlineName() {
    return candidates().keySet().stream().filter(name -> {
      List<Boolean> agree = others(name).values().stream().map(candidates().get(name)::agreesWith).toList();
      return agree.isEmpty() || agree.contains(true);
    }).findFirst();
  }

  /** Which ones cannot be right if the one that counts is, by more than both may be off, in one line; empty when all can. */
  public Optional<String> disagreement() {
    StringJoiner odd = new StringJoiner("; ");
    headlineName().or(() -> candidates().keySet().stream().findFirst()).ifPresent(name -> {
      Measure one = candidates().get(name);
      others(name).forEach((other, measure) -> {
        if (!measure.agreesWith(one)) {
          odd.add(other + " " + text(measure) + " against " + name + " " + text(one));
        }
      });
    });
    return odd.length() == 0 ? Optional.empty() : Optional.of(odd.toString());
  }

  /** The best first. */
  private Map<String, Measure> candidates() {
    Map<String, Measure> candidates = new LinkedHashMap<>();
    guest.filter(measure -> clockStoodStill.orElse(false)).ifPresent(measure -> candidates.put("guest", measure));
    stopResume.ifPresent(measure -> candidates.put("stop-resume", measure));
    return candidates;
  }

  /** What this one is held against; the network's may be longer, and says nothing then. */
  private Map<String, Measure> others(String name) {
    Map<String, Measure> others = new LinkedHashMap<>();
    qemu.ifPresent(measure -> others.put("qemu", measure));
    candidates().forEach(others::put);
    Measure one = others.remove(name);
    network.filter(measure -> measure.value().compareTo(one.value()) < 0).ifPresent(measure -> others.put("network", measure));
    return others;
  }

  private static String text(Measure measure) {
    return String.format(Locale.ROOT, "%.4f s +- %.4f s", seconds(measure.value()), seconds(measure.error()));
  }
}

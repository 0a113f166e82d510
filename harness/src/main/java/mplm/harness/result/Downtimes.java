// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.result;

import java.time.Duration;
import java.util.LinkedHashMap;
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
   * RESUME. Empty where the guest was held at the destination, as its memory was compared.
   */
  public Optional<Measure> headline() {
    return guestCounts() ? guest : stopResume;
  }

  /** Which one that is: {@code guest} or {@code stop-resume}. */
  public Optional<String> headlineName() {
    return headline().map(measure -> guestCounts() ? "guest" : "stop-resume");
  }

  /** Which ones cannot be right if the headline is, by more than both may be off, in one line; empty when all can. */
  public Optional<String> disagreement() {
    Map<String, Optional<Measure>> others = new LinkedHashMap<>();
    others.put("qemu", qemu);
    others.put("stop-resume", stopResume);
    others.put("network", network.filter(seen -> headline().filter(h -> seen.value().compareTo(h.value()) < 0).isPresent()));
    StringJoiner odd = new StringJoiner("; ");
    headline().ifPresent(headline -> others.forEach((name, other) -> other.filter(measure -> !measure.agreesWith(headline))
        .ifPresent(measure -> odd.add(name + " " + text(measure) + " against " + headlineName().orElseThrow() + " " + text(headline)))));
    return odd.length() == 0 ? Optional.empty() : Optional.of(odd.toString());
  }

  private boolean guestCounts() {
    return guest.isPresent() && clockStoodStill.orElse(false);
  }

  private static String text(Measure measure) {
    return String.format(Locale.ROOT, "%.4f s +- %.4f s", measure.value().toNanos() / 1e9, measure.error().toNanos() / 1e9);
  }
}

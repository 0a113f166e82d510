// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import static mplm.engine.unit.Durations.seconds;
import static mplm.engine.unit.Patience.ANSWER;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import mplm.engine.unit.Durations;

/**
 * Post-copy: after some passes of stock pre-copy the guest is moved, and the pages that it lacks follow, those first for which it waits
 * (QEMU, docs/devel/migration/postcopy.rst). From then on the guest is on both hosts: if one of them is lost, so is the guest, and a
 * cancel would be no less. A migration that converges before is one of pre-copy.
 *
 * @param passes of pre-copy over all memory before it, see {@link Passes}; 0 for none
 * @param preempt pages for which the guest waits have a connection of their own, and overtake the others: QEMU's {@code postcopy-preempt}
 * @param first the maximum tolerable downtime of the pre-copy before it: QEMU's default, 300 ms, less in proportion
 */
public record Postcopy(int passes, boolean preempt, Duration first) implements Method {
  static final Methods.Form FORM = new Methods.Form("postcopy", "postcopy[:after=NUMBERpass,first=DURATION,preempt]",
      "post-copy after so many passes of stock pre-copy, 1 if not said", true, Set.of("postcopy-ram", "postcopy-preempt"), Postcopy::parse);

  private static final String PASS = "pass";
  private static final int PASSES = 1;

  static Postcopy parse(Optional<String> text) {
    if (text.filter(settings -> settings.contains("multifd")).isPresent()) {
      throw new IllegalArgumentException("post-copy goes without multifd: QEMU 10.0 does not take them together");
    }
    Settings settings = new Settings(FORM.name(), text, Map.of("after", "NUMBER" + PASS, "first", "DURATION"), Set.of("preempt"));
    String after = settings.text("after").orElse(PASSES + PASS);
    if (!after.matches("\\d{1,6}" + PASS)) {
      throw new IllegalArgumentException("after is a number of passes, such as 1pass, not '" + after + "'");
    }
    return new Postcopy(Integer.parseInt(after.substring(0, after.length() - PASS.length())), settings.has("preempt"),
        settings.duration("first", DowntimeRule.QEMUS));
  }

  /** {@link IllegalArgumentException} for a maximum tolerable downtime that QEMU does not take. */
  public Postcopy {
    DowntimeRule.checkFirst(first);
  }

  @Override
  public String name() {
    return FORM.name();
  }

  @Override
  public Map<String, Object> parameters() {
    return Map.of("downtime-limit", first.toMillis());
  }

  @Override
  public Postcopy scaled(double factor) {
    return new Postcopy(passes, preempt, Durations.milliseconds(seconds(first) * factor));
  }

  @Override
  public Set<String> capabilities() {
    return preempt ? FORM.capabilities() : Set.of("postcopy-ram");
  }

  @Override
  public Set<String> destinationCapabilities() {
    Set<String> there = new LinkedHashSet<>(capabilities());
    there.add("postcopy-blocktime");
    return there;
  }

  @Override
  public Steering steering() {
    boolean[] started = {false};
    Passes done = new Passes(first);
    return (now, source, destination) -> {
      boolean passed = done.over(now) >= passes && now.ram().isPresent();
      if (!started[0] && now.status().equals("active") && passed) {
        source.execute("migrate-start-postcopy", ANSWER);
        started[0] = true;
      }
    };
  }

  @Override
  public boolean canBeHeld() {
    return false;
  }

  @Override
  public boolean isControl() {
    return true;
  }

  @Override
  public String curve() {
    return toString();
  }

  @Override
  public String toString() {
    return FORM.name() + ":after=" + passes + PASS + (first.equals(DowntimeRule.QEMUS) ? "" : ",first=" + Durations.print(first))
        + (preempt ? ",preempt" : "");
  }
}

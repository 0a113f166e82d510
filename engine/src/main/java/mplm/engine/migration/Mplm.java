// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import static mplm.engine.unit.Durations.seconds;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import mplm.engine.scheduler.Knobs;
import mplm.engine.scheduler.Scheduler;
import mplm.engine.simulate.Model;
import mplm.engine.simulate.MplmModel;
import mplm.engine.unit.Durations;

/**
 * Memory-bound pre-copy. In the text form {@code policy}, {@code epoch}, {@code batch} (steps) and {@code share} (percent of dirty
 * steps) take a value, {@code strict} (scan) and {@code mixed} (first epoch like the others) stand alone; what is left out has the
 * paper's value.
 *
 * @param policy one of {@link Scheduler#policies}
 * @param knobs within the scheduler's ranges
 */
public record Mplm(String policy, Knobs knobs) implements Method {
  private static final String SETTINGS = "policy=NAME, epoch=DURATION, batch=STEPS, share=PERCENT, strict, mixed";

  static final Methods.Form FORM = new Methods.Form("mplm", "mplm[:KEY=VALUE,...]", "MPLM: " + SETTINGS, true, Set.of("mplm"),
      rest -> parse(rest.orElse(""), rest.isPresent()));

  /** Its curve in a figure. */
  public static final String CURVE = "MPLM";

  /** MPLM as the paper has it. */
  public static final Mplm PAPER = new Mplm("paper", Knobs.PAPER);

  public Mplm {
    if (!Scheduler.policies().contains(policy)) {
      throw new IllegalArgumentException(
          "'" + policy + "' is not an MPLM policy: it is one of " + String.join(", ", Scheduler.policies()));
    }
    Scheduler.check(knobs);
  }

  static Mplm parse(String text, boolean settings) {
    String policy = PAPER.policy;
    Knobs knobs = PAPER.knobs;
    Set<String> seen = new HashSet<>();
    for (String setting : settings ? text.split(",", -1) : new String[0]) {
      int equals = setting.indexOf('=');
      String key = equals < 0 ? setting : setting.substring(0, equals);
      String value = setting.substring(equals + 1);
      if (!seen.add(key)) {
        throw new IllegalArgumentException("'" + key + "' is set twice");
      }
      switch (equals < 0 ? key : key + "=") {
        case "policy=" -> policy = value;
        case "epoch=" -> knobs = knobs.withEpoch(milliseconds(value));
        case "batch=" -> knobs = knobs.withBatchPages(number(key, value));
        case "share=" -> knobs = knobs.withDirtyShare(number(key, value));
        case "strict" -> knobs = knobs.withStrictScan(true);
        case "mixed" -> knobs = knobs.withFirstEpochNondirty(false);
        default -> throw new IllegalArgumentException("'" + setting + "' is not a setting of mplm: it takes " + SETTINGS);
      }
    }
    return new Mplm(policy, knobs);
  }

  private static Duration milliseconds(String value) {
    Duration epoch = Durations.parse(value);
    if (epoch.toNanos() % 1_000_000 != 0) {
      throw new IllegalArgumentException("epoch '" + value + "' is not a whole number of milliseconds");
    }
    return epoch;
  }

  private static int number(String key, String value) {
    if (!value.matches("\\d{1,9}")) {
      throw new IllegalArgumentException(key + " '" + value + "' is not a whole number");
    }
    return Integer.parseInt(value);
  }

  @Override
  public String name() {
    return FORM.name();
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("mplm_policy", policy);
    settings.put("mplm_epoch_s", knobs.epoch());
    settings.put("mplm_batch_pages", knobs.batchPages());
    settings.put("mplm_dirty_share_percent", knobs.dirtyShare());
    settings.put("mplm_first_epoch_nondirty", knobs.firstEpochNondirty());
    settings.put("mplm_strict_scan", knobs.strictScan());
    return settings;
  }

  /**
   * By the policy: what the batches' steps send until the pointer of the non-dirty set has been everywhere once; each page once; the
   * budget, which the scheduler's sources have.
   */
  @Override
  public OptionalLong livePages(long pages) {
    return OptionalLong.of(switch (policy) {
      case "cold" -> pages;
      case "foresight" -> pages + pages / 2;
      case "progress" -> 2 * pages;
      default -> pages * 100 / (100 - knobs.dirtyShare()) + knobs.batchPages();
    });
  }

  @Override
  public Set<String> capabilities() {
    return FORM.capabilities();
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("mplm-policy", policy);
    parameters.put("mplm-epoch-length", knobs.epoch().toMillis());
    parameters.put("mplm-batch-pages", knobs.batchPages());
    parameters.put("mplm-dirty-share", knobs.dirtyShare());
    parameters.put("mplm-first-epoch-nondirty", knobs.firstEpochNondirty());
    parameters.put("mplm-strict-scan", knobs.strictScan());
    return parameters;
  }

  @Override
  public Mplm scaled(double factor) {
    return new Mplm(policy, knobs.withEpoch(Durations.milliseconds(seconds(knobs.epoch()) * factor)));
  }

  @Override
  public String curve() {
    return CURVE;
  }

  @Override
  public Optional<Model> model() {
    return Optional.of(new MplmModel(policy, knobs));
  }

  @Override
  public String toString() {
    List<String> settings = new ArrayList<>();
    if (!policy.equals(PAPER.policy)) {
      settings.add("policy=" + policy);
    }
    if (!knobs.epoch().equals(PAPER.knobs.epoch())) {
      settings.add("epoch=" + Durations.print(knobs.epoch()));
    }
    if (knobs.batchPages() != PAPER.knobs.batchPages()) {
      settings.add("batch=" + knobs.batchPages());
    }
    if (knobs.dirtyShare() != PAPER.knobs.dirtyShare()) {
      settings.add("share=" + knobs.dirtyShare());
    }
    if (knobs.strictScan()) {
      settings.add("strict");
    }
    if (!knobs.firstEpochNondirty()) {
      settings.add("mixed");
    }
    return settings.isEmpty() ? name() : name() + ":" + String.join(",", settings);
  }
}

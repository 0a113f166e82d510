// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import static mplm.engine.unit.Durations.seconds;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import mplm.engine.simulate.Model;
import mplm.engine.simulate.PrecopyModel;
import mplm.engine.unit.Durations;

/**
 * QEMU's own pre-copy, plain or with features: {@code precopy:0.3s}, {@code precopy:0.3s,auto-converge,multifd=4}.
 *
 * @param maxTolerableDowntime QEMU's {@code downtime-limit}: 1 ms to 2000 s, in whole milliseconds
 * @param features that QEMU takes together, in the order of the text
 */
public record Precopy(Duration maxTolerableDowntime, List<PrecopyFeature> features) implements Method {
  /** Its curve in a figure. */
  public static final String CURVE = "stock";

  static final Methods.Form FORM = new Methods.Form("precopy", "precopy:DURATION[,FEATURE...]",
      "stock pre-copy with that maximum tolerable downtime, such as precopy:0.3s; FEATURE: " + PrecopyFeature.FORMS, true,
      PrecopyFeature.CAPABILITIES, rest -> parse(rest.orElse("")));

  private static final Duration LONGEST = Duration.ofSeconds(2000);

  public Precopy {
    if (maxTolerableDowntime.compareTo(Duration.ofMillis(1)) < 0
        || maxTolerableDowntime.compareTo(LONGEST) > 0
        || maxTolerableDowntime.toNanos() % 1_000_000 != 0) {
      throw new IllegalArgumentException(
          "the maximum tolerable downtime is 1ms to 2000s in whole milliseconds, not " + Durations.print(maxTolerableDowntime));
    }
    features = List.copyOf(features);
    PrecopyFeature.check(features);
  }

  /** Plain pre-copy, without features. */
  public Precopy(Duration maxTolerableDowntime) {
    this(maxTolerableDowntime, List.of());
  }

  static Precopy parse(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("precopy takes its maximum tolerable downtime, such as precopy:0.3s");
    }
    String[] parts = text.split(",", -1);
    return new Precopy(Durations.parse(parts[0]), Arrays.stream(parts).skip(1).map(PrecopyFeature::parse).toList());
  }

  @Override
  public String name() {
    return FORM.name();
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> parameters = new LinkedHashMap<>(Map.of("downtime-limit", maxTolerableDowntime.toMillis()));
    features.forEach(feature -> parameters.putAll(feature.parameters()));
    return parameters;
  }

  @Override
  public Set<String> capabilities() {
    return features.stream().map(PrecopyFeature::capability).collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public Set<String> destinationCapabilities() {
    return features.stream().filter(PrecopyFeature::atBoth).map(PrecopyFeature::capability).collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public Map<String, Object> destinationParameters() {
    Map<String, Object> parameters = new LinkedHashMap<>();
    features.stream().filter(PrecopyFeature::atBoth).forEach(feature -> parameters.putAll(feature.parameters()));
    return parameters;
  }

  @Override
  public boolean needsDirtyRing() {
    return capabilities().contains("dirty-limit");
  }

  @Override
  public Precopy scaled(double factor) {
    return new Precopy(Durations.milliseconds(seconds(maxTolerableDowntime) * factor), features);
  }

  @Override
  public boolean isControl() {
    return true;
  }

  @Override
  public String curve() {
    return features.isEmpty() ? CURVE : CURVE + with();
  }

  @Override
  public Optional<Duration> toleratedDowntime() {
    return Optional.of(maxTolerableDowntime);
  }

  @Override
  public Optional<Model> model() {
    return features.isEmpty() ? Optional.of(new PrecopyModel(maxTolerableDowntime)) : Optional.empty();
  }

  @Override
  public String toString() {
    return "precopy:" + Durations.print(maxTolerableDowntime) + with();
  }

  private String with() {
    return features.stream().map(feature -> "," + feature).collect(Collectors.joining());
  }
}

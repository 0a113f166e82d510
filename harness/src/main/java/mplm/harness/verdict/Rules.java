// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.verdict;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import mplm.engine.migration.Method;

/**
 * The rules by which a comparison judges.
 *
 * @param alpha the probability, at most, that any of all tests is a false alarm
 * @param thresholds by how much a metric has to differ to matter, a share of it
 * @param control methods that did not change and show what the machine did; empty for stock pre-copy and unmigrated guests
 * @param seed of the random draws: the same rows give the same verdict
 */
public record Rules(double alpha, Map<Metric, Double> thresholds, List<String> control, long seed) {
  /** The probability of any false alarm. */
  public static final double ALPHA = 0.05;

  /** The least that can be asked for: p-values that are drawn are not below a tenth of it. */
  public static final double LEAST_ALPHA = 0.001;

  /** Unless a metric is given its own. */
  public static final double THRESHOLD = 0.05;

  /** What {@code --control} takes to say that no method is one. */
  public static final String NONE = "none";

  public Rules {
    if (!(alpha > 0 && alpha < 1)) {
      throw new IllegalArgumentException("alpha is above 0 and below 1, not " + alpha);
    }
    thresholds = Map.copyOf(thresholds);
    control = List.copyOf(control);
  }

  /** The rules that hold unless something else is asked for. */
  public static Rules standard() {
    return new Rules(ALPHA, Map.of(), List.of(), 1);
  }

  /** The same at another error rate. */
  public Rules withAlpha(double other) {
    return new Rules(other, thresholds, control, seed);
  }

  /** The share by which the metric has to differ to matter. */
  public double threshold(Metric metric) {
    return thresholds.getOrDefault(metric, THRESHOLD);
  }

  /** Reads {@code 5%}, for all metrics, and {@code downtime=10%}; the later one counts. */
  public static Map<Metric, Double> thresholds(List<String> texts) {
    Map<Metric, Double> thresholds = new EnumMap<>(Metric.class);
    for (String text : texts) {
      int equals = text.indexOf('=');
      String percent = text.substring(equals + 1);
      if (!percent.matches("\\d{1,3}(\\.\\d{1,3})?%")) {
        throw new IllegalArgumentException("'" + text
            + "' is not a threshold, allowed: PERCENT% or METRIC=PERCENT%, such as downtime=10%");
      }
      double share = Double.parseDouble(percent.substring(0, percent.length() - 1)) / 100;
      List<Metric> metrics = equals < 0 ? List.of(Metric.values()) : List.of(Metric.parse(text.substring(0, equals)));
      metrics.forEach(metric -> thresholds.put(metric, share));
    }
    return thresholds;
  }

  /** Whether cells of this method show what the machine did. */
  boolean isControl(String method) {
    return control.isEmpty() ? isControlByItself(method) : control.contains(method);
  }

  /** A pair of methods that are held against each other, BASE -> CANDIDATE, is none, nor is a method that this kit does not know. */
  private static boolean isControlByItself(String method) {
    try {
      return Method.parse(method).isControl();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}

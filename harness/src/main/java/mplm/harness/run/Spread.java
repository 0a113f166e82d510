// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import mplm.harness.paper.Estimate;
import mplm.harness.suite.PlannedTrial;

/**
 * Which experiment is made on which pair of hosts. All trials of an experiment are made on one: what is compared, or averaged, is
 * never of two pairs. The experiment that is estimated to take longest is given away first, each to the pair with least to do.
 */
public final class Spread {
  private Spread() {}

  /**
   * The pair of each experiment, by its name.
   *
   * @param plan of the whole suite, so that all of its shards are spread alike
   */
  public static Map<String, String> of(List<PlannedTrial> plan, List<String> pairs) {
    Map<String, List<PlannedTrial>> experiments = plan.stream().collect(
        Collectors.groupingBy(planned -> planned.experiment().name(), LinkedHashMap::new, Collectors.toList()));
    Map<String, Duration> expected = new HashMap<>();
    experiments.forEach((name, trials) -> expected.put(name, Estimate.of(trials).expected()));
    Map<String, Duration> given = new LinkedHashMap<>();
    pairs.forEach(pair -> given.put(pair, Duration.ZERO));
    Map<String, String> spread = new HashMap<>();
    experiments.keySet().stream().sorted(Comparator.comparing(expected::get).reversed()).forEach(name -> {
      String pair = pairs.stream().min(Comparator.comparing(given::get)).orElseThrow();
      given.merge(pair, expected.get(name), Duration::plus);
      spread.put(name, pair);
    });
    // in the order of the suite
    Map<String, String> ordered = new LinkedHashMap<>();
    experiments.keySet().forEach(name -> ordered.put(name, spread.get(name)));
    return ordered;
  }
}

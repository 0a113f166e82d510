// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import mplm.harness.derive.RowSet;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

/**
 * The verdict on real rows: those of one engine that ran under two names, {@code regression-rows.csv}, recorded in a testbed of
 * namespaces under TCG on two busy cores on 2026-11-26. Any set drawn of them is of the same engine as any other.
 */
public class ResamplingTest {
  private static final int RESAMPLES = 1_000;
  private static final int TRIALS = 8;

  private final Map<String, List<Observation>> cells = new LinkedHashMap<>();

  @BeforeClass
  public void read() throws IOException {
    RowSet.read(Path.of("src/test/resources/mplm/harness/verdict/regression-rows.csv")).observations()
        .forEach(row -> cells.computeIfAbsent(row.experiment() + " " + row.method(), key -> new ArrayList<>()).add(row));
    assertThat(cells).hasSizeGreaterThan(1).allSatisfy((cell, rows) -> assertThat(rows).hasSizeGreaterThanOrEqualTo(6));
  }

  /** Trials of each cell, with the metrics of MPLM's multiplied. */
  private List<Observation> draw(SplittableRandom random, double factor) {
    List<Observation> drawn = new ArrayList<>();
    for (List<Observation> rows : cells.values()) {
      for (int i = 0; i < TRIALS; i++) {
        Observation row = rows.get(random.nextInt(rows.size()));
        Map<Metric, Double> values = new EnumMap<>(row.values());
        if (row.method().startsWith("mplm")) {
          values.replaceAll((metric, value) -> value * factor);
        }
        drawn.add(new Observation(row.experiment(), row.method(), "", "", false, row.outcome(), values));
      }
    }
    return drawn;
  }

  private int alarms(double factor, int resamples) {
    int alarms = 0;
    for (int seed = 0; seed < resamples; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      alarms += Comparison.of(draw(random, 1), draw(random, factor), Rules.standard()).isWorse() ? 1 : 0;
    }
    return alarms;
  }

  @Test
  public void theSameEngineRaisesAnAlarmInOneOfTwentyAtMost() {
    assertThat(alarms(1, RESAMPLES)).isLessThanOrEqualTo(RESAMPLES / 20);
  }

  @Test
  public void aSlowdownIsCaught() {
    assertThat(alarms(1.2, 100)).isGreaterThanOrEqualTo(95);
    assertThat(alarms(1.1, 100)).isGreaterThanOrEqualTo(95);
  }
}

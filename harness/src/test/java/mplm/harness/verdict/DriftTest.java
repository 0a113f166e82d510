// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import mplm.harness.derive.RowSet;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/**
 * The verdict on real rows, with a drift of the machine put in. The rows, {@code regression-rows.csv}, are those of one engine that
 * ran under two names, recorded in a testbed of namespaces under TCG on two busy cores on 2026-11-26: any set drawn of them is of the
 * same engine as any other. {@link #main} prints the table of {@code docs/comparing.md}: false alarms and what is caught in rounds, and the same in two runs.
 */
public class DriftTest {
  private static final int ROUNDS = 12;
  /** The program draws more. */
  private static final int RESAMPLES = 80;
  /** Where 5 % are due, more than so many come in 1 of 1000 sets of resamples (binomial distribution). */
  private static final int MOST_ALARMS = 11;

  private final Map<String, List<Observation>> cells = new LinkedHashMap<>();

  public DriftTest() throws IOException {
    RowSet.read(Path.of("src/test/resources/mplm/harness/verdict/regression-rows.csv")).observations()
        .forEach(row -> cells.computeIfAbsent(row.experiment() + " " + row.method(), key -> new ArrayList<>()).add(row));
    // the suite's other guest: nothing of it was recorded, so it is as this one
    List<Observation> moved = cells.values().stream().filter(rows -> rows.get(0).method().startsWith("mplm")).findFirst().orElseThrow();
    cells.put("MG", moved.stream().map(row ->
        new Observation("MG", row.method(), "", "", row.simulated(), row.outcome(), row.values())).toList());
    assertThat(cells).hasSizeGreaterThan(1).allSatisfy((cell, rows) -> assertThat(rows).hasSizeGreaterThanOrEqualTo(6));
  }

  /** A row of the cell, longer by what the machine does, and by what the scheduler does. */
  private Observation draw(String cell, String round, double machine, double scheduler, SplittableRandom random) {
    List<Observation> rows = cells.get(cell);
    Observation row = rows.get(random.nextInt(rows.size()));
    Map<Metric, Double> values = new EnumMap<>(row.values());
    values.replaceAll((metric, value) -> value * machine * (row.method().startsWith("mplm") ? scheduler : 1));
    return new Observation(row.experiment(), row.method(), "", round, false, row.outcome(), values);
  }

  /** As {@link mplm.harness.suite.Suite#plan(long, List)} has them: both engines in turn, by lot. */
  private Comparison inRounds(Drift drift, double scheduler, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int perRound = 2 * cells.size();
    double[] machine = drift.factors(ROUNDS * perRound, perRound, random);
    List<Observation> base = new ArrayList<>();
    List<Observation> candidate = new ArrayList<>();
    int trial = 0;
    for (int round = 0; round < ROUNDS; round++) {
      List<String> order = new ArrayList<>(cells.keySet());
      Collections.shuffle(order, new Random(random.nextLong()));
      for (String cell : order) {
        boolean baseFirst = random.nextBoolean();
        for (boolean first : new boolean[] {true, false}) {
          boolean ofBase = first == baseFirst;
          (ofBase ? base : candidate).add(draw(cell, "run #" + round, machine[trial++], ofBase ? 1 : scheduler, random));
        }
      }
    }
    return Comparison.of(base, candidate, Rules.standard());
  }

  /** Two runs, one after the other: each drifts on its own. */
  private Comparison apart(Drift drift, double scheduler, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<List<Observation>> runs = new ArrayList<>();
    for (String run : List.of("one", "other")) {
      double[] machine = drift.factors(ROUNDS * cells.size(), cells.size(), random);
      List<Observation> rows = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        List<String> order = new ArrayList<>(cells.keySet());
        Collections.shuffle(order, new Random(random.nextLong()));
        for (String cell : order) {
          rows.add(draw(cell, run + " #" + round, machine[rows.size()], run.equals("one") ? 1 : scheduler, random));
        }
      }
      runs.add(rows);
    }
    return Comparison.of(runs.get(0), runs.get(1), Rules.standard());
  }

  private interface Draw {
    Comparison of(Drift drift, double scheduler, int seed);
  }

  /** In how many a difference is found, to either side. */
  private static int alarms(Draw draw, Drift drift, int from, int resamples) {
    return (int) IntStream.range(from, from + resamples).mapToObj(seed -> draw.of(drift, 1, seed).judgement())
        .filter(found -> found == Judgement.WORSE || found == Judgement.BETTER).count();
  }

  private static int caught(Draw draw, Drift drift, int from, int resamples) {
    return (int) IntStream.range(from, from + resamples).filter(seed -> draw.of(drift, 1.2, seed).isWorse()).count();
  }

  @DataProvider
  public Object[] drifts() {
    return Drift.values();
  }

  /** Few are drawn here, so it finds a test that is wrong by a lot. The program counts closer. */
  @Test(dataProvider = "drifts")
  public void theSameEngineRaisesAnAlarmInOneOfTwentyAtMost(Drift drift) {
    assertThat(alarms(this::inRounds, drift, 0, RESAMPLES)).as(drift.toString()).isLessThanOrEqualTo(MOST_ALARMS);
    assertThat(alarms(this::apart, drift, 0, RESAMPLES)).as(drift + ", in two runs").isLessThanOrEqualTo(MOST_ALARMS);
  }

  @Test(dataProvider = "drifts")
  public void aSchedulerThatIsWorseIsCaught(Drift drift) {
    assertThat(caught(this::inRounds, drift, 0, RESAMPLES)).as(drift.toString()).isGreaterThanOrEqualTo(RESAMPLES * 9 / 10);
  }

  /**
   * Prints lines of the table.
   *
   * @param arguments how many resamples, 400 by default; the first one's seed, 1000 by default; one drift, or all by default
   */
  public static void main(String... arguments) throws IOException {
    int resamples = arguments.length < 1 ? 400 : Integer.parseInt(arguments[0]);
    int from = arguments.length < 2 ? 1_000 : Integer.parseInt(arguments[1]);
    DriftTest test = new DriftTest();
    for (Drift drift : arguments.length < 3 ? List.of(Drift.values()) : List.of(Drift.valueOf(arguments[2]))) {
      System.out.printf(Locale.ROOT, "| %s | %.2f %% | %.2f %% | %.2f %% | %.2f %% |%n", drift,
          100.0 * alarms(test::inRounds, drift, from, resamples) / resamples,
          100.0 * caught(test::inRounds, drift, from, resamples) / resamples,
          100.0 * alarms(test::apart, drift, from, resamples) / resamples,
          100.0 * caught(test::apart, drift, from, resamples) / resamples);
    }
  }
}

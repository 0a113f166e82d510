// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.paper;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mplm.engine.guest.Accelerator;
import mplm.engine.migration.Method;
import mplm.harness.result.Cell;
import mplm.harness.result.Rows;
import mplm.harness.result.Setting;
import mplm.harness.result.TrialRow;
import mplm.harness.suite.Experiment;
import org.assertj.core.data.Offset;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/**
 * Each rule holds for the published values, does not hold for values that are wrong in its one point, and is silent without rows.
 */
public class ClaimTest {
  private static final List<String> BENCHMARKS = List.of("MG", "IS", "SP", "BT");

  @Test
  public void thePublishedValuesFulfilEveryRule() {
    List<Finding> findings = Claim.check(Cell.of(published()));
    assertThat(findings).allSatisfy(finding -> assertThat(finding.verdict()).as(finding.toString()).isEqualTo(Verdict.REPRODUCED));
    assertThat(findings).hasSize(4 * 4 + 1);
    for (Claim claim : Claim.values()) {
      assertThat(claim.verdict(findings)).isEqualTo(Verdict.REPRODUCED);
    }
  }

  /** Times multiplied, rates as share of the link: what a scaled suite that reproduces the paper exactly would measure. */
  @Test
  public void thePublishedValuesInProportionFulfilEveryRuleToo() {
    List<TrialRow> rows = new ArrayList<>();
    for (String benchmark : BENCHMARKS) {
      Experiment scaled = Rows.scaled(benchmark);
      for (Published.Point point : Published.read().of(scaled)) {
        Method method = scaled.methods().stream().filter(m -> Published.read().of(cell(scaled, m)).equals(Optional.of(point)))
            .findFirst().orElseThrow();
        double rate = rate(benchmark) * scaled.link().bytesPerSecond() / 125e6;
        boolean converges = point.total().isPresent() && !scaled.original(method).toString().equals("precopy:0.3s");
        rows.add(converges
            ? Rows.completed(scaled, method.toString(), 1, point.total().getAsDouble(), point.downtime().getAsDouble(), rate)
            : Rows.notConverged(scaled, method.toString(), 1));
      }
    }
    List<Finding> findings = Claim.check(Cell.of(rows));
    assertThat(findings).hasSize(4 * 4 + 1)
        .allSatisfy(finding -> assertThat(finding.verdict()).as(finding.toString()).isEqualTo(Verdict.REPRODUCED))
        .allSatisfy(finding -> assertThat(finding.sizes(Cell.of(rows))).isEqualTo("scaled"));
    assertThat(Distance.of(Cell.of(rows), Published.read())).isNotEmpty().allSatisfy(distance -> {
      assertThat(distance.comparable()).isTrue();
      assertThat(distance.passes().getAsDouble()).isCloseTo(0, Offset.offset(1e-3));
    });
  }

  private static Cell cell(Experiment experiment, Method method) {
    return Cell.of(List.of(Rows.failed(experiment, method.toString(), 1))).get(0);
  }

  @DataProvider
  public Object[][] perturbed() {
    return new Object[][] {
      {Claim.C1, "SP converges at 0.3 s", replace("SP", "precopy:0.3s", e -> completed(e, "precopy:0.3s", 30, 0.3))},
      {Claim.C2, "the total time of MG does not fall", replace("MG", "precopy:40s", e -> completed(e, "precopy:40s", 200, 23.3))
          .then(replace("MG", "precopy:80s", e -> completed(e, "precopy:80s", 210, 200))).then(
          replace("MG", "precopy:20s", e -> completed(e, "precopy:20s", 190, 21)))},
      {Claim.C2, "the downtime of BT falls", replace("BT", "precopy:5s", e -> completed(e, "precopy:5s", 19.6, 19.5))
          .then(replace("BT", "precopy:10s", e -> completed(e, "precopy:10s", 14.9, 14.8)))
          .then(replace("BT", "precopy:0.3s", e -> completed(e, "precopy:0.3s", 622, 25)))
          .then(replace("BT", "precopy:80s", e -> completed(e, "precopy:80s", 8, 7.9)))},
      {Claim.C2, "at the largest downtime SP still overlaps", replace("SP", "precopy:80s", e -> completed(e, "precopy:80s", 16.9,
          8.5))},
      {Claim.C2, "at the largest downtime IS does not converge", replace("IS", "precopy:80s", e -> Rows.notConverged(e,
          "precopy:80s", 1))},
      {Claim.C3, "a stock setting of SP is better in both", replace("SP", "precopy:10s", e -> completed(e, "precopy:10s", 18.2,
          3))},
      {Claim.C3, "MPLM of IS has the longest downtime", replace("IS", "mplm", e -> completed(e, "mplm", 13.1, 12.9))},
      {Claim.C3, "MPLM of BT lasts until the program is done", replace("BT", "mplm", e -> Rows.endedBefore(e, "mplm", 1, 20))},
      {Claim.C3, "MPLM of BT does not converge", replace("BT", "mplm", e -> Rows.notConverged(e, "mplm", 1))},
      {Claim.C4, "SP has a longer downtime than MG", replace("SP", "mplm", e -> Rows.completed(e, "mplm", 1, 24.05, 25,
          rate("SP")))},
      {Claim.C4, "BT dirties faster than MG", replace("BT", "mplm", e -> Rows.completed(e, "mplm", 1, 19.87, 4.7, 300_000))},
      {Claim.C5, "a live stage of 2M + 101 pages", replace("MG", "mplm", e -> Rows.sending(completed(e, "mplm", 62.25, 21.21),
          (8L << 30) / 4096 + 101))},
      {Claim.C5, "MPLM of SP does not end", replace("SP", "mplm", e -> Rows.notConverged(e, "mplm", 1))},
    };
  }

  @Test(dataProvider = "perturbed")
  public void aPerturbedValueIsNotReproduced(Claim claim, String how, Perturbation perturbation) {
    List<Finding> findings = claim.findings(Cell.of(perturbation.apply(published())));
    assertThat(claim.verdict(findings)).as(findings.toString()).isEqualTo(Verdict.NOT_REPRODUCED);
    assertThat(findings).filteredOn(finding -> finding.verdict() == Verdict.NOT_REPRODUCED).hasSize(1);
  }

  @Test
  public void exactlyTheBoundIsWithinIt() {
    List<TrialRow> rows = List.of(Rows.sending(completed(Rows.fullSize("MG"), "mplm", 62.25, 21.21), (8L << 30) / 4096 + 100));
    assertThat(Claim.C5.verdict(Claim.C5.findings(Cell.of(rows)))).isEqualTo(Verdict.REPRODUCED);
  }

  @DataProvider
  public Object[][] silent() {
    Experiment mg = Rows.fullSize("MG");
    return new Object[][] {
      {Claim.C1, List.of(completed(mg, "precopy:20s", 61, 21), completed(mg, "mplm", 62, 21))},
      {Claim.C1, List.of(Rows.failed(mg, "precopy:0.3s", 1))},
      {Claim.C1, List.of(Rows.endedBefore(mg, "precopy:0.3s", 1, 0))},
      {Claim.C2, List.of(Rows.notConverged(mg, "precopy:0.3s", 1), completed(mg, "precopy:80s", 28, 27))},
      {Claim.C2, List.of(Rows.notConverged(mg, "precopy:0.3s", 1), completed(mg, "precopy:5s", 80, 5), completed(mg,
          "precopy:20s", 61, 21))},
      {Claim.C3, List.of(completed(mg, "mplm", 62, 21), completed(mg, "precopy:0.3s", 90, 0.3))},
      {Claim.C3, List.of(Rows.failed(mg, "mplm", 1), completed(mg, "precopy:5s", 90, 5), completed(mg, "precopy:80s", 28, 27))},
      {Claim.C4, List.of(completed(mg, "mplm", 62, 21), completed(Rows.fullSize("SP"), "mplm", 24, 5))},
      {Claim.C5, List.of(completed(mg, "precopy:80s", 28, 27))},
      {Claim.C5, List.of(Rows.endedBefore(mg, "mplm", 1, 20))},
    };
  }

  @Test(dataProvider = "silent")
  public void withoutRowsThatCouldTellAClaimIsNotRun(Claim claim, List<TrialRow> rows) {
    List<Finding> findings = claim.findings(Cell.of(rows));
    assertThat(claim.verdict(findings)).as(findings.toString()).isEqualTo(Verdict.NOT_RUN);
    assertThat(claim.verdict(claim.findings(List.of()))).isEqualTo(Verdict.NOT_RUN);
  }

  @Test
  public void anUnknownLengthIsNeverTakenForAShorterOne() {
    TradeOff.Observation censored = new TradeOff.Observation(1, 80, true);
    assertThat(TradeOff.gamma(List.of(censored, new TradeOff.Observation(2, 60, false)))).isEqualTo(-1);
    assertThat(TradeOff.gamma(List.of(censored, new TradeOff.Observation(2, 100, false)))).isZero();
    assertThat(TradeOff.gamma(List.of(censored, new TradeOff.Observation(2, 90, true)))).isZero();
    assertThat(TradeOff.gamma(List.of(new TradeOff.Observation(1, 100, false), new TradeOff.Observation(2, 96, false)))).isZero();
  }

  @Test
  public void ofDifferentLinksRatesAndDowntimesAreComparedByTheLink() {
    // on a tenth of the link, BT has the longest downtime in seconds, the shortest in passes
    List<TrialRow> rows = List.of(Rows.completed(Rows.experiment("BT", "C", 8, "8GiB", "100Mbit/s"), "mplm", 1, 90, 30,
        rate("BT") / 10),
        completed(Rows.fullSize("SP"), "mplm", 24, 5.4), completed(Rows.fullSize("MG"), "mplm", 60, 25));
    assertThat(Claim.C4.findings(Cell.of(rows))).singleElement().satisfies(finding -> {
      assertThat(finding.verdict()).isEqualTo(Verdict.REPRODUCED);
      assertThat(finding.measured()).contains("passes", "of the link");
    });
  }

  @Test
  public void distancesAreOfTheSamePointAndSayIfTheyAreNotComparable() {
    List<TrialRow> rows = List.of(completed(Rows.fullSize("MG"), "mplm", 65.25, 20.21), completed(Rows.fullSize("MG"),
        "precopy:2s", 5, 5));
    List<Distance> distances = Distance.of(Cell.of(rows), Published.read());
    assertThat(distances).extracting(Distance::quantity).containsExactly("total", "downtime");
    assertThat(distances.get(0).seconds()).isEqualTo(3);
    assertThat(distances.get(1).seconds()).isCloseTo(-1, Offset.offset(1e-9));
    assertThat(distances.get(0).comparable()).isFalse();
    assertThat(distances.get(0).deviations()).containsExactly("TCG (there: KVM)");
  }

  /** Whatever the size of guest and link, and whether they are in proportion. */
  @Test
  public void nothingOnEmulatedHostsIsHeldAgainstPublishedSeconds() {
    Setting real = setting("none");
    Setting emulated = setting("machines");
    assertThat(Size.of(Rows.fullSize("MG"), real)).isEqualTo(Size.FULL);
    assertThat(Size.of(Rows.fullSize("MG"), emulated)).isEqualTo(Size.OTHER);
    assertThat(Published.deviations(Rows.fullSize("MG"), emulated)).containsExactly("emulated hosts (there: real ones)");
  }

  private static Setting setting(String testbed) {
    return new Setting("run", "2026-01-02T03:04:05Z", testbed, "tc", "none", Accelerator.KVM, "10.0.13", "e", "5", "9", "6.1");
  }

  /** The published values as rows; what is off the figure's scale did not converge, what the program ended was ended by it. */
  private static List<TrialRow> published() {
    List<TrialRow> rows = new ArrayList<>();
    for (String benchmark : BENCHMARKS) {
      Experiment experiment = Rows.fullSize(benchmark);
      for (Published.Point point : Published.read().of(benchmark)) {
        String method = point.mplm() ? "mplm" : "precopy:" + point.maxTolerableDowntime().getAsDouble() + "s";
        double total = point.total().orElse(0);
        rows.add(point.total().isEmpty() ? Rows.notConverged(experiment, method, 1)
            : method.equals("precopy:0.3s") ? Rows.endedBefore(experiment, method, 1, total)
            : Rows.completed(experiment, method, 1, total, point.downtime().getAsDouble(), rate(benchmark)));
      }
    }
    return rows;
  }

  private static double rate(String benchmark) {
    return Published.read().rates().stream().filter(rate -> rate.benchmark().equals(benchmark)).findFirst()
        .map(Published.Rate::dirtyRate).orElse(1.0);
  }

  private static TrialRow completed(Experiment experiment, String method, double total, double downtime) {
    return Rows.completed(experiment, method, 1, total, downtime, rate(experiment.name()));
  }

  /** Makes another list of rows of one. */
  interface Perturbation extends UnaryOperator<List<TrialRow>> {
    default Perturbation then(Perturbation next) {
      return rows -> next.apply(apply(rows));
    }
  }

  private static Perturbation replace(String experiment, String method, Function<Experiment, TrialRow> by) {
    TrialRow row = by.apply(Rows.fullSize(experiment));
    return rows -> Stream.concat(Stream.of(row), rows.stream().filter(other ->
        !(other.planned().experiment().name().equals(experiment)
        && other.planned().method().equals(row.planned().method())))).collect(Collectors.toList());
  }
}

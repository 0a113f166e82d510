// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mplm.engine.migration.Method;
import mplm.engine.trace.HeldTrace;
import mplm.engine.trace.PageRuns;
import mplm.engine.trace.SyntheticTrace;
import mplm.engine.trace.Trace;
import mplm.engine.trace.TraceFile;
import mplm.engine.trace.TraceWriter;
import mplm.harness.result.Rows;
import mplm.harness.suite.Experiment;
import mplm.harness.support.InFolder;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

/** "Real" trials here are simulated ones under overheads that the fit does not know. */
public class ErrorTableTest extends InFolder {
  private static final Overheads TRUE = new Overheads(0.9, 2048, 12, 20, 170, 1.3, 0);
  private static final double SETUP = 0.08;


  @BeforeClass
  public void makeTraces() throws IOException {
    write("MG", "synthetic:memory=64MiB,set=24MiB,at=8MiB,rate=6000,pattern=sequential,zero=40,length=20s");
    write("SP", "synthetic:memory=64MiB,set=16MiB,rate=3000,zero=60,length=20s");
  }

  private void write(String name, String guest) throws IOException {
    SyntheticTrace trace = SyntheticTrace.parse(guest);
    try (TraceWriter writer = new TraceWriter(folder.resolve(name), trace.header(), trace.used()); Trace.Player player = trace.play()) {
      PageRuns dirtied = new PageRuns();
      for (Optional<Duration> length = player.next(dirtied); length.isPresent(); length = player.next(dirtied)) {
        writer.interval(length.get(), dirtied);
      }
      writer.end();
    }
  }

  @Test(timeOut = 120_000)
  public void overheadsThatAreThereAreFound() throws Exception {
    List<RealPoint> points = points(TRUE);
    try (AllCores cores = new AllCores()) {
      ErrorTable table = new Judge(traces(points, "MG", "SP"), cores).fitted(false, tried -> {});
      assertThat(table.rows().stream().filter(ErrorTable.Row::fitted)).hasSize(points.size() / 2);
      assertThat(table.rows().stream().filter(row -> row.real().completed())).hasSizeGreaterThan(points.size() / 2);
      assertThat(table.totalError().orElseThrow()).isLessThan(0.05);
      assertThat(table.downtimeError().orElseThrow()).isLessThan(0.1);
      assertThat(table.sameOutcomes()).isEqualTo(points.size() / 2);
      assertThat(table.text()).contains("judged: median absolute error of migration time ", "outcome as simulated in 6 of 6");
      ErrorTable.SCHEMA.write(folder.resolve("out.csv"), table.rows());
      assertThat(Files.readAllLines(folder.resolve("out.csv"))).hasSize(1 + points.size())
          .filteredOn(line -> line.contains(",judged,")).hasSize(points.size() / 2);
      assertThat(new Judge(traces(points, "MG", "SP"), cores).fitted(false, tried -> {}).overheads())
          .isEqualTo(table.overheads());
    }
  }

  /** Overheads that are known are not fitted: all points are judged by them. */
  @Test(timeOut = 120_000)
  public void knownOverheadsAreJudgedOnAllPoints() throws Exception {
    List<RealPoint> points = points(TRUE);
    try (AllCores cores = new AllCores()) {
      ErrorTable table = new Judge(traces(points, "MG", "SP"), cores).known(Overheads.parse(TRUE.toString()), true);
      assertThat(table.rows()).noneMatch(ErrorTable.Row::fitted);
      assertThat(table.overheads()).isEqualTo(TRUE);
      assertThat(table.totalError().orElseThrow()).isLessThan(0.05);
      assertThat(table.text()).contains("overheads: goodput=0.9,buffer=2048KiB,work=12us,fetch=20ms,switchover=170ms,slowness=1.3\n")
          .doesNotContain("fitted");
      for (ErrorTable.Row row : table.rows()) {
        if (row.real().completed()) {
          // one trial begins where it begins, the best possible is the median over many beginnings
          assertThat(row.bestTotal()).as(table.text()).isPositive().isLessThan(1.1 * row.simulated().total());
        }
      }
    }
  }

  /** With the guests' traces exchanged no overheads help: the table can tell. */
  @Test(timeOut = 120_000)
  public void aWrongTraceShows() throws Exception {
    try (AllCores cores = new AllCores()) {
      ErrorTable table = new Judge(traces(points(TRUE), "SP", "MG"), cores).fitted(false, tried -> {});
      assertThat(table.totalError().orElse(1) > 0.05 || table.downtimeError().orElse(1) > 0.1 || table.sameOutcomes() < 6).isTrue();
    }
  }

  private Map<RealPoint, Path> traces(List<RealPoint> points, String ofMg, String ofSp) {
    Map<RealPoint, Path> traces = new LinkedHashMap<>();
    points.forEach(point -> traces.put(point, folder.resolve(point.experiment().name().equals("MG") ? ofMg : ofSp)));
    return traces;
  }

  private List<RealPoint> points(Overheads overheads) throws IOException {
    List<RealPoint> points = new ArrayList<>();
    for (String name : List.of("MG", "SP")) {
      Experiment experiment = Rows.experiment(name, "S", 2, "256MiB", "30Mbit/s");
      HeldTrace trace = HeldTrace.of(new TraceFile(folder.resolve(name)));
      for (String text : List.of("precopy:0.3s", "precopy:2s", "precopy:5s", "precopy:10s", "mplm:epoch=1s", "mplm")) {
        RealPoint limits = new RealPoint(experiment, "", Method.parse(text), "10.0.13",
            List.of(new RealPoint.Trial(true, 60, Double.NaN, SETUP, Double.NaN)));
        SimulatedPoint came = SimulatedPoint.of(limits, trace, overheads, SETUP, 1);
        points.add(new RealPoint(experiment, "", Method.parse(text), "10.0.13",
            List.of(new RealPoint.Trial(came.completed(), 60, came.total(), SETUP, came.downtime()))));
      }
    }
    return points;
  }
}

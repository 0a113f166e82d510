// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mplm.engine.guest.Accelerator;
import mplm.engine.migration.Mplm;
import mplm.harness.derive.RecordedRun;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

/** Trials of the recorded run, and a trace of their guest that {@code mplm record smoke --length 10s} recorded. */
public class RecordedTrialsTest {
  private Path run;
  private Path traces;

  @BeforeClass
  public void unpack() throws IOException {
    run = RecordedRun.unpack();
    traces = Files.createTempDirectory("mplm-traces");
    for (String name : List.of("smoke-MG.trace.gz", "smoke-MG.json")) {
      Files.copy(RecordedTrialsTest.class.getResourceAsStream(name), traces.resolve(name));
    }
  }

  @AfterClass(alwaysRun = true)
  public void remove() throws IOException {
    RecordedRun.remove(run);
    RecordedRun.remove(traces);
  }

  @Test
  public void simulationsComeNearThem() throws Exception {
    TraceLibrary library = new TraceLibrary(List.of(traces));
    Map<RealPoint, Path> points = new LinkedHashMap<>();
    for (RealPoint point : RealPoint.of(run)) {
      library.of(point.experiment(), point.kernelArguments(), Accelerator.TCG).ifPresent(trace -> points.put(point, trace));
    }
    assertThat(points.keySet()).extracting(point -> point.experiment().name()).containsOnly("measured");
    try (AllCores cores = new AllCores()) {
      ErrorTable table = ErrorTable.of(points, cores, tried -> {});
      assertThat(table.sameOutcomes()).isEqualTo(table.rows().stream().filter(row -> !row.fitted()).count());
      assertThat(table.totalError().orElseThrow()).as(table.text()).isLessThan(0.05);
      // MPLM's downtime, tenths of a second, is mostly the switch-over, of which a point with one of seconds says nothing
      for (ErrorTable.Row row : table.rows()) {
        double seconds = row.simulated().downtime();
        assertThat(seconds).as(table.text()).isBetween(row.real().method() instanceof Mplm ? 0.03 : 3.5,
            row.real().method() instanceof Mplm ? 0.6 : 4.5);
      }
    }
  }
}

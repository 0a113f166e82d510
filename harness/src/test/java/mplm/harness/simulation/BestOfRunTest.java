// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import mplm.harness.chart.ChoiceChart;
import mplm.harness.derive.RunDerivation;
import mplm.harness.result.MethodSummary;
import mplm.harness.support.InRecordedRun;
import org.testng.annotations.Test;

/** The best possible of the recorded run, of whose first guest there is a trace. */
public class BestOfRunTest extends InRecordedRun {
  private List<MethodSummary> methods(String experiment) throws IOException {
    return MethodSummary.of(RunDerivation.of(run).rows()).stream().filter(one -> one.experiment().name().equals(experiment)).toList();
  }

  private ChoiceChart.Best best(String experiment) throws IOException {
    return new BestOfRun(RunDerivation.of(run).manifest(), folder).of(methods(experiment));
  }

  private Path copy(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.copy(BestOfRunTest.class.getResourceAsStream(name), file);
    return file;
  }

  /** Its real migrations are none better, for a link gives a stream less than its rate. */
  @Test
  public void itIsComputedFromTheTraceOfTheGuest() throws Exception {
    copy("smoke-MG.trace.gz");
    copy("smoke-MG.json");
    ChoiceChart.Best best = best("measured");
    assertThat(best.origin()).startsWith("best possible: of smoke-MG.trace.gz, ");
    for (MethodSummary method : methods("measured").stream().filter(one -> one.total().isPresent()).toList()) {
      double downtime = method.downtime().orElseThrow();
      assertThat(best.frontier().stream().filter(point -> point.downtime().toNanos() / 1e9 <= downtime).findFirst().orElseThrow().total()
          .toNanos() / 1e9).as(method.method().toString()).isPositive().isLessThan(method.total().getAsDouble());
    }
  }

  @Test
  public void withoutATraceItSaysSo() throws Exception {
    assertThat(best("measured")).isEqualTo(
        new ChoiceChart.Best(List.of(), "no trace of this guest is at hand, so the best possible is not known"));
    copy("smoke-MG.trace.gz");
    copy("smoke-MG.json");
    assertThat(best("busy").origin()).as("a guest of another class").startsWith("no trace of this guest");
  }

  /** A report is worth more than this line of it. */
  @Test
  public void aDamagedTraceCostsNoReport() throws Exception {
    copy("smoke-MG.json");
    Files.writeString(folder.resolve("smoke-MG.trace.gz"), "hello");
    assertThat(best("measured")).isEqualTo(
        new ChoiceChart.Best(List.of(), "the best possible is not known, for the traces at hand cannot be used"));
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import mplm.engine.guest.Accelerator;
import mplm.engine.unit.DataSize;
import mplm.harness.derive.RecordedRun;
import mplm.harness.input.BadInput;
import mplm.harness.record.TraceStamp;
import mplm.harness.result.Rows;
import mplm.harness.suite.Experiment;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

public class TraceLibraryTest {
  private static final Experiment MG = Rows.experiment("MG", "W", 2, "1GiB", "60Mbit/s");

  private Path folder;

  @BeforeMethod
  public void make() throws IOException {
    folder = Files.createTempDirectory("mplm-traces");
    put("mg", "mplm.benchmark=mg", Accelerator.TCG);
    put("sp", "mplm.benchmark=sp", Accelerator.TCG);
  }

  @AfterMethod(alwaysRun = true)
  public void remove() throws IOException {
    RecordedRun.remove(folder);
  }

  private Path put(String name, String arguments, Accelerator accelerator) throws IOException {
    Path trace = Files.writeString(folder.resolve(name + TraceStamp.TRACE), "not read");
    stamp(arguments, accelerator).write(TraceStamp.file(trace));
    return trace;
  }

  private static TraceStamp stamp(String arguments, Accelerator accelerator) {
    return new TraceStamp("mplm record", "2026-01-02T03:04:05Z", "mg", "W", 2, DataSize.parse("1GiB"), arguments, accelerator, "none",
        Duration.ofMillis(100), Duration.ofMillis(60_123), Map.of("engine.hash", "e"), Map.of("guest.hash", "g"), Map.of("cores", "2"),
        Map.of("intervals", 600L), 12, 13, 0.031);
  }

  @Test
  public void whatIsWrittenIsRead() throws IOException {
    Path trace = put("one", "a b=c", Accelerator.KVM);
    assertThat(TraceStamp.of(trace)).isEqualTo(stamp("a b=c", Accelerator.KVM));
    assertThat(TraceStamp.file(Path.of("x/y.trace.gz"))).isEqualTo(Path.of("x/y.json"));
    assertThat(TraceStamp.file(Path.of("y"))).isEqualTo(Path.of("y.json"));
  }

  @Test
  public void aGuestsTraceIsFound() throws IOException {
    TraceLibrary library = new TraceLibrary(List.of(folder));
    assertThat(library.of(MG, "mplm.benchmark=sp mplm.address=10.0.0.2/24", Accelerator.TCG)).contains(folder.resolve("sp.trace.gz"));
    assertThat(library.of(MG, "mplm.benchmark=mg", Accelerator.TCG)).contains(folder.resolve("mg.trace.gz"));
    assertThat(library.of(MG, "mplm.benchmark=is", Accelerator.TCG)).isEmpty();
    assertThat(library.of(MG, "mplm.benchmark=mg", Accelerator.KVM)).isEmpty();
    assertThat(library.of(Rows.experiment("MG", "W", 2, "2GiB", "60Mbit/s"), "mplm.benchmark=mg", Accelerator.TCG)).isEmpty();
    assertThat(new TraceLibrary(List.of(folder.resolve("mg.trace.gz"))).files()).containsExactly(folder.resolve("mg.trace.gz"));
    assertThat(library.contents())
        .startsWith("mg.trace.gz (mg.W, 2 vCPUs, 1GiB, mplm.benchmark=mg, TCG); sp.trace.gz (");
  }

  @Test
  public void badPlacesAreRefused() throws IOException {
    refused(folder.resolve("none.trace.gz"), ".*/none.trace.gz: no such file");
    refused(Files.writeString(folder.resolve("alone.trace.gz"), ""), ".*/alone.trace.gz: there is no alone.json beside it, .*");
    refused(Files.createDirectory(folder.resolve("empty")), ".*empty.*: no trace in it, mplm record makes them");
  }

  private static void refused(Path place, String told) {
    assertThatThrownBy(() -> new TraceLibrary(List.of(place))).isInstanceOf(BadInput.class).message().matches(told);
  }
}

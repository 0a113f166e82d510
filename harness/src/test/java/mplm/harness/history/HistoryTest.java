// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import mplm.harness.Mplm;
import mplm.harness.derive.RecordedRun;
import mplm.harness.derive.RunDerivation;
import mplm.harness.history.History.Point;
import mplm.harness.input.BadInput;
import mplm.harness.record.RunManifest;
import mplm.harness.statistics.ChangePoints;
import mplm.harness.support.InRecordedRun;
import mplm.harness.support.Said;
import mplm.harness.support.SmallDisk;
import mplm.harness.verdict.Metric;
import org.testng.annotations.Test;

public class HistoryTest extends InRecordedRun {
  @Test
  public void eachRunAddsItsMedians() throws Exception {
    RunDerivation derivation = RunDerivation.of(run);
    History history = History.in(folder);
    history.add(derivation.manifest(), derivation.rows());
    String once = Files.readString(folder.resolve("history.csv"));
    history.add(derivation.manifest(), derivation.rows()); // again: a run adds them once
    assertThat(Files.readString(folder.resolve("history.csv"))).isEqualTo(once);
    RunManifest first = derivation.manifest();
    Files.writeString(run.resolve("run.json"), Files.readString(run.resolve("run.json")).replace(first.setting().run(), "another"));
    derivation = RunDerivation.of(run);
    history.add(derivation.manifest(), derivation.rows());
    assertThat(Files.readString(folder.resolve("history.csv"))).startsWith(once).hasLineCount(1 + 2 * 6);
    Map<String, List<Point>> series = History.of(folder.resolve("history.csv")).series(Metric.TIME);
    // of two measured ones and the one whose guest was not held; what did not come to its end has no time
    assertThat(series).hasSize(2).allSatisfy((name, points) -> assertThat(points).hasSize(2));
    assertThat(series.keySet()).anySatisfy(name -> assertThat(name)
        .matches("measured mplm:epoch=1s \\(MG class S, .*; .* cores, testbed namespaces, TCG\\)"));
    assertThat(series.values().iterator().next()).extracting(Point::value).containsOnly(
        derivation.rows().get(0).migration().orElseThrow().totalTime().orElseThrow().toMillis() / 1e3);
  }

  /** A metric more is a column more: what was recorded before stays, and is read. */
  @Test
  public void aHistoryOfBeforeAMetricWasThereGoesOn() throws Exception {
    Path file = folder.resolve("history.csv");
    String before = "started,run,machine,experiment,title,method,engine,engine_hash,completed,time,downtime,later\n"
        + "t,r,m,e,\"t, u\",mplm,,h,1,1.5,,7\n";
    Files.writeString(file, before);
    assertThat(History.of(file).series(Metric.TIME).values()).containsExactly(List.of(new Point("r", "h", 1.5)));
    assertThat(History.of(file).series(Metric.CPU)).isEmpty();
    RunDerivation derivation = RunDerivation.of(run);
    History.in(folder).add(derivation.manifest(), derivation.rows());
    List<String> lines = Files.readAllLines(file);
    List<String> added = Stream.of(Metric.values()).filter(metric -> metric != Metric.TIME && metric != Metric.DOWNTIME).map(Metric::toString).toList();
    assertThat(lines).hasSize(2 + 6).startsWith("started,run,machine,experiment,title,method,engine,engine_hash,completed,time,downtime,"
        + "later," + String.join(",", added), "t,r,m,e,\"t, u\",mplm,,h,1,1.5,,7" + ",".repeat(added.size()));
    assertThat(History.of(file).series(Metric.TIME)).hasSize(1 + 2);
    assertThat(History.of(file).series(Metric.TRANSFERRED)).hasSize(3);
    assertThat(RecordedRun.table(file)).allSatisfy(row -> assertThat(row.get("later")).isIn("7", ""));
    History.in(folder).add(derivation.manifest(), derivation.rows());
    assertThat(Files.readAllLines(file)).isEqualTo(lines);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(path -> path.getFileName().toString()).filter(name -> name.endsWith(".new"))).isEmpty();
    }
  }

  /** A full disk costs the run's lines, and none of those that were there. */
  @Test
  public void aHistoryThatCannotBeWrittenStaysAsItWas() throws Exception {
    RunDerivation derivation = RunDerivation.of(run);
    try (SmallDisk disk = SmallDisk.of(1)) {
      Path file = disk.seen().resolve("history.csv");
      Files.writeString(file, String.join(",", History.SCHEMA.header()) + "\n"
          + ("t,r,m,e,title,mplm,,h,1,1.5" + ",".repeat(Metric.values().length - 1) + "\n").repeat(500));
      byte[] before = Files.readAllBytes(file);
      fillAllBut(before.length / 2, disk.seen().resolve("ballast"));
      assertThatThrownBy(() -> History.of(file).add(derivation.manifest(), derivation.rows())).isInstanceOf(IOException.class);
      assertThat(file).hasBinaryContent(before);
      try (Stream<Path> files = Files.list(disk.seen())) {
        assertThat(files.map(path -> path.getFileName().toString())).doesNotContain("history.csv.new");
      }
      Files.delete(disk.seen().resolve("ballast"));
      History.of(file).add(derivation.manifest(), derivation.rows());
      assertThat(Files.readString(file)).startsWith(new String(before, StandardCharsets.UTF_8)).hasLineCount(501 + 6);
    }
  }

  private static void fillAllBut(int bytes, Path ballast) throws IOException {
    try (FileChannel channel = FileChannel.open(ballast, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      try {
        while (true) {
          channel.write(ByteBuffer.allocate(4096));
        }
      } catch (IOException full) {
        channel.truncate(channel.size() - bytes);
      }
    }
  }

  /** With several pairs each experiment's guests come from the source of its own. */
  @Test
  public void theMachineIsTheOneOfThePairThatTheExperimentWasOn() throws Exception {
    Path file = run.resolve("run.json");
    String manifest = Files.readString(file);
    String experiments = RunManifest.read(run).experiments().stream().map(one -> "\"" + one.name() + "\" : \"east\"")
        .collect(Collectors.joining(", "));
    Files.writeString(file, manifest.replaceFirst("\"pairs\" : \\{ *\\}", "\"pairs\" : {" + experiments + "}")
        .replaceFirst("(\"environment\" : \\{[\\s\\S]*?)\"source\" :", "$1\"east-source\" :"));
    RunDerivation derivation = RunDerivation.of(run);
    assertThat(derivation.manifest().environment()).containsKey("east-source").doesNotContainKey("source");
    History.in(folder).add(derivation.manifest(), derivation.rows());
    assertThat(History.in(folder).series(Metric.TIME).keySet()).allSatisfy(name -> assertThat(name).doesNotContain("unknown CPU"));
    derivation.again();
    assertThat(Files.readString(run.resolve("report.md"))).doesNotContain("unknown CPU");
  }

  @Test
  public void whatIsNoHistoryIsRefused() throws Exception {
    Path file = folder.resolve("other.csv");
    assertThatThrownBy(() -> History.of(file).series(Metric.TIME)).isInstanceOf(BadInput.class)
        .hasMessageContaining("no such file");
    Files.writeString(file, "a,b\n1,2\n");
    assertThatThrownBy(() -> History.of(file).series(Metric.TIME)).isInstanceOf(BadInput.class)
        .hasMessageStartingWith(file + ": is not a history: it has no column started, run, machine");
    Files.writeString(file, "");
    assertThatThrownBy(() -> History.of(file).series(Metric.TIME)).isInstanceOf(BadInput.class)
        .hasMessageContaining("is not a history");
    String header = "started,run,machine,experiment,title,method,engine,engine_hash,completed,time,"
        + "downtime,transferred,slowdown,cpu\n";
    for (String number : List.of("soon", "NaN", "Infinity", "-1", "1e999")) {
      Files.writeString(file, header + "t,r,m,e,t,mplm,,h,1,1.5,,,,\nt,r,m,e,t,mplm,,h,1," + number + ",,,,\n");
      assertThatThrownBy(() -> History.of(file).series(Metric.TIME)).isInstanceOf(BadInput.class)
          .hasMessage(file + ": row 2: time: '" + number + "' is not a number, allowed: 0 and above");
    }
    Files.writeString(file, header + "t,r,m\n");
    assertThatThrownBy(() -> History.of(file).series(Metric.TIME)).isInstanceOf(BadInput.class)
        .hasMessage(file + ":2: has 3 cells, allowed: 14, as many as the first line");
  }

  @Test
  public void aStepIsFoundWhereItIs() {
    Random random = new Random(1);
    for (int at : new int[] {6, 10, 14}) {
      double[] values = IntStream.range(0, 20).mapToDouble(i -> (i < at ? 10 : 12) * (1 + 0.02 * random.nextGaussian())).toArray();
      assertThat(ChangePoints.of(values, 0.05)).containsExactly(at);
    }
    double[] twice = IntStream.range(0, 30)
        .mapToDouble(i -> (i < 10 ? 10 : i < 20 ? 15 : 8) * (1 + 0.02 * random.nextGaussian())).toArray();
    List<Integer> changes = ChangePoints.of(twice, 0.05);
    assertThat(changes).containsExactly(10, 20);
    double[] levels = ChangePoints.levels(twice, changes);
    assertThat(levels[9]).isBetween(9.5, 10.5);
    assertThat(levels[10]).isBetween(14.5, 15.5).isEqualTo(levels[19]);
    assertThat(levels[29]).isBetween(7.5, 8.5);
  }

  @Test
  public void whatIsSmallOrChanceOrOneOutlierIsNoChange() {
    Random random = new Random(2);
    assertThat(ChangePoints.of(new double[] {1, 2, 3}, 0.05)).isEmpty();
    double[] outlier = IntStream.range(0, 20).mapToDouble(i -> i == 10 ? 30 : 10 + 0.1 * random.nextGaussian()).toArray();
    assertThat(ChangePoints.of(outlier, 0.05)).isEmpty();
    double[] small = IntStream.range(0, 20).mapToDouble(i -> (i < 10 ? 10 : 10.3) + 0.01 * random.nextGaussian()).toArray();
    assertThat(ChangePoints.of(small, 0.05)).isEmpty();
    int alarms = 0;
    for (int series = 0; series < 200; series++) {
      double[] noise = random.doubles(20, 8, 12).toArray();
      alarms += ChangePoints.of(noise, 0.05).isEmpty() ? 0 : 1;
    }
    // 1 in 100 by the rule
    assertThat(alarms).isLessThanOrEqualTo(7);
  }

  @Test
  public void theCommandDrawsEachSeriesAndSaysWhereItChanged() throws Exception {
    StringBuilder text = new StringBuilder("started,run,machine,experiment,title,method,engine,engine_hash,completed,time,lost\n");
    for (int n = 0; n < 20; n++) {
      text.append(String.format(Locale.ROOT, "t,r%02d,m,MG,a guest,mplm,,%s,3,%.2f,%.1f%n", n, (n < 10 ? "a" : "b").repeat(64),
          (n < 10 ? 10 : 12) + 0.01 * (n % 3), n < 10 ? 0 : 0.4));
    }
    Path file = Files.writeString(folder.resolve("changed.csv"), text);
    Path charts = folder.resolve("trend");
    Said said = Said.by(() -> Mplm.run("trend", "--history", file.toString(), "--output", charts.toString()));
    assertThat(said.exitCode()).as(said.err()).isZero();
    assertThat(said.out()).contains("time, MG mplm (a guest; m): 20 runs, " + charts.resolve("time-1-MG-mplm.png"))
        .containsPattern("\n  x 1\\.(19|20)\\d from r10 on \\(10\\.\\d+ to 12\\.\\d+, engine a{12} to b{12}\\)\n")
        .containsPattern("\n  up from 0 from r10 on \\(0\\.000 to 0\\.400, ").doesNotContain("Infinity");
    assertThat(charts.resolve("time-1-MG-mplm.svg")).content().containsPattern(">x 1\\.(19|20)");
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import mplm.engine.migration.Method;
import mplm.engine.simulate.Bound;
import mplm.engine.trace.SyntheticTrace;
import mplm.engine.trace.Trace;
import mplm.engine.unit.Bandwidth;
import mplm.harness.input.BadInput;
import mplm.harness.suite.Shard;
import mplm.harness.support.InFolder;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

public class SweepTest extends InFolder {
  private static final List<Trace> TRACES = List.of(SyntheticTrace.parse("synthetic:memory=32MiB,set=8MiB,rate=3000,length=5s"),
      SyntheticTrace.parse("synthetic:memory=16MiB,set=4MiB,rate=9000,length=5s"));
  private static final List<Bandwidth> LINKS = Stream.of("20Mbit/s", "50Mbit/s", "100Mbit/s").map(Bandwidth::parse).toList();
  private static final List<Method> METHODS =
      Method.parseList("precopy:0.3s,mplm:epoch=1s,stop-and-copy");


  @DataProvider
  public Object[][] shards() {
    return new Object[][] {{1}, {2}, {4}, {9}};
  }

  @Test(dataProvider = "shards")
  public void shardsMergeToWhatOneMachineWrites(int count) throws Exception {
    Path whole = write(Shard.WHOLE);
    List<Path> parts = new ArrayList<>();
    for (int index = count; index >= 1; index--) {
      parts.add(write(new Shard(index, count)));
    }
    SweepMerge merge = new SweepMerge(parts);
    assertThat(merge.missing()).isEmpty();
    merge.write(folder.resolve("merged.csv"));
    assertThat(folder.resolve("merged.csv")).hasSameTextualContentAs(whole);
  }

  @Test
  public void progressIsTold() throws Exception {
    List<Integer> told = new ArrayList<>();
    try (AllCores cores = new AllCores()) {
      sweep(new Shard(2, 4)).tables(cores, done -> {
        synchronized (told) {
          told.add(done);
        }
      });
    }
    assertThat(told).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6);
    assertThat(sweep(new Shard(2, 4)).migrations()).isEqualTo(6);
  }

  @Test
  public void theBestPossibleDoesNotDependOnTheOrderOfMethods() throws Exception {
    List<Method> reversed = new ArrayList<>(METHODS);
    Collections.reverse(reversed);
    List<List<Bound.Point>> frontiers = new ArrayList<>();
    try (AllCores cores = new AllCores()) {
      for (List<Method> methods : List.of(METHODS, reversed)) {
        SimulationTable table = new Sweep(TRACES, LINKS, methods, Duration.ofSeconds(1), Overheads.NONE, 1, true, Shard.WHOLE)
            .tables(cores, done -> {}).get(0);
        assertThat(table.rows()).allSatisfy(row -> assertThat(row.total()).isEmpty());
        frontiers.add(table.best().orElseThrow().frontier());
      }
    }
    assertThat(frontiers.get(0)).isEqualTo(frontiers.get(1));
  }

  /** As a real migration begins anywhere in the guest's program, so do these; the frontier stands at the medians too. */
  @Test
  public void severalBeginningsGiveTheMedians() throws Exception {
    Trace trace = SyntheticTrace.parse("synthetic:memory=32MiB,set=24MiB,rate=20000,pattern=sequential,length=5s");
    SimulationTable table;
    try (AllCores cores = new AllCores()) {
      Sweep sweep = new Sweep(List.of(trace), LINKS.subList(1, 2), METHODS, Duration.ofSeconds(60), Overheads.NONE, 5, true, Shard.WHOLE);
      assertThat(sweep.migrations()).isEqualTo(5 * METHODS.size());
      table = sweep.tables(cores, done -> {}).get(0);
    }
    assertThat(table.beginnings()).isEqualTo(5);
    SimulatedPoint mplm = table.points().get(1);
    assertThat(mplm.migrations().stream().map(one -> one.downtime().orElseThrow()).distinct()).hasSizeGreaterThan(1);
    assertThat(table.rows().get(1).downtime().orElseThrow()).isEqualTo(
        mplm.migrations().stream().map(one -> one.downtime().orElseThrow()).sorted().skip(2).findFirst().orElseThrow());
    BestPossible best = table.best().orElseThrow();
    assertThat(best.bounds()).hasSize(5);
    assertThat(best.frontier()).isNotEmpty()
        .isSortedAccordingTo(Comparator.comparing(Bound.Point::total))
        .isSortedAccordingTo(Comparator.comparing(Bound.Point::downtime).reversed())
        .allSatisfy(point -> assertThat(best.totalAt(point.downtime())).contains(point.total()));
    assertThat(table.text()).startsWith("SIMULATED, not measured").contains(", medians of 5 beginnings\n");
    assertThat(SimulatedRows.of(List.of(table))).hasSize(15).extracting(row -> row.planned().repetition()).startsWith(1, 2, 3, 4, 5, 1);
  }

  @Test
  public void whatIsMissingIsTold() throws Exception {
    SweepMerge merge = new SweepMerge(List.of(write(new Shard(1, 3)), write(new Shard(3, 3))));
    assertThat(merge.missing()).containsExactly("table 2 of 6", "table 5 of 6");
  }

  @Test
  public void whatAreNoShardsOfOneSweepIsRefused() throws Exception {
    Path whole = write(Shard.WHOLE);
    Path again = Files.copy(whole, folder.resolve("again.csv"));
    refused(List.of(whole, again), "table 1 is there twice: " + whole + ", " + again);
    Path other = Files.writeString(folder.resolve("other.csv"), "a,b\n1,2\n");
    refused(List.of(whole, other), other + ": is not a CSV file of mplm simulate: it has no column kind, .*");
    Path empty = Files.createFile(folder.resolve("empty.csv"));
    refused(List.of(empty), empty + ": is not a CSV file of mplm simulate: it has no column kind, .*");
    refused(List.of(folder.resolve("none.csv")), folder.resolve("none.csv") + ": no such file");
    Path cut = Files.writeString(folder.resolve("cut.csv"), Files.readString(whole).substring(0, 700));
    refused(List.of(cut), cut + ":\\d+: has \\d+ cells, allowed: 24, as many as the first line");
    refused(List.of(whole, whole), whole + ": is there twice");
    Path quoted = Files.writeString(folder.resolve("quoted.csv"), Files.readString(whole).replaceFirst("\n", "\n\""));
    refused(List.of(quoted), quoted + ": cannot be read as CSV: Unterminated quoted field.*");
    Path binary = Files.write(folder.resolve("binary.csv"), new byte[] {'a', (byte) 0xff, '\n'});
    refused(List.of(binary), binary + ": cannot be read as CSV: is not text in UTF-8");
    Path beyond = Files.writeString(folder.resolve("beyond.csv"), Files.readString(whole).replace("1/6", "7/6"));
    refused(List.of(beyond), beyond + ": table 7 of 6, which there cannot be");
    Path none = Files.writeString(folder.resolve("part.csv"), Files.readString(whole).replace("1/6", "0/6"));
    refused(List.of(none), none + ":2: not a row of mplm simulate");
    List<String> lines = Files.readAllLines(whole);
    Path lost = Files.write(folder.resolve("lost.csv"), lines.stream().filter(line -> !line.equals(lines.get(2))).toList());
    refused(List.of(lost), lost + ": table 2 has not the methods of table 1 of .*: it is of another sweep, or rows are missing");
    Path limited = folder.resolve("limited.csv");
    try (AllCores cores = new AllCores()) {
      Sweep shorter = new Sweep(TRACES, LINKS, METHODS, Duration.ofSeconds(20), Overheads.NONE, 1, true, new Shard(2, 6));
      SimulationCsv.SCHEMA.write(limited, SimulationTable.rows(shorter.tables(cores, done -> {})));
    }
    Path one = write(new Shard(1, 6));
    refused(List.of(one, limited), one + " and " + limited + " are not shards of one sweep: limit_s: 30.*, 20.*");
    Path larger = Files.writeString(folder.resolve("larger.csv"), Files.readString(write(new Shard(1, 6))).replace("1/6", "1/8"));
    refused(List.of(write(new Shard(2, 6)), larger), ".* and .* are not shards of one sweep: it has 6 and 8 tables");
  }

  private static void refused(List<Path> files, String told) {
    assertThatThrownBy(() -> new SweepMerge(files)).isInstanceOf(BadInput.class).message().matches(told);
  }

  @Test
  public void theHeatMapHasACellForEachLinkAndMethod() throws Exception {
    List<SimulationTable> tables;
    try (AllCores cores = new AllCores()) {
      tables = sweep(Shard.WHOLE).tables(cores, done -> {}).subList(0, LINKS.size());
    }
    List<Path> files = HeatMap.write(tables, folder, "guest");
    assertThat(files).extracting(file -> file.getFileName().toString())
        .containsExactly("guest-total.png", "guest-total.svg", "guest-downtime.png", "guest-downtime.svg");
    assertThat(ImageIO.read(files.get(0).toFile()).getWidth()).isGreaterThan(500);
    long completed = tables.stream().flatMap(table -> table.rows().stream()).filter(row -> row.total().isPresent()).count();
    assertThat(completed).isBetween(1L, (long) LINKS.size() * METHODS.size() - 1);
    assertThat(cells(files.get(1))).isEqualTo(completed);
    assertThat(cells(files.get(3))).isEqualTo(completed);
    byte[] once = Files.readAllBytes(files.get(2));
    HeatMap.write(tables, folder, "guest");
    assertThat(Files.readAllBytes(files.get(2))).isEqualTo(once);
  }

  /** Rectangles of a colour between the ends of the scale. */
  private static long cells(Path svg) throws IOException {
    return Pattern.compile("<rect[^>]*fill:rgb\\((2[2-4]\\d),").matcher(Files.readString(svg)).results().count();
  }

  private Path write(Shard shard) throws Exception {
    Path file = folder.resolve("part-" + shard.index() + "-of-" + shard.count() + ".csv");
    try (AllCores cores = new AllCores()) {
      SimulationCsv.SCHEMA.write(file, SimulationTable.rows(sweep(shard).tables(cores, done -> {})));
    }
    return file;
  }

  private static Sweep sweep(Shard shard) {
    return new Sweep(TRACES, LINKS, METHODS, Duration.ofSeconds(30), Overheads.NONE, 1, true, shard);
  }
}

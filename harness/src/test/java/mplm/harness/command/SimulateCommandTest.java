// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.opencsv.CSVReaderHeaderAware;
import com.opencsv.exceptions.CsvException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import mplm.engine.trace.PageRuns;
import mplm.engine.trace.TraceHeader;
import mplm.engine.trace.TraceWriter;
import mplm.harness.derive.RecordedRun;
import mplm.harness.support.InFolder;
import mplm.harness.support.Said;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

public class SimulateCommandTest extends InFolder {
  private Path trace;

  @BeforeClass
  public void makeTrace() throws IOException {
    trace = folder.resolve("guest.trace");
    PageRuns used = new PageRuns();
    used.add(0, 8000);
    PageRuns dirtied = new PageRuns();
    dirtied.add(100, 500);
    try (TraceWriter writer = new TraceWriter(trace, new TraceHeader(16384, Duration.ofMillis(100), "a guest, recorded"), used)) {
      writer.interval(Duration.ofMillis(100), dirtied);
      writer.end();
    }
    Files.writeString(folder.resolve("no.trace"), "hello");
  }

  @Test
  public void printsARowAMethodMarkedAsSimulated() throws IOException, CsvException {
    Path csv = folder.resolve("out.csv");
    Said said = run(trace.toString(), "--link", "100Mbit/s", "--bound", "--csv", csv.toString(), "--methods",
        "precopy:0.3s,mplm:epoch=1s,share=25,mplm,stop-and-copy");
    assertThat(said.exitCode()).as(said.err()).isZero();
    assertThat(said.out()).startsWith("SIMULATED, not measured: a guest of 64MiB on a link of 100Mbit/s, a guest, recorded")
        .contains("best downtime s", "the trace was too short and began again", "best possible");
    assertThat(said.out().lines().filter(line -> line.matches("(precopy|mplm|stop-and-copy).* completed .*"))).hasSize(4);
    List<Map<String, String>> rows = new ArrayList<>();
    try (CSVReaderHeaderAware reader = new CSVReaderHeaderAware(Files.newBufferedReader(csv))) {
      for (Map<String, String> row = reader.readMap(); row != null; row = reader.readMap()) {
        rows.add(row);
      }
    }
    assertThat(rows.stream().filter(row -> row.get("kind").equals("simulated")).map(row -> row.get("method")))
        .containsExactly("precopy:0.3s", "mplm:epoch=1s,share=25", "mplm", "stop-and-copy");
    assertThat(rows.stream().filter(row -> row.get("kind").equals("bound"))).isNotEmpty();
    for (Map<String, String> row : rows) {
      if (row.get("kind").equals("simulated")) {
        assertThat(Double.parseDouble(row.get("downtime_s")) + Double.parseDouble(row.get("bound_step_s")))
            .isGreaterThanOrEqualTo(Double.parseDouble(row.get("best_downtime_s")));
      }
    }
  }

  @Test
  public void aGuestMayBeMadeUpAndMayNotConverge() {
    Said said = run("synthetic:memory=64MiB,set=32MiB,rate=100000", "--link", "100Mbit/s", "--methods", "precopy:0.1s",
        "--limit", "20s");
    assertThat(said.exitCode()).isZero();
    assertThat(said.out()).containsPattern("precopy:0.1s +not converged +- +20.000 +- ");
  }

  @Test
  public void everyTraceIsCombinedWithEveryLinkInOrder() {
    String other = "synthetic:memory=32MiB,set=4MiB,rate=100";
    StringBuilder single = new StringBuilder();
    for (String guest : List.of(trace.toString(), other)) {
      for (String link : List.of("50Mbit/s", "100Mbit/s")) {
        single.append(run(guest, "--link", link, "--bound").out());
      }
    }
    assertThat(run(trace.toString(), other, "--link", "50Mbit/s,100Mbit/s", "--bound").out()).isEqualTo(single.toString())
        .contains("64MiB on a link of 50Mbit/s", "32MiB on a link of 100Mbit/s");
  }

  @Test
  public void aHeatMapOfNothingThatEndedIsNotDrawn() throws IOException {
    String guest = "synthetic:memory=64MiB,set=32MiB,rate=100000";
    Path charts = Files.createTempDirectory("mplm-heat");
    try {
      Said none = run(guest, "--link", "100Mbit/s,200Mbit/s", "--methods", "precopy:0.1s", "--limit", "20s", "--heat-map",
          charts.toString());
      assertThat(none.exitCode()).as(none.err()).isZero();
      assertThat(none.out()).contains("no chart of " + guest.substring(0, 10)).contains("no migration came to its end");
      Said some = run(guest, "--link", "100Mbit/s", "--methods", "precopy:0.1s,mplm", "--limit", "20s", "--heat-map", charts.toString());
      assertThat(some.exitCode()).as(some.err()).isZero();
      assertThat(charts.resolve("trace-1-total.svg")).isNotEmptyFile();
    } finally {
      RecordedRun.remove(charts);
    }
  }

  /** A chart to choose by, with the frontier; its rows are repetitions, of which mplm compare can tell how sure a difference is. */
  @Test
  public void beginningsAreRepetitionsOfTheRowsAndMediansOfTheTable() throws Exception {
    Path out = Files.createTempDirectory("mplm-beginnings");
    try {
      Said said = run(trace.toString(), "--link", "100Mbit/s", "--methods", "precopy:0.1s,mplm,mplm:policy=cold", "--beginnings", "3", "--bound",
          "--charts", out.toString(), "--trials", out.resolve("trials.csv").toString(), "--csv", out.resolve("table.csv").toString());
      assertThat(said.exitCode()).as(said.err()).isZero();
      assertThat(RecordedRun.table(out.resolve("trials.csv"))).hasSize(9).extracting(row -> row.get("method") + " " + row.get("repetition"))
          .startsWith("precopy:0.1s 1", "precopy:0.1s 2", "precopy:0.1s 3", "mplm 1");
      assertThat(RecordedRun.table(out.resolve("table.csv"))).filteredOn(row -> row.get("kind").equals("simulated")).hasSize(3)
          .allSatisfy(row -> assertThat(row).containsEntry("beginnings", "3"));
      try (Stream<Path> files = Files.list(out.resolve("choice"))) {
        List<Path> charts = files.sorted().toList();
        assertThat(charts).hasSize(2);
        assertThat(Files.readString(charts.get(1))).contains("SIMULATED on 100Mbit/s: a guest, recorded", ">best possible, computed<", "began at 3 moments",
            "<title>mplm:policy=cold (n = 3): migration time ");
      }
    } finally {
      RecordedRun.remove(out);
    }
  }

  /** Half of the link and a switch-over of a second; a guest that is twice as slow dirties half as much. */
  @Test
  public void aMigrationMayHaveOverheads() {
    String guest = "synthetic:memory=64MiB,set=32MiB,rate=1000,pattern=sequential";
    String[] methods = {"--link", "100Mbit/s", "--methods", "mplm,stop-and-copy"};
    String plain = run(guest, methods[0], methods[1], methods[2], methods[3]).out();
    Said said = run(guest, methods[0], methods[1], methods[2], methods[3], "--overheads", "goodput=0.5,switchover=1s,slowness=2");
    assertThat(said.exitCode()).as(said.err()).isZero();
    assertThat(said.out().lines().findFirst().orElseThrow())
        .endsWith(", goodput=0.5,buffer=0KiB,work=0us,fetch=0ms,switchover=1000ms,slowness=2");
    double stopped = column(plain, "stop-and-copy", 1);
    assertThat(column(said.out(), "stop-and-copy", 1)).isCloseTo(2 * stopped + 1, within(0.01));
    assertThat(column(said.out(), "mplm", 10)).isCloseTo(column(plain, "mplm", 10) / 2, withinPercentage(5));
  }

  /** A guest that writes to 1000 pages per second and stands still for 0.1 ms at each takes 10 % longer for the same. */
  @Test
  public void aFirstWriteToAPageCostsTheGuestTime() {
    String guest = "synthetic:memory=64MiB,set=32MiB,rate=1000,pattern=sequential";
    String plain = run(guest, "--link", "100Mbit/s", "--methods", "mplm").out();
    Said said = run(guest, "--link", "100Mbit/s", "--methods", "mplm", "--overheads", "first-write=0.1ms");
    assertThat(said.exitCode()).as(said.err()).isZero();
    assertThat(said.out().lines().findFirst().orElseThrow()).endsWith(",slowness=1,first-write=100us");
    assertThat(column(said.out(), "mplm", 10)).isCloseTo(column(plain, "mplm", 10) / 1.1, withinPercentage(3));
  }

  /** A number of a row, counted from behind its outcome. */
  private static double column(String text, String method, int number) {
    String line = text.lines().filter(one -> one.startsWith(method + " ")).findFirst().orElseThrow();
    return Double.parseDouble(line.strip().split("\\s+")[1 + number]);
  }

  @DataProvider
  public Object[][] badInput() {
    return new Object[][] {
      {List.of("FOLDER/none.trace"), "FOLDER/none.trace: no such file"},
      {List.of("FOLDER/no.trace"), "FOLDER/no.trace: not a trace: it does not begin as a gzip file"},
      {List.of("FOLDER"), "FOLDER: no trace in it, mplm record makes them"},
      {List.of("synthetic:memory=1GiB"), "TRACE: 'synthetic:memory=1GiB': a synthetic trace needs memory, set and rate"},
      {List.of("FOLDER/guest.trace", "--link", "fast"), "--link: 'fast' is not a bandwidth: .*"},
      {List.of("FOLDER/guest.trace", "--link", "1Gbit/s,1,5Gbit/s"), "--link: '1,5Gbit/s' is not a bandwidth: .*"},
      {List.of("FOLDER/guest.trace", "--link", "1bit/s"), "a link of 1bit/s is too slow for 64MiB: .*"},
      {List.of("FOLDER/guest.trace", "--methods", "mplm,unmigrated"), "--methods: unmigrated is not simulated, allowed: all methods but "
          + "unmigrated, postcopy, and precopy with features; mplm list names them"},
      {List.of("FOLDER/guest.trace", "--methods", "postcopy"), "--methods: postcopy:after=1pass is not simulated, .*"},
      {List.of("FOLDER/guest.trace", "--methods", "precopy:0.3s,xbzrle=64MiB"), "--methods: precopy:0.3s,xbzrle=64MiB is not simulated, .*"},
      {List.of("FOLDER/guest.trace", "--methods", "precopy"), "--methods: method 'precopy': .*"},
      {List.of("FOLDER/guest.trace", "--limit", "0s"), "--limit: the limit is more than 0s, .*"},
      {List.of("FOLDER/guest.trace", "--overheads", "fetch=2ms,haste=3"), "--overheads: 'haste=3' is no overhead, allowed: goodput=.*"},
      {List.of("FOLDER/guest.trace", "--overheads", "first-write=1ms"), "--overheads: 'first-write=1ms' is out of range, allowed: .*"},
      {List.of("FOLDER/guest.trace", "--overheads", "goodput=2"), "--overheads: 'goodput=2' is out of range, allowed: .*"},
      {List.of("FOLDER/guest.trace", "--csv", "FOLDER/none/out.csv"), "--csv FOLDER/none/out.csv: cannot be written: .*"},
      {List.of("FOLDER/guest.trace", "--overheads", "fetch=2ms,fetch=3ms"),
          "--overheads: 'fetch=2ms,fetch=3ms': fetch is there twice"},
      {List.of("FOLDER/guest.trace", "--methods", "mplm,precopy:1s,precopy:1000ms"), "--methods: one is there twice"},
      {List.of("FOLDER/guest.trace", "--link", "1Gbit/s,1000Mbit/s"), "--link: one is there twice"},
      {List.of("FOLDER/guest.trace", "--csv", "FOLDER/one.csv", "--trials", "FOLDER/one.csv"), "--csv, --trials: both are .*one.csv, allowed: two files"},
      {List.of("FOLDER/guest.trace", "--csv", "FOLDER"), "--csv FOLDER: cannot be written: is a folder"},
      {List.of("FOLDER/guest.trace", "--trials", "FOLDER/none/out.csv"),
          "--trials FOLDER/none/out.csv: cannot be written: .* no such folder"},
      {List.of("FOLDER/guest.trace", "--heat-map", "FOLDER/no.trace"), "--heat-map FOLDER/no.trace: is no folder"},
      {List.of("FOLDER/guest.trace", "--shard", "2/1"), "--shard: shard 2/1, allowed: I/N with I from 1 to N"},
      {List.of("FOLDER/guest.trace", "--shard", "1/2", "--heat-map", "FOLDER"), "--heat-map: not of a shard, .*"},
      {List.of("FOLDER/guest.trace", "--beginnings", "0"), "--beginnings: 0, allowed: 1 to 1000"},
      {List.of("--against", "FOLDER"), "FOLDER is not the folder of a run: it has no run.json"},
      {List.of("--against", "FOLDER", "--link", "1Gbit/s"), "--link cannot be combined with --against: the run has its own; allowed: --csv, .*, TRACE"},
    };
  }

  @Test(dataProvider = "badInput")
  public void badInputIsOneLine(List<String> arguments, String told) {
    Said said = run(arguments.stream().map(argument -> argument.replace("FOLDER", folder.toString())).toArray(String[]::new));
    assertThat(said.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(said.err()).matches(told.replace("FOLDER", folder.toString()));
    assertThat(said.out()).isEmpty();
  }

  @Test
  public void rowsTakeTheFolderOfNothingAndWhatCannotBeWrittenLeavesNothing() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    try {
      String guest = "synthetic:memory=256MiB,set=4MiB,rate=100";
      Said said = run(guest, "--methods", "mplm", "--trials", empty.toString());
      assertThat(said.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
      assertThat(said.err()).isEqualTo("--trials " + empty + ": cannot be written: is a folder");
      assertThat(empty).isEmptyDirectory();
      // no guest boots in so little memory, but none is booted
      Path rows = empty.resolve("rows.csv");
      said = run(trace.toString(), "--methods", "mplm", "--trials", rows.toString());
      assertThat(said.exitCode()).as(said.err()).isZero();
      assertThat(rows).content().contains(",67108864,").endsWith(",simulated\n");
    } finally {
      RecordedRun.remove(empty);
    }
  }

  @DataProvider
  public Object[][] damages() {
    return new Object[][] {
      {"(?s)^.*$", "", ": is not a run's trials: it has no column trial, outcome, .*"},
      {",setup_s,", ",setup,", ": is not a run's trials: it has no column setup_s"},
      {",completed,", ",done,", ": row 1: 'done' is not an outcome, allowed: .*"},
      {",completed,,([^,]*),[^,]*", ",completed,,$1,soon", ": row 1: total_s: 'soon' is not a number, allowed: 0 and above"},
      {",completed,,([^,]*),[^,]*", ",completed,,$1,", ": row 1: total_s: missing"},
      {"\n([^,]*,[^,]*,[^,]*),1,", "\n$1,9,", ": row 1: trial: 9 is none of .*/run.json"},
      {"\n([^,]*,[^,]*,[^,]*),1,", "\n$1,one,", ": row 1: trial: 'one' is not a number, allowed: 0 and above"},
      {"(?s).{40}$", "\n", ":\\d+: has \\d+ cells, allowed: \\d+, as many as the first line"},
    };
  }

  @Test(dataProvider = "damages")
  public void damagedTrialsOfARunAreRefusedInOneLine(String what, String by, String told) throws IOException {
    Path run = RecordedRun.unpack();
    try {
      Path rows = run.resolve("trials.csv");
      String text = Files.readString(rows).replaceFirst(what, by);
      assertThat(text).isNotEqualTo(Files.readString(rows));
      Files.writeString(rows, text);
      Said said = run("--against", run.toString());
      assertThat(said.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
      assertThat(said.err()).matches(rows + told);
    } finally {
      RecordedRun.remove(run);
    }
  }

  @Test
  public void severalRunsAreSimulatedTogether() throws IOException {
    Path stock = Path.of("../reports/scaled-by-omega/stock");
    Path mplm = Path.of("../reports/scaled-by-omega/mplm");
    String traces = "../reports/scaled-by-omega/traces";
    String overheads = "goodput=0.99,work=1us";
    Said both = run("--against", stock.toString(), "--against", mplm.toString(), traces, "--overheads", overheads);
    assertThat(both.exitCode()).as(both.err()).isZero();
    List<String> points = new ArrayList<>();
    for (Path run : List.of(stock, mplm)) {
      points.addAll(points(run("--against", run.toString(), traces, "--overheads", overheads)));
    }
    assertThat(points(both)).isEqualTo(points).hasSizeGreaterThan(21);
    assertThat(run("--against", mplm.toString(), "--against", mplm.toString(), traces).err()).isEqualTo("--against: one is there twice");
  }

  /** Experiment and method of each line of a table. */
  private static List<String> points(Said said) {
    return said.out().lines().filter(line -> line.matches("[A-Z]+ (precopy|mplm)\\S* +judged .*")).map(line -> line.split(" +judged ")[0]).toList();
  }

  @Test
  public void aRunThatDoesNotSayTheArgumentsOfAKernelIsRefused() throws IOException {
    Path run = RecordedRun.unpack();
    try {
      Path manifest = run.resolve("run.json");
      Files.writeString(manifest, Files.readString(manifest).replaceFirst("(\"kernel_arguments\" : \\{)[^}]*", "$1"));
      Said said = run("--against", run.toString());
      assertThat(said.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
      assertThat(said.err()).isEqualTo(manifest + ": kernel_arguments: has none of experiment measured");
    } finally {
      RecordedRun.remove(run);
    }
  }

  @Test
  public void aRunWithoutTraceIsRefused() throws IOException {
    Path run = RecordedRun.unpack();
    try {
      Said said = run("--against", run.toString(), trace.toString());
      assertThat(said.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
      assertThat(said.err()).startsWith(trace + ": there is no guest.trace.json beside it, ");
    } finally {
      RecordedRun.remove(run);
    }
  }

  private static Said run(String... arguments) {
    return Said.by(new SimulateCommand(), arguments);
  }
}

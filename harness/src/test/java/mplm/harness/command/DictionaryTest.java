// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mplm.engine.migration.Mplm;
import mplm.harness.derive.RecordedRun;
import mplm.harness.derive.RunDerivation;
import mplm.harness.history.History;
import mplm.harness.support.Said;
import mplm.harness.table.Column;
import mplm.harness.table.Kind;
import mplm.harness.table.Row;
import mplm.harness.table.Schema;
import mplm.harness.table.TrialsCsv;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** The dictionary of columns: its page, and that the kit's files hold what it says. */
public class DictionaryTest {
  private static final Path PAGE = Path.of("docs/columns.md");
  /** As the last part of a name says it, but for metrics, which are called as on the command line. */
  private static final Map<String, Kind> UNITS = Map.of("_mbit_per_s", Kind.MBIT_PER_S, "_bits_per_s", Kind.BITS_PER_S,
      "_bytes_per_s", Kind.BYTES_PER_S, "_pages_per_s", Kind.PAGES_PER_S, "_percent", Kind.PERCENT, "_bytes", Kind.BYTES,
      "_pages", Kind.PAGES, "_iterations_per_s", Kind.PER_S);

  private Path run;

  @BeforeClass
  public void derive() throws Exception {
    run = RecordedRun.unpack();
    RecordedRun.scale(run);
    RunDerivation derivation = RunDerivation.of(run);
    derivation.again();
    History.in(run).add(derivation.manifest(), derivation.rows());
    Files.createDirectory(run.resolve("simulated"));
    assertThat(said(new SimulateCommand(), "synthetic:memory=64MiB,set=32MiB,rate=10000", "--link", "100Mbit/s,1Gbit/s", "--limit", "20s",
        "--bound", "--csv", run.resolve("simulation.csv").toString(), "--trials", run.resolve("simulated/trials.csv").toString()))
        .contains("SIMULATED");
  }

  @AfterClass(alwaysRun = true)
  public void remove() throws IOException {
    RecordedRun.remove(run);
  }

  @Test
  public void thePageIsWhatListPrints() throws IOException {
    assertThat(said(new ListCommand(), "--columns")).as("harness/bin/mplm list --columns > harness/docs/columns.md")
        .isEqualTo(Files.readString(PAGE));
  }

  @DataProvider
  public Object[][] files() {
    return Dictionary.FILES.stream().map(schema -> new Object[] {schema}).toArray(Object[][]::new);
  }

  /** Each file that the dictionary has was written here, and has its columns and no other; cells are what their column says. */
  @Test(dataProvider = "files")
  public void eachFileHasTheColumnsThatAreDescribed(Schema<?> schema) throws IOException {
    List<Path> written = written().filter(file -> name(file).equals(schema.file())).toList();
    assertThat(written).as(schema.file()).isNotEmpty();
    Set<String> filled = new HashSet<>();
    for (Path file : written) {
      List<Row> rows = schema.read(file, schema.file(), schema.header());
      assertThat(Files.readString(file)).as(file.toString()).startsWith(String.join(",", schema.header()) + "\n");
      for (Row row : rows) {
        for (Column<?> column : schema.columns()) {
          String text = row.text(column.name());
          assertThat(text.isEmpty() ? !column.empty().isEmpty() : column.kind().fits(text))
              .as(file + ": " + column.name() + ": '" + text + "' in a column of " + column.kind() + ", empty: " + column.empty())
              .isTrue();
          if (!text.isEmpty()) {
            filled.add(column.name());
          }
        }
      }
    }
    assertThat(filled).as(schema.file()).hasSizeGreaterThan(schema.columns().size() / 2);
  }

  @Test
  public void noFileIsWrittenThatTheDictionaryDoesNotHave() throws IOException {
    assertThat(written().map(DictionaryTest::name).collect(Collectors.toSet()))
        .isEqualTo(Dictionary.FILES.stream().map(Schema::file).collect(Collectors.toSet()));
  }

  @Test(dataProvider = "files")
  public void aNameEndsAsItsUnitDoes(Schema<?> schema) {
    for (Column<?> column : schema.columns()) {
      UNITS.keySet().stream().filter(column.name()::endsWith).max((one, other) -> Integer.compare(one.length(), other.length()))
          .ifPresent(suffix -> assertThat(column.kind()).as(column.name()).isEqualTo(UNITS.get(suffix)));
      if (column.name().endsWith("_s") && !column.name().endsWith("_per_s")) {
        assertThat(column.kind()).as(column.name()).isEqualTo(Kind.SECONDS);
      }
    }
  }

  @Test
  public void eachSettingOfMplmHasItsColumn() {
    assertThat(TrialsCsv.SCHEMA.header()).containsAll(Mplm.PAPER.settings().keySet());
  }

  /** All CSV files, those of the reports' folder that the kit reads or that take long to make among them. */
  private Stream<Path> written() throws IOException {
    try (Stream<Path> files = Files.walk(run)) {
      return Stream.concat(files.filter(file -> file.toString().endsWith(".csv")).toList().stream(),
          Stream.of("published/figure4.csv", "published/table1.csv", "scaled-example/simulation-errors.csv")
              .map(Path.of("../reports")::resolve));
    }
  }

  private static String name(Path file) {
    return switch (file.getFileName().toString()) {
      case "simulation.csv" -> "mplm simulate --csv";
      case "simulation-errors.csv" -> "mplm simulate --against --csv";
      default -> (file.getParent().endsWith("published") ? "published/" : "") + file.getFileName();
    };
  }

  private static String said(Object command, String... words) {
    Said said = Said.by(command, words);
    assertThat(said.exitCode()).as(said.err()).isZero();
    return said.out();
  }
}

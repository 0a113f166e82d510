// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mplm.engine.scheduler.Scheduler;
import mplm.harness.derive.RecordedRun;
import mplm.harness.statistics.Median;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** The documents: their links lead somewhere, the commands in them are the kit's, and those that take seconds are run. */
public class DocumentsTest {
  private static final Path CLONE = Path.of("").toAbsolutePath().getParent();
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern INLINE = Pattern.compile("`((?:harness/bin/)?mplm [^`]+)`");
  private static final Pattern TARGET = Pattern.compile("(?m)(?:^ {4}|`)make ([a-z-]+)");
  private static final Pattern SECONDS = Pattern.compile("(?ms)^```sh seconds\\n(.*?)^```");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
  private static final Path METHODS_EXAMPLE = Path.of("reports/methods-example");
  private static final List<String> GUESTS = List.of("MG", "IS", "SP", "BT");
  private static final Pattern MEDIANS =
      Pattern.compile("(-?[0-9.]+) / (-?[0-9.]+) / (?:(-?[0-9.]+) ± ([0-9.]+)|-)(?: \\((\\d of \\d)\\))?");

  @DataProvider
  public Iterator<Object> documents() throws IOException {
    List<Object> documents = new ArrayList<>();
    for (String top : List.of("README.md", "harness/docs", "engine", "guest-images", "npb-configs", "reports")) {
      try (Stream<Path> files = Files.walk(CLONE.resolve(top))) {
        files.filter(file -> file.toString().endsWith(".md") && !file.startsWith(CLONE.resolve("reports/runs")))
            .filter(file -> !file.toString().contains("/target/")).map(CLONE::relativize).sorted().forEach(documents::add);
      }
    }
    return documents.iterator();
  }

  @Test(dataProvider = "documents")
  public void everyLinkLeadsSomewhere(Path document) throws IOException {
    for (MatchResult link : LINK.matcher(text(document)).results().toList()) {
      if (link.group(1).matches("[a-z]+:.*")) {
        continue;
      }
      String[] parts = link.group(1).split("#", 2);
      Path file = parts[0].isEmpty() ? document : CLONE.relativize(CLONE.resolve(document).resolveSibling(parts[0]).normalize());
      assertThat(CLONE.resolve(file)).as(document + ": " + link.group(1)).exists();
      if (parts.length == 2) {
        assertThat(anchors(file)).as(document + ": " + link.group(1)).contains(parts[1]);
      }
    }
  }

  @Test(dataProvider = "documents")
  public void everyCommandOfTheKitIsUnderstood(Path document) throws IOException {
    for (String command : commands(text(document))) {
      if (words(command).length == 1 && !words(command)[0].startsWith("-")) { // a command that is named, not given
        assertThat(Mplm.commandLine().getSubcommands()).as(document + ": " + command).containsKey(words(command)[0]);
        continue;
      }
      assertThatCode(() -> Mplm.commandLine().parseArgs(words(command)))
          .as(document + ": " + command).doesNotThrowAnyException();
    }
  }

  @Test(dataProvider = "documents")
  public void everyMakeTargetIsThere(Path document) throws IOException {
    String makefile = Files.readString(CLONE.resolve("Makefile"));
    for (MatchResult target : TARGET.matcher(text(document)).results().toList()) {
      assertThat(makefile).as(document.toString()).containsPattern("(?m)^" + target.group(1) + ":");
    }
  }

  @Test(dataProvider = "documents")
  public void aCommandOfSecondsDoesWhatItSays(Path document) throws Exception {
    for (MatchResult block : SECONDS.matcher(text(document)).results().toList()) {
      for (String command : block.group(1).lines().toList()) {
        int status = command.startsWith("harness/bin/mplm ") ? Mplm.run(words(command))
            : Forked.of(Map.of(), List.of("sh", "-c", "cd \"$0\" && " + command, CLONE.toString())).status();
        assertThat(status).as(document + ": " + command).isZero();
      }
    }
  }

  /** Lines of code, continued ones joined, and code within sentences. */
  private static List<String> commands(String text) {
    List<String> commands = new ArrayList<>();
    for (String line : text.replaceAll("\\\\\\n\\s*", "").lines().toList()) {
      if (line.matches("( {4})?harness/bin/mplm( .*)?")) {
        commands.add(line.strip());
      } else {
        INLINE.matcher(line).results().map(match -> match.group(1)).filter(command -> !command.contains("[")).forEach(commands::add);
      }
    }
    return commands;
  }

  private static String[] words(String command) {
    return Arrays.stream(command.replaceAll("\\s+[#>].*", "").strip().split("\\s+")).skip(1).toArray(String[]::new);
  }

  /** As GitHub names the headings of a page. */
  private static List<String> anchors(Path document) throws IOException {
    return HEADING.matcher(text(document)).results().map(heading -> heading.group(1).toLowerCase(Locale.ROOT)
        .replaceAll("[^a-z0-9 _-]", "").replace(' ', '-')).toList();
  }

  private static String text(Path document) throws IOException {
    return Files.readString(CLONE.resolve(document));
  }

  /** A command draws two kinds of charts of one name, and the other kind names neither. */
  @Test
  public void theChartsOfPoliciesShowEachPolicyAndTheBestPossible() throws Exception {
    for (String guest : GUESTS) {
      assertThat(Files.readString(CLONE.resolve("reports/policies/" + guest + ".svg"))).as(guest).contains("best possible, computed")
          .contains(Scheduler.policies().stream().map(policy -> policy.equals("paper") ? "<title>mplm:epoch=" : "<title>mplm:policy=" + policy)
              .toList());
    }
  }

  /** Each figure, and how many trials completed. A cell that only the table or only the rows have is wrong too. */
  @Test
  public void theMediansOfTheMethodsExampleAreThoseOfItsRows() throws Exception {
    Map<String, String> printed = printedMedians();
    Map<String, String> computed = computedMedians(rowsOfTheMethodsExample());
    Set<String> all = new TreeSet<>(printed.keySet());
    all.addAll(computed.keySet());
    assertThat(all.stream().filter(figure -> !Objects.equals(printed.get(figure), computed.get(figure)))
        .map(figure -> figure + ": printed " + printed.get(figure) + ", by the rows " + computed.get(figure)))
        .as("figures of the table that are not those of the rows").isEmpty();
    assertThat(printed).isNotEmpty();
  }

  /** The rows of both runs are there together as they are there apart, so that each row counts and not only that of a median. */
  private static List<Map<String, String>> rowsOfTheMethodsExample() throws Exception {
    List<Map<String, String>> rows = RecordedRun.table(CLONE.resolve(METHODS_EXAMPLE).resolve("trials.csv"));
    List<Map<String, String>> apart = new ArrayList<>();
    for (String run : List.of("mg-is", "sp-bt")) {
      apart.addAll(RecordedRun.table(CLONE.resolve(METHODS_EXAMPLE).resolve(run).resolve("trials.csv")));
    }
    assertThat(rows.size()).as("rows of both runs").isEqualTo(apart.size());
    for (int i = 0; i < rows.size(); i++) {
      assertThat(rows.get(i)).as("row %d of both runs", i + 1).isEqualTo(apart.get(i));
    }
    // a cell of the table knows no other outcome
    assertThat(rows.stream().map(row -> row.get("outcome")).collect(Collectors.toSet())).isEqualTo(Set.of("completed", "not converged"));
    return rows;
  }

  /** By guest, method and column, as the table prints it. */
  private static Map<String, String> printedMedians() throws IOException {
    List<String> lines = text(METHODS_EXAMPLE.resolve("README.md")).lines().toList();
    int head = lines.indexOf("| method | " + String.join(" | ", GUESTS) + " |");
    assertThat(head).as("the line of " + METHODS_EXAMPLE + "/README.md with which the table begins").isNotNegative();
    Map<String, String> figures = new TreeMap<>();
    for (String line : lines.stream().skip(head + 2).takeWhile(line -> line.startsWith("|")).toList()) {
      String[] cells = line.split("\\s*\\|\\s*"); // the first is what stands before the line's first bar
      assertThat(cells).as(line).hasSize(2 + GUESTS.size());
      for (int i = 0; i < GUESTS.size(); i++) {
        String of = GUESTS.get(i) + ", " + cells[1].replace("`", "") + ", ";
        Matcher cell = MEDIANS.matcher(cells[2 + i]);
        assertThat(figures).as("a method that is there twice").doesNotContainKey(of + "completed");
        if (cells[2 + i].equals("not converged")) {
          figures.put(of + "completed", "0 of 3");
          continue;
        }
        assertThat(cell.matches()).as(of + "medians: " + cells[2 + i]).isTrue();
        figures.put(of + "completed", Objects.requireNonNullElse(cell.group(5), "3 of 3"));
        figures.put(of + "migration time", cell.group(1));
        figures.put(of + "downtime", cell.group(2));
        figures.put(of + "time lost", Objects.requireNonNullElse(cell.group(3), "-"));
        figures.put(of + "error of the time lost", Objects.requireNonNullElse(cell.group(4), "-"));
      }
    }
    return figures;
  }

  /** The same by the rows, of guests that were moved. */
  private static Map<String, String> computedMedians(List<Map<String, String>> rows) {
    Map<String, String> figures = new TreeMap<>();
    rows.stream().filter(row -> !row.get("method").equals("unmigrated"))
        .collect(Collectors.groupingBy(row -> row.get("experiment") + ", " + row.get("scaled_method") + ", ")).forEach((of, trials) -> {
          List<Map<String, String>> completed = trials.stream().filter(row -> row.get("outcome").equals("completed")).toList();
          figures.put(of + "completed", completed.size() + " of " + trials.size());
          if (!completed.isEmpty()) {
            figures.put(of + "migration time", median(completed, "total_s", "%.1f"));
            figures.put(of + "downtime", median(completed, "downtime_s", "%.2f"));
            figures.put(of + "time lost", median(completed, "lost_s", "%.1f"));
            figures.put(of + "error of the time lost", median(completed, "lost_error_s", "%.1f"));
          }
        });
    return figures;
  }

  /** The median of the trials that have a value; {@code -} if none has. */
  private static String median(List<Map<String, String>> trials, String column, String format) {
    double[] values = trials.stream().map(row -> row.get(column)).filter(value -> !value.isEmpty())
        .mapToDouble(Double::parseDouble).toArray();
    return values.length == 0 ? "-" : String.format(Locale.ROOT, format, Median.of(values));
  }
}

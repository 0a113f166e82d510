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
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import mplm.engine.scheduler.Scheduler;
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
    for (String guest : List.of("MG", "IS", "SP", "BT")) {
      assertThat(Files.readString(CLONE.resolve("reports/policies/" + guest + ".svg"))).as(guest).contains("best possible, computed")
          .contains(Scheduler.policies().stream().map(policy -> policy.equals("paper") ? "<title>mplm:epoch=" : "<title>mplm:policy=" + policy)
              .toList());
    }
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.derive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import mplm.engine.qmp.QmpMessage;
import mplm.engine.unit.DataSize;
import mplm.harness.record.Journal;
import mplm.harness.record.QmpRecord;
import mplm.harness.record.TrialFolder;
import mplm.harness.result.Outcome;
import mplm.harness.scale.WorkingSet;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

public class CalibrationDerivationTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private TrialFolder folder;
  private QmpRecord record;
  private int asked;

  @BeforeMethod
  public void open() throws IOException {
    folder = new TrialFolder(Files.createTempDirectory("mplm-calibration"));
    folder.create();
    record = new QmpRecord(folder.qmp(), 0);
    asked = 0;
  }

  @AfterMethod(alwaysRun = true)
  public void remove() throws IOException {
    record.close();
    folder.remove();
  }

  @Test
  public void eachWindowIsTheMeanOfItsFetchesButTheFirst() throws IOException {
    window(500, 900, 1000, 1010, 1030);     // after the first: 100, 10, 20
    window(1000, 400, 500, 590);            // 100, 90
    count(2000);
    count(2100);
    WorkingSet guest = derived(true).orElseThrow();
    assertThat(guest.used()).isEqualTo(pages(2050));
    assertThat(guest.dirtied()).containsEntry(Duration.ofMillis(500), new DataSize(Math.round(130 / 3.0 * 4096)))
        .containsEntry(Duration.ofMillis(1000), pages(95)).hasSize(2);
  }

  /** The unique pages of a window cannot be fewer than those of a part of it, nor more than there are. */
  @Test
  public void noiseIsNotTakenForASmallerWorkingSet() throws IOException {
    window(500, 0, 100);
    window(1000, 0, 90);
    window(2000, 0, 300);
    count(250);
    assertThat(derived(true).orElseThrow().dirtied().values()).containsExactly(pages(100), pages(100), pages(250));
  }

  @Test
  public void oneThatDidNotComeToItsEndSaysNothing() throws IOException {
    window(500, 0, 100);
    count(250);
    assertThat(derived(false)).isEmpty();
  }

  @Test
  public void oneThatCountedNothingIsRefused() {
    count(250);
    assertThatThrownBy(() -> derived(true)).hasMessage("no window, allowed: at least one");
  }

  /** What had been fetched when each epoch from the second on was first seen. */
  private void window(int milliseconds, long... fetched) {
    ask("migrate-set-parameters", "{\"mplm-epoch-length\": " + milliseconds + ", \"mplm-hold\": true}", "{}");
    ask("migrate", "{\"uri\": \"exec:cat >/dev/null\"}", "{}");
    ask("query-migrate", "{}", "{\"status\": \"setup\"}");
    look(1, 0);
    for (int i = 0; i < fetched.length; i++) {
      look(i + 2, fetched[i]);
      look(i + 2, fetched[i]);
    }
    ask("migrate_cancel", "{}", "{}");
    ask("query-migrate", "{}", "{\"status\": \"cancelled\", \"mplm\": {\"epochs\": 99, \"fetched\": 99999}}");
  }

  private void look(int epochs, long fetched) {
    ask("query-migrate", "{}", "{\"status\": \"active\", \"mplm\": {\"epochs\": " + epochs + ", \"fetched\": " + fetched + "}}");
  }

  private void count(long pages) {
    ask("stop", "{}", "{}");
    ask("query-migrate", "{}", "{\"status\": \"completed\"}");
    ask("query-migrate", "{}", "{\"status\": \"completed\", \"total-time\": 9, \"ram\": {\"normal\": " + pages + "}}");
  }

  private void ask(String command, String arguments, String answer) {
    String id = ", \"id\": \"" + ++asked + "\"}";
    record.accept(
        new QmpMessage("source", true, asked, json("{\"execute\": \"" + command + "\", \"arguments\": " + arguments + id)));
    record.accept(new QmpMessage("source", false, asked, json("{\"return\": " + answer + id)));
  }

  private Optional<WorkingSet> derived(boolean ended) throws IOException {
    record.close();
    try (Journal journal = new Journal(folder.journal(), System.nanoTime())) {
      journal.start(Journal.Part.BOOT);
      if (ended) {
        journal.end(Outcome.COMPLETED, Optional.empty());
      }
    }
    return CalibrationDerivation.of(folder);
  }

  private static DataSize pages(long pages) {
    return new DataSize(pages * 4096);
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new IllegalArgumentException(text, e);
    }
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.testng.annotations.Test;

public class WritersTest {
  private static final Diagnosis NO_GO = new Diagnosis(List.of(
      Check.pass("source", "ssh", "in"), Check.warn("source", "load", "3.00", "wait"), Check.fail("b", "disk", "none\nat all",
          "\"room\"")));

  @Test
  public void theTableHasALineACheckAndUnderItTheRemedy() {
    StringWriter text = new StringWriter();
    TableWriter.write(NO_GO, new PrintWriter(text));
    assertThat(text).hasToString(
        """
        source  ssh   pass  in
        source  load  warn  3.00
                            -> wait
        b       disk  fail  none | at all
                            -> "room"
        no go: 1 pass, 1 warn, 1 fail
        """);
  }

  @Test
  public void jsonHasAllOfIt() throws IOException {
    StringWriter text = new StringWriter();
    JsonWriter.write(NO_GO, new PrintWriter(text));
    assertThat(text.toString().replaceAll("\\s+", " ")).isEqualTo("{ \"go\" : false, \"checks\" : [ "
        + "{ \"host\" : \"source\", \"what\" : \"ssh\", \"verdict\" : \"pass\", \"finding\" : \"in\", \"remedy\" : \"\" }, "
        + "{ \"host\" : \"source\", \"what\" : \"load\", \"verdict\" : \"warn\", \"finding\" : \"3.00\", \"remedy\" : \"wait\" }, "
        + "{ \"host\" : \"b\", \"what\" : \"disk\", \"verdict\" : \"fail\", \"finding\" : \"none | at all\", \"remedy\" : "
        + "\"\\\"room\\\"\" } ] } ");
  }

  @Test
  public void warningsDoNotStopARun() {
    assertThat(new Diagnosis(NO_GO.checks().subList(0, 2)).go()).isTrue();
    assertThat(NO_GO.go()).isFalse();
  }
}

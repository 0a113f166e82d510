// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import mplm.harness.Forked;
import mplm.harness.support.InRecordedRun;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** A picture that cannot be drawn costs the picture. */
public class DrawingTest extends InRecordedRun {
  /** Machines without a library that Java's font code loads, and without a font. */
  @DataProvider
  public Object[][] machines() {
    return new Object[][] {{"libharfbuzz.so.0"}, {"fonts.conf"}};
  }

  @Test(dataProvider = "machines")
  public void rowsAndReportAreWholeWhereNothingCanBeDrawn(String lacking) throws Exception {
    byte[] rows = Files.readAllBytes(run.resolve("trials.csv"));
    byte[] timeline = Files.readAllBytes(run.resolve("trials/001-measured-mg.S-mplm-epoch-1s-1/timeline.csv"));
    Files.delete(run.resolve("trials.csv"));
    Path empty = Files.createDirectory(run.resolve("lacking")).resolve(lacking);
    // the loader takes this one, and finds that it is no library; fonts that Java has seen once it remembers in its user's home
    Files.writeString(empty, lacking.endsWith(".conf") ? "<fontconfig/>" : "");
    Map<String, String> environment = lacking.endsWith(".conf") ? Map.of("FONTCONFIG_FILE", empty.toString())
        : Map.of("LD_LIBRARY_PATH", empty.getParent().toString());

    Forked derived = Forked.mplm(environment, List.of("-Duser.home=" + empty.getParent()), "derive", run.toString());

    // Debian's Java 21 has a line of its own to say about it
    assertThat(derived.err().lines().filter(line -> line.startsWith("mplm: "))).singleElement().asString()
        .startsWith("mplm: no pictures are drawn: ").contains("libharfbuzz0b", "fontconfig", "fonts-dejavu-core");
    assertThat(derived.status()).isZero();
    assertThat(run.resolve("trials.csv")).hasBinaryContent(rows);
    assertThat(run.resolve("trials/001-measured-mg.S-mplm-epoch-1s-1/timeline.csv")).hasBinaryContent(timeline);
    assertThat(derived.out().lines().map(file -> run.relativize(Path.of(file)).toString())).containsExactly("trials.csv",
        "methods.csv", "figure.csv", "table1.csv", "claims.csv", "distances.csv", "index.html", "report.md");
    assertThat(Files.readString(run.resolve("report.md"))).contains("no pictures are drawn: ");
  }

  @Test
  public void aPictureThatCannotBeDrawnCostsThatPicture() throws Exception {
    assertThat(Drawing.of("one", () -> {
      throw new UnsatisfiedLinkError("libharfbuzz.so.0");
    })).isEmpty();
    assertThat(Drawing.of("other", () -> List.of(run))).containsExactly(run);
  }
}

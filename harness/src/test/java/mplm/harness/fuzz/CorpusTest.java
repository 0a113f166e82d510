// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** What fuzzers have found so far: each input of {@code engine/fuzz/corpus} is read or refused as it should be. */
public class CorpusTest {
  @DataProvider
  Object[] targets() {
    return Target.values();
  }

  @Test(dataProvider = "targets", timeOut = 60_000)
  void corpusIsReadOrRefused(Target target) throws Exception {
    int inputs = 0;
    Path corpus = Path.of("../engine/fuzz/corpus", target.name().toLowerCase(Locale.ROOT) + ".zip");
    try (InputStream in = Files.newInputStream(corpus); ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        byte[] input = zip.readAllBytes();
        try {
          target.read(input);
        } catch (Exception | Error e) {
          throw new AssertionError(target + ", " + entry.getName() + ": " + HexFormat.of().formatHex(input), e);
        }
        inputs++;
      }
    }
    assertThat(inputs).isPositive();
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.derive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import mplm.harness.support.InRecordedRun;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/**
 * A run derives to the same bytes in the locale of whoever derives it: other digits, other commas, other small letters. That no code
 * asks for the default locale is checked when it is compiled, by forbiddenapis.
 */
public class LocaleTest extends InRecordedRun {
  private final Locale before = Locale.getDefault();

  @AfterMethod(alwaysRun = true)
  public void restore() {
    Locale.setDefault(before);
  }

  @DataProvider
  public Object[][] locales() {
    return Stream.of("en-US", "de-DE", "tr-TR", "ar-EG-u-nu-arab", "fa-IR-u-nu-arabext", "hi-IN-u-nu-deva", "ja-JP-u-ca-japanese")
        .map(tag -> new Object[] {Locale.forLanguageTag(tag)}).toArray(Object[][]::new);
  }

  @Test(dataProvider = "locales")
  public void derivedFilesHaveTheSameBytesInEachLocale(Locale locale) throws Exception {
    Locale.setDefault(Locale.ROOT);
    RunDerivation.of(run).again();
    Map<Path, byte[]> expected = files();
    Locale.setDefault(locale);
    RunDerivation.ofRecords(run).again();
    Map<Path, byte[]> derived = files();
    assertThat(derived.keySet()).isEqualTo(expected.keySet());
    expected.forEach((file, bytes) -> assertThat(derived.get(file)).as("%s in %s", run.relativize(file), locale).isEqualTo(bytes));
  }

  private Map<Path, byte[]> files() throws Exception {
    Map<Path, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(run)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(file, Files.readAllBytes(file));
      }
    }
    assertThat(files.keySet()).extracting(file -> file.getFileName().toString()).containsAll(List.of("trials.csv", "claims.csv"));
    return files;
  }
}

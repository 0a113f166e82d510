// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Random;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

public class UnitTest {
  @DataProvider
  public Object[][] bandwidths() {
    return new Object[][] {
      {"1bit/s", 1L, "1bit/s"},
      {"1500bit/s", 1500L, "1500bit/s"},
      {"35kbit/s", 35_000L, "35kbit/s"},
      {"150Mbit/s", 150_000_000L, "150Mbit/s"},
      {"1000Mbit/s", 1_000_000_000L, "1Gbit/s"},
      {"2.5Gbit/s", 2_500_000_000L, "2500Mbit/s"},
    };
  }

  @Test(dataProvider = "bandwidths")
  public void bandwidthIsReadAndPrinted(String text, long bits, String printed) {
    assertThat(Bandwidth.parse(text)).isEqualTo(new Bandwidth(bits)).hasToString(printed);
  }

  @DataProvider
  public Object[][] sizes() {
    return new Object[][] {
      {"0B", 0L, "0B"},
      {"4097B", 4097L, "4097B"},
      {"4KiB", 4096L, "4KiB"},
      {"512MiB", 512L << 20, "512MiB"},
      {"1024MiB", 1L << 30, "1GiB"},
      {"1.5GiB", 3L << 29, "1536MiB"},
      {"1TiB", 1L << 40, "1TiB"},
    };
  }

  @Test(dataProvider = "sizes")
  public void sizeIsReadAndPrinted(String text, long bytes, String printed) {
    assertThat(DataSize.parse(text)).isEqualTo(new DataSize(bytes)).hasToString(printed);
  }

  @DataProvider
  public Object[][] durations() {
    return new Object[][] {
      {"0s", 0L, "0s"},
      {"1ns", 1L, "0.000000001s"},
      {"20us", 20_000L, "0.00002s"},
      {"300ms", 300_000_000L, "0.3s"},
      {"0.3s", 300_000_000L, "0.3s"},
      {"5s", 5_000_000_000L, "5s"},
      {"100s", 100_000_000_000L, "100s"},
      {"1.5min", 90_000_000_000L, "90s"},
      {"1h", 3_600_000_000_000L, "3600s"},
    };
  }

  @Test(dataProvider = "durations")
  public void durationIsReadAndPrinted(String text, long nanos, String printed) {
    assertThat(Durations.parse(text)).isEqualTo(Duration.ofNanos(nanos));
    assertThat(Durations.print(Duration.ofNanos(nanos))).isEqualTo(printed);
  }

  @Test
  public void whatIsPrintedReadsBack() {
    Random random = new Random(1);
    for (int n = 0; n < 1000; n++) {
      long value = (random.nextLong() >>> 1 >>> random.nextInt(62)) + 1;
      assertThat(Bandwidth.parse(new Bandwidth(value).toString())).isEqualTo(new Bandwidth(value));
      assertThat(DataSize.parse(new DataSize(value).toString())).isEqualTo(new DataSize(value));
      Duration duration = Duration.ofNanos(value);
      assertThat(Durations.parse(Durations.print(duration))).isEqualTo(duration);
    }
  }

  @DataProvider
  public Object[][] wrong() {
    return new Object[][] {
      {""}, {"5"}, {"s"}, {"-5s"}, {"+5s"}, {"1e3s"}, {"5 s"}, {" 5s"}, {"5s "}, {".5s"}, {"5.s"}, {"5S"}, {"1,5s"}, {"5sec"}, {"5s\n"},
      {"0.1ns"}, {"99999999999999999999s"}, {"٣s"}, {"NaNs"}, {"0x10s"},
    };
  }

  @Test(dataProvider = "wrong")
  public void aWrongTextIsQuotedAndTheUnitsAreNamed(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Durations.parse(text))
        .withMessageStartingWith("'" + text + "'").withMessageContaining("ns, us, ms, s, min, h").withMessageContaining("0.3s");
  }

  @Test
  public void theOthersSayWhatTheyTakeToo() {
    assertThatIllegalArgumentException().isThrownBy(() -> Bandwidth.parse("150Mb"))
        .withMessage("'150Mb' is not a bandwidth: it takes a number and one of bit/s, kbit/s, Mbit/s, Gbit/s, such as 150Mbit/s");
    assertThatIllegalArgumentException().isThrownBy(() -> Bandwidth.parse("0Mbit/s")).withMessageContaining("at least 1bit/s");
    assertThatIllegalArgumentException().isThrownBy(() -> Bandwidth.parse("0.5bit/s")).withMessageContaining("whole number of bit/s");
    assertThatIllegalArgumentException().isThrownBy(() -> DataSize.parse("1GB")).withMessageContaining("B, KiB, MiB, GiB, TiB");
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import mplm.engine.migration.Method;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;
import org.assertj.core.data.Offset;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

public class ScalingTest {
  /** MG's but for the length of its pass: three quarters of the used memory are dirtied in an epoch. */
  private static final Proportions MG = new Proportions(6.8, Duration.ofSeconds(9), Duration.ofSeconds(1));

  private static final List<Method> METHODS = Stream.of("precopy:0.1s", "precopy:20s", "mplm:epoch=1s", "unmigrated")
      .map(Method::parse).toList();

  @Test
  public void theOriginalScaledToItselfIsItself() {
    // 1.125 GB on 1 Gbit/s is a pass of 9 s; 850 MB dirtied in 1 s
    Scaling scaling = Scaling.of(guest(1_125_000_000L, Map.of(0.3, 300_000_000L, 1.0, 850_000_000L, 2.0, 900_000_000L)), MG);
    assertThat(scaling.epoch()).isEqualTo(Duration.ofSeconds(1));
    assertThat(scaling.link()).isEqualTo(Bandwidth.parse("1Gbit/s"));
    assertThat(scaling.factor()).isEqualTo(1);
    assertThat(scaling.unmatched()).isEmpty();
    assertThat(scaling.rho()).isCloseTo(6.8, Offset.offset(1e-6));
    assertThat(scaling.methods(METHODS)).isEqualTo(METHODS);
  }

  @Test
  public void aGuestThatIsSlowerHasLongerTimesASlowerLinkAndTheSameProportions() {
    WorkingSet guest = guest(400_000_000L, Map.of(0.5, 150_000_000L, 1.0, 270_000_000L, 1.5, 370_000_000L));
    Scaling scaling = Scaling.of(guest, MG);
    // 302.2 MB lie between the last two windows
    assertThat(scaling.epoch()).isEqualTo(Duration.ofMillis(1161));
    double pass = 8.0 * guest.used().bytes() / scaling.link().bitsPerSecond();
    assertThat(pass / (scaling.epoch().toMillis() / 1e3)).isCloseTo(9, Offset.offset(1e-3));
    assertThat(scaling.here(62.25) / pass).isCloseTo(62.25 / 9, Offset.offset(1e-3));
    assertThat(scaling.unmatched()).isEmpty();
    assertThat(scaling.methods(METHODS)).extracting(Method::toString)
        .containsExactly("precopy:0.116s", "precopy:23.22s", "mplm:epoch=1.161s", "unmigrated");
  }

  @DataProvider
  public Object[][] tooFastOrTooSlow() {
    return new Object[][] {
      // reached in 0.5 s: a pass of 4.5 s
      {Map.of(0.5, 302_222_222L, 2.0, 380_000_000L), Duration.ofSeconds(8), "80.6 %", 7.25},
      // reached in 10 s: a pass of 90 s
      {Map.of(1.0, 180_000_000L, 10.0, 302_222_222L), Duration.ofSeconds(10), "45.4 %", 4.08},
      // never reached
      {Map.of(1.0, 180_000_000L, 1.2, 200_000_000L), Duration.ofSeconds(10), "47.8 %", 4.30},
    };
  }

  @Test(dataProvider = "tooFastOrTooSlow")
  public void aPassIsNeitherShortNorLongAndWhatIsNotMatchedIsTold(
      Map<Double, Long> dirtied, Duration pass, String share, double rho) {
    WorkingSet guest = guest(400_000_000L, dirtied);
    Scaling scaling = Scaling.of(guest, MG);
    assertThat(8.0 * guest.used().bytes() / scaling.link().bitsPerSecond()).isCloseTo(pass.toSeconds(), Offset.offset(1e-2));
    assertThat(scaling.epoch().toMillis() / 1e3).isCloseTo(pass.toSeconds() / 9.0, Offset.offset(1e-3));
    assertThat(scaling.rho()).isCloseTo(rho, Offset.offset(0.01));
    assertThat(scaling.unmatched()).hasValueSatisfying(text -> assertThat(text).startsWith("the guest dirties " + share)
        .contains("not 75.6 %").endsWith("instead of 6.80"));
  }

  @Test
  public void aSlowGuestHasALongPass() {
    Scaling scaling = Scaling.of(guest(400_000_000L, Map.of(1.0, 180_000_000L, 2.0, 310_000_000L)), MG);
    assertThat(scaling.epoch()).isEqualTo(Duration.ofMillis(1940));
    assertThat(scaling.factor()).isEqualTo(1.94);
    assertThat(scaling.unmatched()).isEmpty();
  }

  @Test
  public void whatTheLongestWindowDirtiesIsRewritten() {
    assertThat(guest(400, Map.of(1.0, 100L, 9.0, 300L)).rewritten()).isEqualTo(0.75);
  }

  @Test
  public void samplesThatCannotBeAreRefused() {
    assertThatThrownBy(() -> guest(100, Map.of(1.0, 50L, 2.0, 40L)))
        .hasMessageContaining("40B dirtied in PT2S").hasMessageContaining("(50B)");
    assertThatThrownBy(() -> guest(100, Map.of(1.0, 101L))).hasMessageContaining("not more than is used (100B)");
    assertThatThrownBy(() -> guest(100, Map.of())).hasMessage("no window, allowed: at least one");
    assertThatThrownBy(() -> new Proportions(0, Duration.ofSeconds(1), Duration.ofSeconds(1)))
        .hasMessage("rho 0.0, allowed: more than 0");
  }

  private static WorkingSet guest(long used, Map<Double, Long> dirtied) {
    TreeMap<Duration, DataSize> samples = new TreeMap<>();
    dirtied.forEach((seconds, bytes) -> samples.put(Duration.ofMillis(Math.round(1000 * seconds)), new DataSize(bytes)));
    return new WorkingSet(new DataSize(used), samples);
  }
}

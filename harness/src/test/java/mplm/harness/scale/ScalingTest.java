// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;
import org.assertj.core.data.Offset;
import org.testng.annotations.Test;

public class ScalingTest {
  /** MG's: three quarters of the used memory are dirtied in an epoch. */
  private static final Proportions MG = new Proportions(6.8, Duration.ofSeconds(27), Duration.ofSeconds(3));

  @Test
  public void theOriginalScaledToItselfIsItself() {
    // 3.375 GB on 1 Gbit/s is a pass of 27 s; 2.55 GB dirtied in 3 s
    Scaling scaling = Scaling.of(guest(3_375_000_000L, Map.of(1.0, 900_000_000L, 3.0, 2_550_000_000L, 10.0, 3_000_000_000L)), MG);
    assertThat(scaling.epoch()).isEqualTo(Duration.ofSeconds(3));
    assertThat(scaling.link()).isEqualTo(Bandwidth.parse("1Gbit/s"));
    assertThat(scaling.factor()).isEqualTo(1);
    assertThat(scaling.unmatched()).isEmpty();
    assertThat(scaling.rho()).isCloseTo(6.8, Offset.offset(1e-9));
    assertThat(scaling.mplm()).hasToString("mplm");
    assertThat(scaling.precopy(Duration.ofMillis(300))).hasToString("precopy:0.3s");
  }

  @Test
  public void aGuestThatIsSlowerHasLongerTimesASlowerLinkAndTheSameProportions() {
    WorkingSet guest = guest(400_000_000L, Map.of(2.0, 150_000_000L, 6.0, 250_000_000L, 12.0, 370_000_000L));
    Scaling scaling = Scaling.of(guest, MG);
    // 302.2 MB lie between the last two windows
    assertThat(scaling.epoch()).isEqualTo(Duration.ofMillis(8611));
    double pass = 8.0 * guest.used().bytes() / scaling.link().bitsPerSecond();
    assertThat(pass / (scaling.epoch().toMillis() / 1e3)).isCloseTo(27.0 / 3, Offset.offset(1e-3));
    assertThat(scaling.precopy(Duration.ofSeconds(20)).maxTolerableDowntime().toMillis() / 1e3 / pass)
        .isCloseTo(20.0 / 27, Offset.offset(1e-3));
    assertThat(scaling.here(62.25) / pass).isCloseTo(62.25 / 27, Offset.offset(1e-3));
    assertThat(scaling.mplm()).hasToString("mplm:epoch=8.611s");
  }

  @Test
  public void aGuestThatIsFasterThanTheShortestWindowHasAnEpochBelowIt() {
    assertThat(Scaling.of(guest(400_000_000L, Map.of(2.0, 400_000_000L)), MG).epoch()).isEqualTo(Duration.ofMillis(1511));
  }

  @Test
  public void whatCannotBeMatchedIsToldAndTheRestIsStillInProportion() {
    Scaling scaling = Scaling.of(guest(400_000_000L, Map.of(2.0, 30_000_000L, 10.0, 40_000_000L)), MG);
    assertThat(scaling.unmatched()).hasValue("the guest dirties 10.0 % of its used memory in 10.000 s, the longest window measured,"
        + " not 75.6 %: rho is 0.90 instead of 6.80");
    assertThat(scaling.epoch()).isEqualTo(Duration.ofSeconds(10));
    assertThat(8.0 * 400_000_000L / scaling.link().bitsPerSecond()).isCloseTo(90, Offset.offset(1e-3));
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

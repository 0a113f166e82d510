// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.testng.annotations.Test;

public class PatienceTest {
  @Test
  public void theVariableMultiplies() {
    assertThat(Patience.factor("")).isEqualTo(1);
    assertThat(Patience.factor("2.5")).isEqualTo(2.5);
    for (String bad : new String[] {"0.5", "0", "-1", "2,5", "fast", "1e9", "NaN"}) {
      assertThatIllegalArgumentException().as(bad).isThrownBy(() -> Patience.factor(bad))
          .withMessage("MPLM_PATIENCE is '" + bad + "', allowed: a number from 1 to 9999");
    }
  }

  @Test
  public void aMessageSaysWhatWasWaitedAndWhatToSet() {
    assertThat(Patience.within(Duration.ofSeconds(90))).matches("within 90s \\(MPLM_PATIENCE=\\d+(\\.\\d+)? waits twice as long\\)");
  }
}

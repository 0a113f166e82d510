// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import mplm.engine.scheduler.Knobs;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

public class MethodTest {
  @DataProvider
  public Object[][] methods() {
    return new Object[][] {
      {"precopy:300ms", new Precopy(Duration.ofMillis(300)), "precopy:0.3s"},
      {"precopy:80s", new Precopy(Duration.ofSeconds(80)), "precopy:80s"},
      {"mplm", Mplm.PAPER, "mplm"},
      {"unmigrated", new Unmigrated(), "unmigrated"},
      {"mplm:epoch=3s,share=50", Mplm.PAPER, "mplm"},
      {
        "mplm:strict,mixed,batch=10,share=25,epoch=500ms,policy=paper",
        new Mplm("paper", new Knobs(Duration.ofMillis(500), 10, 25, false, true)),
        "mplm:epoch=0.5s,batch=10,share=25,strict,mixed"
      },
    };
  }

  @Test(dataProvider = "methods")
  public void readsAndPrints(String text, Method method, String printed) {
    assertThat(Method.parse(text)).isEqualTo(method).hasToString(printed);
    assertThat(Method.parse(printed)).isEqualTo(method);
  }

  @DataProvider
  public Object[][] wrong() {
    return new Object[][] {
      {"", "precopy:DURATION, mplm[:KEY=VALUE,...], unmigrated or stop-and-copy"},
      {"postcopy", "precopy:DURATION, mplm[:KEY=VALUE,...], unmigrated or stop-and-copy"},
      {"precopy", "such as precopy:0.3s"},
      {"precopy:", "such as precopy:0.3s"},
      {"precopy:-1s", "'-1s' is not a duration"},
      {"precopy:0s", "1ms to 2000s"},
      {"precopy:2001s", "1ms to 2000s"},
      {"precopy:0.5ms", "1ms to 2000s in whole milliseconds, not 0.0005s"},
      {"mplm:", "'' is not a setting"},
      {"mplm:epoch", "'epoch' is not a setting"},
      {"mplm:strict=1", "'strict=1' is not a setting"},
      {"mplm:speed=1", "policy=NAME, epoch=DURATION, batch=STEPS, share=PERCENT, strict, mixed"},
      {"mplm:share=100", "0 to 99 percent"},
      {"mplm:share=-1", "'-1' is not a whole number"},
      {"mplm:share=1,share=1", "set twice"},
      {"mplm:epoch=0s", "1 to 3600000 ms"},
      {"mplm:epoch=1.5ms", "'1.5ms' is not a whole number of milliseconds"},
      {"mplm:epoch=1000000h", "epoch"},
      {"mplm:batch=0", "1 to 1000000"},
      {"unmigrated:1s", "takes no settings"},
      {"mplm:policy=best", "one of paper"},
    };
  }

  @Test(dataProvider = "wrong")
  public void aWrongTextIsQuotedAndSaysWhatIsAllowed(String text, String allowed) {
    assertThatIllegalArgumentException().isThrownBy(() -> Method.parse(text))
        .withMessageStartingWith("method '" + text + "': ").withMessageContaining(allowed);
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import mplm.engine.scheduler.Knobs;
import mplm.engine.unit.DataSize;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

public class MethodTest {
  @DataProvider
  public Object[][] methods() {
    return new Object[][] {
      {"precopy:300ms", new Precopy(Duration.ofMillis(300)), "precopy:0.3s"},
      {"precopy:80s", new Precopy(Duration.ofSeconds(80)), "precopy:80s"},
      {"precopy:1s,auto-converge=20/10/99,multifd=4/none", new Precopy(Duration.ofSeconds(1), List.of(
          new PrecopyFeature.AutoConverge(20, 10, 99), new PrecopyFeature.Multifd(4, "none"))), "precopy:1s,auto-converge,multifd=4"},
      {"precopy:1s,auto-converge=50/20/90", new Precopy(Duration.ofSeconds(1), List.of(
          new PrecopyFeature.AutoConverge(50, 20, 90))), "precopy:1s,auto-converge=50/20/90"},
      {"precopy:1s,xbzrle=0.25GiB,dirty-limit=1", new Precopy(Duration.ofSeconds(1), List.of(
          new PrecopyFeature.Xbzrle(DataSize.parse("256MiB")), new PrecopyFeature.DirtyLimit(1))), "precopy:1s,xbzrle=256MiB,dirty-limit"},
      {"mplm", Mplm.PAPER, "mplm"},
      {"unmigrated", new Unmigrated(), "unmigrated"},
      {"postcopy", new Postcopy(1, false, DowntimeRule.QEMUS), "postcopy:after=1pass"},
      {"postcopy:after=1pass", new Postcopy(1, false, DowntimeRule.QEMUS), "postcopy:after=1pass"},
      {"postcopy:preempt,after=0pass", new Postcopy(0, true, DowntimeRule.QEMUS), "postcopy:after=0pass,preempt"},
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

  @Test
  public void aListKnowsFeaturesFromMethods() {
    assertThat(Method.parseList("precopy:1s,auto-converge,multifd=2,mplm:epoch=1s,share=25,precopy:2s,unmigrated"))
        .extracting(Method::toString)
        .containsExactly("precopy:1s,auto-converge,multifd=2", "mplm:epoch=1s,share=25", "precopy:2s", "unmigrated");
  }

  @Test
  public void aWordThatStandsAloneBelongsToTheMethodBefore() {
    assertThat(Method.parseList("mplm,postcopy:after=2pass,preempt,postcopy,nova")).extracting(Method::toString)
        .containsExactly("mplm", "postcopy:after=2pass,preempt", "postcopy:after=1pass", "nova");
  }

  /** A feature is no point of the curve of plain pre-copy, which is held against the published one. */
  @Test
  public void featuresAreACurveOfTheirOwn() {
    assertThat(Method.parse("precopy:1s,multifd=2").curve()).isEqualTo("stock,multifd=2");
    assertThat(Method.parse("precopy:1s,multifd=2").scaled(0.5)).hasToString("precopy:0.5s,multifd=2");
    assertThat(Method.parse("precopy:1s,multifd=2").model()).isEmpty();
    assertThat(Method.parse("precopy:1s").model()).isPresent();
  }

  @DataProvider
  public Object[][] wrong() {
    return new Object[][] {
      {"", Methods.texts()},
      {"hybrid", Methods.texts()},
      {"postcopy:", "'' is not a setting of postcopy: it takes after=NUMBERpass, first=DURATION, preempt"},
      {"postcopy:after=2", "a number of passes, such as 1pass, not '2'"},
      {"postcopy:preempt=1", "'preempt=1' is not a setting of postcopy"},
      {"postcopy:preempt,preempt", "set twice"},
      {"postcopy:after=1pass,multifd=2", "post-copy goes without multifd"},
      {"precopy", "such as precopy:0.3s"},
      {"precopy:", "such as precopy:0.3s"},
      {"precopy:-1s", "'-1s' is not a duration"},
      {"precopy:0s", "1ms to 2000s"},
      {"precopy:2001s", "1ms to 2000s"},
      {"precopy:0.5ms", "1ms to 2000s in whole milliseconds, not 0.0005s"},
      {"precopy:1s,", "'' is not a feature of precopy: it takes auto-converge[=INITIAL/INCREMENT/MAXIMUM], xbzrle=SIZE"},
      {"precopy:1s,xbzrle", "xbzrle=SIZE"},
      {"precopy:1s,xbzrle=100MiB", "a power of two from 4KiB on, such as xbzrle=64MiB, not 100MiB"},
      {"precopy:1s,auto-converge=20", "auto-converge[=INITIAL/INCREMENT/MAXIMUM]"},
      {"precopy:1s,auto-converge=50/10/40", "the maximum not below the initial value"},
      {"precopy:1s,multifd=0", "1 to 255 channels"},
      {"precopy:1s,multifd=2/zstd", "built without zstd"},
      {"precopy:1s,multifd=2,multifd=3", "twice"},
      {"precopy:1s,multifd=2,xbzrle=64MiB", "QEMU: Multifd is not compatible with xbzrle"},
      {"precopy:1s,dirty-limit,auto-converge", "QEMU: dirty-limit conflicts with auto-converge"},
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

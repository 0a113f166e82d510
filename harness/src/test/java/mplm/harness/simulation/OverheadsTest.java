// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** What {@code --overheads} takes is printed as it can be taken again. */
public class OverheadsTest {
  @DataProvider
  public Object[][] texts() {
    return new Object[][] {
      {"goodput=0.95,buffer=512KiB,work=2us,fetch=2ms,switchover=50ms,slowness=1.1"},
      {"goodput=0.9,buffer=51B,work=0.001us,fetch=0.000001ms,switchover=3000ms,slowness=4"},
      {"goodput=0.95,buffer=512KiB,work=2us,fetch=2ms,switchover=50ms,slowness=1.1,first-write=5us"},
      {"goodput=1,buffer=0KiB,work=0us,fetch=0ms,switchover=0ms,slowness=1"},
    };
  }

  @Test(dataProvider = "texts")
  public void whatIsPrintedIsRead(String text) {
    assertThat(Overheads.parse(text)).hasToString(text);
  }
}

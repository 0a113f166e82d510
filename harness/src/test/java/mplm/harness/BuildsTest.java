// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import mplm.harness.support.SmallDisk;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** What the kit's builds say of a machine that cannot hold them. */
public class BuildsTest {
  private static final Path CLONE = Path.of("").toAbsolutePath().getParent();

  @DataProvider
  public Object[][] builds() {
    return new Object[][] {{"engine/qemu/build", "engine: "}, {"guest-images/build", "guest-images: "}};
  }

  @Test(dataProvider = "builds")
  public void aDiskThatIsTooSmallIsToldInOneLineBeforeAnythingIsFetched(String build, String who) throws Exception {
    try (SmallDisk disk = SmallDisk.of(4)) {
      Forked told = Forked.of(Map.of("MPLM_CACHE", disk.path().toString()), disk.within(List.of(CLONE.resolve(build).toString())));

      assertThat(told.err().lines()).as(told.err()).singleElement().asString().startsWith(who)
          .contains("takes", " MiB in " + disk.path(), "make room", "MPLM_CACHE");
      assertThat(told.status()).isEqualTo(3);
      assertThat(told.out()).isEmpty();
    }
  }
}

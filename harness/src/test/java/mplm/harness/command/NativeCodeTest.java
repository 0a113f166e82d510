// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.testng.annotations.Test;

public class NativeCodeTest {
  private static final List<String> MOUNTS = List.of("/dev/vda / ext4 rw,relatime 0 0", "tmpfs /home tmpfs rw,nosuid 0 0",
      "nfs:/h /home/ann nfs4 rw,nosuid,noexec 0 0", "tmpfs /home/ann/my\\040cache tmpfs rw 0 0", "a /tmp tmpfs rw,noexec 0 0",
      "b /tmp tmpfs rw,exec 0 0");

  @Test
  public void theMountThatIsSeenCounts() {
    assertThat(NativeCode.mayExecute(Path.of("/home/ann/.cache"), MOUNTS)).isFalse();
    for (String folder : List.of("/home/annabel/.cache", "/home/ann/my cache/JNA", "/var/tmp", "/tmp")) {
      assertThat(NativeCode.mayExecute(Path.of(folder), MOUNTS)).as(folder).isTrue();
    }
    assertThat(NativeCode.mayExecute(Path.of("/"), List.of())).isTrue();
  }
}

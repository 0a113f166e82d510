// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.testng.annotations.Test;

public class RecordedOutputTest {
  /** /dev/full is a disk without room: the connection is well, and the program over there is not held up. */
  @Test
  public void aFullDiskHereIsNoLostConnection() throws IOException {
    ByteArrayInputStream said = new ByteArrayInputStream(new byte[100_000]);
    try (OutputStream full = Files.newOutputStream(Path.of("/dev/full"))) {
      assertThatThrownBy(() -> RemoteProcess.copy("source", "qemu", said, full)).isInstanceOf(NotRecorded.class)
          .hasMessage("controller: what qemu on source says cannot be recorded: No space left on device");
    }
    assertThat(said.available()).isZero();
    assertThat(Cause.of("controller: what qemu on source says cannot be recorded: No space left on device")).contains(Cause.DISK_FULL);
  }
}

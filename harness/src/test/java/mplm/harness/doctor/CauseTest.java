// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Messages as hosts, sshj and the kernel gave them, and what the remedy has to name. */
public class CauseTest {
  @DataProvider
  public Object[][] messages() {
    return new Object[][] {
      {"source: nowhere port 22: no address is known for this name: correct it, or give the address", "address in the hosts file"},
      {"source: no SSH connection to 127.0.0.1 port 1: Connection refused", "start sshd"},
      {"source: no SSH connection to 10.9.9.9 port 22: No route to host", "routes"},
      {"source: no SSH connection to 10.9.9.9 port 22: Connect timed out", "firewall"},
      {"source: no SSH connection to a port 22: Unable to reach a settlement: [curve25519-sha256] and [diffie-hellman-group1-sha1]",
        "KexAlgorithms"},
      {"source: a port 22 does not let ann in with /k: Exhausted available authentication methods", "authorized_keys"},
      {"source: is in use by another run (/w/lock)", "wait for the other run"},
      {"source: sh was not started within 10 s", "login shell"},
      {"source: cannot reserve /w: mkdir: cannot create directory '/w': No space left on device", "make room"},
      {"source: store /w/store: Read-only file system", "can be written"},
      {"source: cannot reserve /w: mkdir: cannot create directory '/w': Permission denied", "may make and write"},
      {"source: store /w/store: /w/store/1-qemu-system-x86_64: Permission denied", "noexec"},
      {"source: the SSH connection was lost", "log of sshd"},
      {"source: the moon is full", "otherwise"},
    };
  }

  @Test(dataProvider = "messages")
  public void eachCauseHasItsOwnRemedy(String message, String remedy) {
    assertThat(Cause.remedy(message, "otherwise")).contains(remedy);
    if (!message.contains("another run")) {
      assertThat(Cause.remedy(message, "otherwise")).doesNotContain("other run");
    }
  }
}

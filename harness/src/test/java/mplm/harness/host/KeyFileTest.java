// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import mplm.harness.support.InFolder;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Keys that ssh-keygen made: those that log in, those that cannot, and by which algorithms a host's key is asked for. */
public class KeyFileTest extends InFolder {
  @BeforeClass
  public void makeKeys() throws Exception {
    for (String type : List.of("rsa", "ecdsa", "ed25519")) {
      generate(type, type, "");
    }
    generate("ed25519", "locked", "secret");
    Files.writeString(folder.resolve("text"), "no key\n");
    Files.writeString(folder.resolve("pem"), "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n");
  }

  private void generate(String type, String name, String passphrase) throws IOException, InterruptedException {
    Process process = new ProcessBuilder("ssh-keygen", "-q", "-t", type, "-N", passphrase, "-f", folder.resolve(name).toString())
        .inheritIO().start();
    assertThat(process.waitFor()).isZero();
  }

  @DataProvider
  public Object[][] keys() {
    return new Object[][] {{"rsa", ""}, {"ecdsa", ""}, {"ed25519", ""}, {"locked", "has a passphrase: give the key to an agent"},
      {"pem", "has a passphrase"}, {"rsa.pub", "holds the public key"}, {"text", "holds no private key"},
      {"none", "does not exist"}, {"", "is a folder"}};
  }

  @Test(dataProvider = "keys")
  public void aKeyThatCannotLogInIsToldWhy(String name, String fault) {
    Path key = name.isEmpty() ? folder : folder.resolve(name);
    assertThat(KeyFile.fault(key)).contains(fault);
    assertThat(KeyFile.fault(key).isEmpty()).isEqualTo(fault.isEmpty());
  }

  @Test
  public void aHomeIsWrittenOut() {
    assertThat(KeyFile.fault(Path.of("~/.ssh/id"))).isEqualTo("~/.ssh/id is not expanded: write " + System.getProperty("user.home")
        + "/.ssh/id");
  }

  /** An sshd of today signs by an RSA key, but not by the algorithm that bears the key's name. */
  @Test
  public void anRsaKeyIsAskedForBySha2() throws IOException {
    for (String type : List.of("rsa", "ecdsa", "ed25519")) {
      String pin = Files.readString(folder.resolve(type + ".pub"));
      List<String> asked = new HostKey.Verifier(pin).findExistingAlgorithms("host", 22);
      assertThat(asked).contains(pin.split(" ")[0]);
      assertThat(asked.contains("rsa-sha2-512")).isEqualTo(type.equals("rsa"));
    }
  }
}

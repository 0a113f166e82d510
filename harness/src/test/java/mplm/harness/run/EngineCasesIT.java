// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import mplm.engine.unit.Patience;
import mplm.harness.host.Host;
import mplm.harness.host.Hosts;
import mplm.harness.host.RemoteProcess;
import mplm.harness.support.InFolder;
import org.testng.SkipException;
import org.testng.annotations.Test;

/**
 * MPLM's cases of QEMU's migration-test on KVM, on an emulated machine, for who has no other KVM; {@code -Dmplm.cases} is a regular
 * expression of their names. A machine of {@code testbed/two-kernels.conf} has the huge pages that some need.
 */
@Test(groups = "machines", timeOut = 10_800_000)
public class EngineCasesIT extends InFolder {
  private static final Path CLONE = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern CASE = Pattern.compile("engine-test: kvm (mplm/\\S+|precopy/\\S+) +[0-9.]+ s  (.*)");
  private static final Pattern SUM = Pattern.compile("(\\d+) passed, (\\d+) failed, (\\d+) skipped");
  /** Has a guest of 8 GiB, for which no emulated machine has room. */
  private static final String TOO_LARGE = "mplm/log-large";
  private static final Duration SOON = Patience.of(Duration.ofMinutes(1));

  @Test
  public void passOnKvm() throws Exception {
    Hosts hosts = Hosts.read(Path.of(System.getenv("MPLM_HOSTS")));
    if (!hosts.testbed().equals("machines")) {
      throw new SkipException("testbed " + hosts.testbed() + ": its hosts are not emulated machines");
    }
    Path packed = folder.resolve("cases.tar");
    Process tar = new ProcessBuilder("tar", "-cf", packed.toString(), "-C", System.getenv("MPLM_ENGINE"), "bin", "share", "tests",
        "engine.properties", "-C", CLONE.toString(), "engine/qemu/test", "engine/qemu/cases.bash", "engine/bin/cache-folder")
        .inheritIO().start();
    assertThat(tar.waitFor()).isZero();
    try (Host host = Host.connect(hosts.source())) {
      String there = host.newFolder("cases");
      host.check(SOON, "tar", "-C", there, "-xf", host.provide(packed));
      Path log = folder.resolve("log");
      try (RemoteProcess cases = host.start(new Seen(Files.newOutputStream(log)), "env", "MPLM_ENGINE=" + there, "MPLM_PATIENCE=5",
          "MPLM_CACHE=" + there + "/cache", "bash", there + "/engine/qemu/test", "--accelerator", "kvm", "--again", "--case",
          System.getProperty("mplm.cases", "."))) {
        assertThat(cases.await(Duration.ofHours(3))).as("the cases end").isTrue();
        assertThat(cases.exitStatus()).isPresent();
      }
      List<String> lines = Files.readAllLines(log);
      List<Matcher> told = lines.stream().map(CASE::matcher).filter(Matcher::matches).toList();
      Matcher sum = SUM.matcher(lines.get(lines.size() - 1));
      assertThat(sum.matches()).as("all cases were run, and counted in the last line: %s", lines.get(lines.size() - 1)).isTrue();
      assertThat(told).as("cases").isNotEmpty()
          .hasSize(IntStream.rangeClosed(1, 3).map(group -> Integer.parseInt(sum.group(group))).sum());
      assertThat(told.stream().filter(one -> one.group(2).startsWith("FAILED")).map(one -> one.group(1))).isSubsetOf(TOO_LARGE);
    }
  }

  /** Told at once too, for the cases take long. */
  private static final class Seen extends FilterOutputStream {
    Seen(OutputStream log) {
      super(log);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      System.out.write(bytes, offset, length);
    }
  }
}

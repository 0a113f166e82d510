// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import mplm.harness.Forked;
import mplm.harness.file.Folders;
import mplm.harness.host.Host;
import mplm.harness.host.HostConfig;
import mplm.harness.host.Hosts;
import mplm.harness.host.Reservation;
import mplm.harness.support.SmallDisk;
import org.testng.SkipException;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** The whole command, against hosts on which something is wrong. Needs a testbed: {@code MPLM_HOSTS} names its hosts file. */
@Test(groups = "testbed", timeOut = 300_000)
public class DoctorIT {
  private static final Duration SOON = Duration.ofSeconds(10);

  /** Both ends take packets of 9000 bytes, and what is larger than 1600 is lost on the way: a filter that holds no larger one drops it. */
  private static final String LOSE =
      """
      PATH=$PATH:/usr/sbin:/sbin
      ip link set mig mtu 9000 && tc qdisc replace dev mig root tbf rate 1gbit burst 1600 latency 50ms
      """;
  private static final String MEND = "PATH=$PATH:/usr/sbin:/sbin; ip link set mig mtu 1500; tc qdisc del dev mig root";

  /** Else the whole run would go on without KVM, when there is room again too. */
  @Test
  public void aFullDiskOfAHostIsNotTakenForAnUnusableKvm() throws Exception {
    String file = System.getenv("MPLM_HOSTS");
    Hosts hosts = Hosts.read(Path.of(file));
    if (!hosts.testbed().equals("namespaces") || !Files.isWritable(Path.of("/dev/kvm"))) {
      throw new SkipException("testbed " + hosts.testbed() + ": no disk of its own to fill, or no /dev/kvm to try");
    }
    Path runs = Files.createTempDirectory("mplm-it");
    try (Host source = Host.connect(hosts.source())) {
      source.check(SOON, "sh", "-c", "umask 077; mkdir -p \"$1\" && mount -t tmpfs -o mode=700,size=300m mplm \"$1\"", "mplm",
          hosts.source().workFolder());
      try {
        assertThat(mplm("provision", "--hosts", file)).satisfies(told -> assertThat(told.status()).as(told.err()).isZero());
        source.check(SOON, "sh", "-c", SmallDisk.FILL, "mplm", hosts.source().workFolder());
        Forked told = mplm("run", "smoke", "--hosts", file, "--output", runs.toString());
        assertThat(told.status()).as(told.out() + told.err()).isEqualTo(3);
        assertThat(told.err()).contains("No space left on device", "make room");
        assertThat(told.out()).doesNotContain("TCG");
      } finally {
        source.check(SOON, "umount", "--lazy", hosts.source().workFolder());
      }
    } finally {
      Folders.remove(runs);
    }
  }

  /** Each keeps a run's files from the host, and no file of it stays there. */
  @DataProvider
  public Object[][] disks() {
    return new Object[][] {{"noexec,size=300m", "noexec", "KVM cannot be tried"}, {"size=8m", "make room", "No space left on device"}};
  }

  /** Before the first trial, a work folder that may not execute, or that does not hold the engine. */
  @Test(dataProvider = "disks")
  public void aWorkFolderThatIsOfNoUseIsToldWithItsRemedy(String options, String remedy, String reason) throws Exception {
    String file = System.getenv("MPLM_HOSTS");
    Hosts hosts = Hosts.read(Path.of(file));
    if (!hosts.testbed().equals("namespaces") || !Files.isWritable(Path.of("/dev/kvm"))) {
      throw new SkipException("testbed " + hosts.testbed() + ": no disk of its own, or no /dev/kvm to try");
    }
    Path runs = Files.createTempDirectory("mplm-it");
    try (Host source = Host.connect(hosts.source())) {
      source.check(SOON, "sh", "-c", "umask 077; mkdir -p \"$1\" && mount -t tmpfs -o \"mode=700,$2\" mplm \"$1\"", "mplm",
          hosts.source().workFolder(), options);
      try {
        Forked told = mplm("run", "smoke", "--hosts", file, "--output", runs.toString());
        assertThat(told.status()).as(told.out() + told.err()).isEqualTo(3);
        assertThat(told.err()).contains(reason, remedy);
        assertThat(told.out()).doesNotContain("TCG");
        assertThat(source.check(SOON, "find", hosts.source().workFolder(), "-name", ".*.*", "-type", "f")).isEmpty();
      } finally {
        source.check(SOON, "umount", "--lazy", hosts.source().workFolder());
      }
    } finally {
      Folders.remove(runs);
    }
  }

  /** As by Ctrl-C or an end of the session: the file that measures the link is memory of the host. */
  @Test
  public void aDoctorThatIsEndedLeavesNothingOnTheHosts() throws Exception {
    String file = System.getenv("MPLM_HOSTS");
    Hosts hosts = Hosts.read(Path.of(file));
    Path scratch = Files.createTempDirectory("mplm-ended");
    List<String> line = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-Djava.io.tmpdir=" + scratch, "-cp",
        System.getProperty("java.class.path"), "mplm.harness.Mplm", "doctor", "smoke", "--hosts", file);
    try (Host source = Host.connect(hosts.source())) {
      Process doctor = new ProcessBuilder(line).redirectErrorStream(true).start();
      try {
        await().atMost(Duration.ofMinutes(2)).until(() ->
            source.run(SOON, "test", "-s", source.config().memoryFile()).exitStatus() == 0 || !doctor.isAlive());
        doctor.toHandle().destroy(); // which leaves its output to be read
        assertThat(doctor.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(new String(doctor.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).as("no verdict of what was broken off").doesNotContain("go");
      } finally {
        doctor.destroyForcibly();
      }
      for (HostConfig config : List.of(hosts.source(), hosts.destination())) {
        try (Host host = Host.connect(config); Reservation reservation = Reservation.take(host)) {
          assertThat(reservation.leftovers()).as(config.name()).isEmpty();
        }
      }
      try (Stream<Path> left = Files.list(scratch)) {
        assertThat(left.filter(path -> path.getFileName().toString().startsWith("mplm-doctor"))).as("nor here").isEmpty();
      }
    } finally {
      Folders.remove(scratch);
    }
  }

  private static Forked mplm(String... arguments) throws Exception {
    return Forked.mplm(Map.of(), List.of("-XX:TieredStopAtLevel=1"), arguments);
  }

  @Test
  public void aLinkThatLosesLargePacketsIsNoGo() throws Exception {
    String file = System.getenv("MPLM_HOSTS");
    Hosts hosts = Hosts.read(Path.of(file));
    if (!hosts.testbed().equals("namespaces")) {
      throw new SkipException("testbed " + hosts.testbed() + ": nobody is root on its hosts");
    }
    try (Host source = Host.connect(hosts.source()); Host destination = Host.connect(hosts.destination())) {
      try {
        source.check(SOON, "sh", "-c", LOSE);
        destination.check(SOON, "sh", "-c", LOSE);
        Forked told = mplm("doctor", "smoke", "--hosts", file);
        assertThat(told.status()).as(told.out() + told.err()).isEqualTo(3);
        assertThat(told.out()).contains("a migration stream gets 0Mbit/s", "is the MTU (ip link) the same at both ends and all between?");
      } finally {
        source.run(SOON, "sh", "-c", MEND);
        destination.run(SOON, "sh", "-c", MEND);
      }
      assertThat(mplm("doctor", "smoke", "--hosts", file).out()).doesNotContain("MTU");
    }
  }
}

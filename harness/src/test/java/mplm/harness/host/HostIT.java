// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import mplm.harness.file.Folders;
import org.awaitility.Awaitility;
import org.testng.Reporter;
import org.testng.SkipException;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Needs a testbed: {@code MPLM_HOSTS} names its hosts file. */
@Test(groups = "testbed", timeOut = 60_000)
public class HostIT {
  private static final Duration SOON = Duration.ofSeconds(10);

  private Hosts hosts;
  private Host source;
  private Path folder;

  @BeforeClass
  public void connect() throws IOException {
    hosts = Hosts.read(Path.of(System.getenv("MPLM_HOSTS")));
    source = Host.connect(hosts.source());
    folder = Files.createTempDirectory("mplm-it");
  }

  @AfterClass(alwaysRun = true)
  public void disconnect() throws IOException {
    if (source != null) {
      source.run(SOON, "rm", "-rf", "--", source.config().workFolder());
      source.close();
    }
    if (folder != null) {
      Folders.remove(folder);
    }
  }

  @Test
  public void runGivesStatusAndBothOutputs() {
    Output output = source.run(SOON, "sh", "-c", "echo out; echo err >&2; exit 42");
    assertThat(output).isEqualTo(new Output(42, "out\n", "err\n"));
    assertThat(source.run(SOON, "mplm-no-such-program").exitStatus()).isEqualTo(127);
    assertThatThrownBy(() -> source.check(SOON, "sh", "-c", "echo why >&2; exit 3"))
        .isInstanceOf(HostException.class).hasMessage("source: sh ended with status 3: why");
  }

  @Test
  public void everyArgumentArrivesAsItIs() {
    String[] argv = Stream.concat(Stream.of("printf", "%s\\0"), LeashTest.WORDS.stream()).toArray(String[]::new);
    assertThat(source.check(SOON, argv)).isEqualTo(String.join("\0", LeashTest.WORDS) + "\0");
  }

  @Test
  public void moreOutputThanAnyBufferComesThrough() {
    assertThat(source.check(SOON, "head", "-c", "20000000", "/dev/zero")).hasSize(20_000_000);
  }

  private void skipUnlessOfATestbed() {
    if (hosts.testbed().equals("none")) {
      throw new SkipException("hosts of one's own: somebody's ~/.bashrc is not for a test to write");
    }
  }

  @Test
  public void whatTheShellPrintsAtStartIsNotTheProgramsOutput() {
    skipUnlessOfATestbed();
    source.check(SOON, "sh", "-c", "echo 'echo noise; echo -n more' >~/.bashrc");
    try {
      assertThat(source.check(SOON, "echo", "signal")).isEqualTo("signal\n");
    } finally {
      source.check(SOON, "sh", "-c", "rm ~/.bashrc");
    }
  }

  /** What it prints, even without an end of line, is not the kit's word for a host that is taken, and does not hide it. */
  @Test
  public void aShellThatSpeaksOfRightsReservesNothing() throws Exception {
    skipUnlessOfATestbed();
    source.check(SOON, "sh", "-c", "echo 'echo -n All rights reserved >&2' >~/.bashrc");
    try (Reservation first = Reservation.take(source)) {
      assertThat(first.isHeld()).isTrue();
      assertThatThrownBy(() -> Reservation.take(source).close()).isInstanceOf(HostException.class)
          .hasMessageContaining("is in use by another run");
    } finally {
      source.check(SOON, "sh", "-c", "rm ~/.bashrc");
    }
  }

  /** As on a network file system whose server has no lock daemon: nobody else has the host, and to wait would not help. */
  @Test
  public void aHostWithoutLocksIsNotToldAsTaken() throws IOException {
    skipUnlessOfATestbed();
    source.check(SOON, "sh", "-c", """
        mkdir ~/without && printf '%s\\n' '#!/bin/sh' 'echo "flock: 9: No locks available" >&2' 'exit 71' >~/without/flock
        chmod +x ~/without/flock && echo 'PATH=~/without:$PATH' >~/.bashrc
        """);
    try {
      assertThatThrownBy(() -> Reservation.take(source).close()).isInstanceOf(HostException.class)
          .hasMessageContaining("No locks available").hasMessageNotContaining("another run");
    } finally {
      source.check(SOON, "sh", "-c", "rm -r ~/.bashrc ~/without");
    }
  }

  /** As with a home on NFS. Testbed loopback has hosts with a file system in common. */
  @Test
  public void twoHostsThatShareAWorkFolderAreSeen() {
    String shared = source.check(SOON, "mktemp", "-d", "/var/tmp/mplm-shared-XXXXXX").strip();
    try (Host one = Host.connect(TestHosts.with(hosts.source(), "work_folder", shared));
        Host other = Host.connect(TestHosts.with(hosts.destination(), "work_folder", shared));
        Host another = Host.connect(hosts.destination())) {
      boolean shares = other.run(SOON, "test", "-d", shared).exitStatus() == 0;
      assertThat(shares).isEqualTo(hosts.testbed().equals("loopback"));
      assertThat(one.sharesWorkFolder(other)).isEqualTo(shares);
      assertThat(one.sharesWorkFolder(another)).isFalse();
    } finally {
      source.check(SOON, "rm", "-r", shared);
    }
  }

  /** A group's folder, or /tmp: the kit does not make it its own, and what lies in it stays as it is. */
  @Test
  public void aFolderThatOthersWriteIsNotTaken() throws IOException {
    String shared = source.check(SOON, "sh", "-c", "d=$(mktemp -d) && chmod 1777 \"$d\" && echo precious >\"$d/lock\" && echo \"$d\"").strip();
    try (Host host = Host.connect(TestHosts.with(hosts.source(), "work_folder", shared))) {
      assertThatThrownBy(() -> Reservation.take(host).close()).isInstanceOf(HostException.class)
          .hasMessageContaining(shared + " can be written by others");
      source.check(SOON, "chmod", "750", shared);
      Reservation.take(host).close();
      assertThat(source.check(SOON, "stat", "-c", "%a", shared)).isEqualTo("750\n");
      assertThat(source.check(SOON, "cat", shared + "/lock")).isEqualTo("precious\n");
    } finally {
      source.check(SOON, "rm", "-r", shared);
    }
  }

  /** $1 folder, $2 the key that may log in, $3 address, $4 port, $5 a line more of its settings: an sshd with a host key of each type. */
  private static final String SERVER =
      """
      cd "$1" && printf '%s\n' "$2" >authorized_keys || exit
      printf '%s\n' "$5" 'UsePAM no' 'StrictModes no' 'PidFile none' 'PermitRootLogin prohibit-password' >config
      for key in rsa:3072 ecdsa:256 ecdsa:384 ecdsa:521 ed25519:256; do
        ssh-keygen -q -t "${key%:*}" -b "${key#*:}" -N '' -C '' -f "$key" || exit
        echo "HostKey $1/$key" >>config
      done
      exec /usr/sbin/sshd -D -e -f "$1/config" -o ListenAddress="$3" -o Port="$4" -o AuthorizedKeysFile="$1/authorized_keys"
      """;

  /** $6 what PAM does about an account: for that sshd alone, which has its mounts to itself. */
  private static final String PAM =
      """
      mkdir "$1/pam.d" && printf '%s\n' "$6" >"$1/pam.d/sshd" && mount --bind "$1/pam.d" /etc/pam.d || exit
      """;

  /** A server that has them all shows the one that the hosts file names, and another of its type is refused. */
  @Test
  public void aHostKeyOfEachTypeIsCheckedAgainstARealServer() throws Exception {
    withServer("", (keys, port) -> {
      Reporter.log(source.run(SOON, "ssh", "-V").stderr());
      for (String type : List.of("rsa:3072", "ecdsa:256", "ecdsa:384", "ecdsa:521", "ed25519:256")) {
        String key = source.check(SOON, "cat", keys + "/" + type + ".pub").strip();
        try (Host host = Host.connect(TestHosts.with(hosts.source(), "port", port, "host_key", key))) {
          assertThat(host.check(SOON, "echo", type)).isEqualTo(type + "\n");
        }
        source.check(SOON, "sh", "-c", "rm -f \"$1\" \"$1.pub\" && ssh-keygen -q -t \"$2\" -b \"$3\" -N '' -C '' -f \"$1\"", "other",
            keys + "/other", type.split(":")[0], type.split(":")[1]);
        String other = source.check(SOON, "cat", keys + "/other.pub").strip();
        assertThatThrownBy(() -> Host.connect(TestHosts.with(hosts.source(), "port", port, "host_key", other)).close())
            .as(type).isInstanceOf(HostKeyRefused.class);
      }
    });
  }

  private interface Use {
    void of(String keys, int port) throws Exception;
  }

  private void withServer(String setting, Use use) throws Exception {
    withServer(List.of("sh", "-c", SERVER), setting, "", use);
  }

  private void withServer(List<String> start, String setting, String pam, Use use) throws Exception {
    String keys = source.newFolder("trial");
    Path log = Files.createTempFile(folder, "sshd", ".log");
    String may = Files.readString(Path.of(hosts.source().key() + ".pub")).strip();
    int port = Integer.parseInt(source.check(SOON, "sh", "-c", "shuf -i 20000-30000 -n 1").strip());
    List<String> argv = new ArrayList<>(start);
    argv.addAll(List.of("server", keys, may, hosts.source().address(), Integer.toString(port), setting, pam));
    try (RemoteProcess sshd = source.start(log, argv.toArray(String[]::new))) {
      Awaitility.await().atMost(SOON.multipliedBy(3)).until(() -> Files.readString(log).contains("Server listening"));
      assertThat(sshd.isAlive()).isTrue();
      use.of(keys, port);
    } finally {
      source.remove(keys);
    }
  }

  @DataProvider
  public Object[][] unusable() {
    return new Object[][] {
      {"MACs umac-64@openssh.com\nCiphers aes128-ctr", Cause.NO_COMMON_ALGORITHM},
      // what csh says to a command that has an end of line in quotes
      {"ForceCommand echo \"Unmatched '''.\" >&2; exit 1", Cause.SHELL},
      {"MaxSessions 0", Cause.NO_SESSION},
      {"AuthenticationMethods publickey,password", Cause.MORE_THAN_A_KEY},
      {"AllowUsers nobody-else\nMaxAuthTries 1", Cause.NOT_LET_IN},
    };
  }

  /** Each cause has a remedy of its own, which does not speak of another run or a wrong key. */
  @Test(dataProvider = "unusable")
  public void aServerThatCannotBeUsedIsToldByItsCause(String setting, Cause cause) throws Exception {
    withServer(setting, (keys, port) -> {
      String key = source.check(SOON, "cat", keys + "/ed25519:256.pub").strip();
      assertThatThrownBy(() -> {
        try (Host host = Host.connect(TestHosts.with(hosts.source(), "port", port, "host_key", key))) {
          Reservation.take(host).close();
        }
      }).isInstanceOf(HostException.class)
          .satisfies(told -> assertThat(Cause.of(told.getMessage())).as(told.getMessage()).contains(cause));
    });
  }

  /** As by a hardened sshd_config: it costs more connections, and no trial. */
  @Test
  public void aServerThatAllowsFewSessionsPerConnectionHasMoreConnections() throws Exception {
    for (int most : List.of(1, 3)) {
      withServer("MaxSessions " + most + "\nSubsystem sftp /usr/lib/openssh/sftp-server", (keys, port) -> {
        String key = source.check(SOON, "cat", keys + "/ed25519:256.pub").strip();
        try (Host host = Host.connect(TestHosts.with(hosts.source(), "port", port, "host_key", key))) {
          List<RemoteProcess> processes = new ArrayList<>();
          for (int i = 0; i < Connections.CHANNELS; i++) {
            processes.add(host.start(Path.of("/dev/null"), "sleep", "7308"));
          }
          assertThat(processes).allMatch(RemoteProcess::isAlive);
          assertThat(host.connections().count()).isEqualTo(Connections.CHANNELS / most);
          List<CompletableFuture<Output>> beside = Stream.generate(() -> CompletableFuture.supplyAsync(() -> host.run(SOON, "echo", "beside")))
              .limit(2 * Connections.CHANNELS).toList();
          assertThat(beside.stream().map(CompletableFuture::join)).allMatch(said -> said.stdout().equals("beside\n"));
          for (int i = 0; i < 20; i++) { // one that ends may count a moment longer
            assertThat(host.check(SOON, "echo", "more")).isEqualTo("more\n");
            host.write(keys + "/new" + i, "text");
          }
          assertThat(host.connections().count()).isBetween(Connections.CHANNELS / most, 3 * Connections.CHANNELS / most + 3);
          processes.forEach(RemoteProcess::close);
        }
      });
    }
    assertThat(processes("sleep 7308")).isZero();
  }

  /** Such as of a node on which the user has no job: the key is right, and PAM says why not. */
  @Test
  public void whatAHostSaysToOneWhomItDoesNotAdmitIsTold() throws Exception {
    if (!hosts.testbed().equals("namespaces")) {
      throw new SkipException("testbed " + hosts.testbed() + ": to mount takes root");
    }
    String pam = "account requisite pam_echo.so you have no active jobs on this node\naccount requisite pam_deny.so";
    withServer(List.of("unshare", "--mount", "sh", "-c", PAM + SERVER), "UsePAM yes", pam, (keys, port) -> {
      String key = source.check(SOON, "cat", keys + "/ed25519:256.pub").strip();
      assertThatThrownBy(() -> Host.connect(TestHosts.with(hosts.source(), "port", port, "host_key", key)).close())
          .isInstanceOf(HostException.class).hasMessageContaining("and said: you have no active jobs on this node")
          .satisfies(told -> assertThat(Cause.of(told.getMessage())).as(told.getMessage()).contains(Cause.NOT_ADMITTED)).message().hasLineCount(1);
    });
  }

  /** sshd says so before it says who it is. */
  @Test
  public void aServerThatTurnsThisMachineAwayIsToldByItsCause() throws Exception {
    withServer("MaxStartups 1", (keys, port) -> {
      String key = source.check(SOON, "cat", keys + "/ed25519:256.pub").strip();
      try (Socket first = new Socket(hosts.source().address(), port)) {
        assertThat(first.getInputStream().read()).isEqualTo('S');
        assertThatThrownBy(() -> Host.connect(TestHosts.with(hosts.source(), "port", port, "host_key", key)).close())
            .isInstanceOf(HostException.class)
            .satisfies(told -> assertThat(Cause.of(told.getMessage())).as(told.getMessage()).contains(Cause.TURNED_AWAY));
      }
    });
  }

  @DataProvider
  public Object[][] withoutSftp() {
    return new Object[][] {{"", "true"}, {"Subsystem sftp /usr/lib/openssh/sftp-server", "echo 'echo All jobs are finished.' >~/.bashrc"}};
  }

  /** Programs run there all the same. */
  @Test(dataProvider = "withoutSftp")
  public void aServerThatTakesNoFilesIsToldByItsCause(String setting, String before) throws Exception {
    skipUnlessOfATestbed();
    if (hosts.testbed().equals("loopback") && !setting.isEmpty()) {
      throw new SkipException("testbed loopback: a server of one's own has this machine's start-up files there");
    }
    source.check(SOON, "sh", "-c", before);
    try {
      withServer(setting, (keys, port) -> {
        String key = source.check(SOON, "cat", keys + "/ed25519:256.pub").strip();
        try (Host host = Host.connect(TestHosts.with(hosts.source(), "port", port, "host_key", key))) {
          assertThat(host.check(SOON, "echo", "signal")).isEqualTo("signal\n");
          assertThatThrownBy(() -> host.write(keys + "/new", "text")).isInstanceOf(HostException.class)
              .satisfies(told -> assertThat(Cause.of(told.getMessage())).as(told.getMessage()).contains(Cause.NO_SFTP)).message().hasLineCount(1);
        }
      });
    } finally {
      source.check(SOON, "sh", "-c", "rm -f ~/.bashrc");
    }
  }

  /** Its words are those of the shell, which has not come to the program. */
  @Test
  public void whatTheShellSaysInsteadOfStartingIsTold() throws Exception {
    withServer("ForceCommand echo 'Password change required but no TTY available.' >&2; exit 1", (keys, port) -> {
      String key = source.check(SOON, "cat", keys + "/ed25519:256.pub").strip();
      try (Host host = Host.connect(TestHosts.with(hosts.source(), "port", port, "host_key", key))) {
        assertThatThrownBy(() -> host.run(SOON, "true")).isInstanceOf(HostException.class)
            .satisfies(told -> assertThat(Cause.of(told.getMessage())).as(told.getMessage()).contains(Cause.ACCOUNT));
        assertThatThrownBy(() -> host.start(folder.resolve("never.log"), "true").pid()).isInstanceOf(HostException.class)
            .satisfies(told -> assertThat(Cause.of(told.getMessage())).as(told.getMessage()).contains(Cause.ACCOUNT));
      }
    });
  }

  @Test
  public void aNameThatNobodyKnowsIsToldAsThat() {
    assertThatThrownBy(() -> Host.connect(with("address", "no-such-host.invalid"))).isInstanceOf(HostException.class)
        .satisfies(told -> assertThat(Cause.of(told.getMessage())).as(told.getMessage()).contains(Cause.NO_SUCH_NAME));
  }

  @Test
  public void aRunThatTakesTooLongIsKilled() {
    assertThatThrownBy(() -> source.run(Duration.ofMillis(500), "sleep", "7301"))
        .isInstanceOf(HostException.class).hasMessageContaining("sleep did not end within 0.5s");
    assertThat(processes("sleep 7301")).isZero();
  }

  @Test
  public void aProcessDiesWithClose() {
    RemoteProcess process = source.start(folder.resolve("close.log"), "sleep", "7302");
    assertThat(process.isAlive()).isTrue();
    assertThat(process.exitStatus()).isEmpty();
    assertThat(running(source, process.pid())).isTrue();
    process.close();
    assertThat(process.isAlive()).isFalse();
    assertThat(process.exitStatus()).hasValue(128 + 9);
    assertThat(running(source, process.pid())).isFalse();
  }

  @Test
  public void aProcessThatEndsTellsItsStatusAndLeavesItsOutput() throws IOException {
    Path log = folder.resolve("end.log");
    try (RemoteProcess process = source.start(log, "sh", "-c", "echo one; echo two >&2; exit 5")) {
      assertThat(process.await(SOON)).isTrue();
      assertThat(process.isAlive()).isFalse();
      assertThat(process.exitStatus()).hasValue(5);
    }
    assertThat(Files.readAllLines(log)).containsExactlyInAnyOrder("one", "two");
  }

  @Test
  public void aProcessDiesWithItsConnection() throws IOException {
    try (Host other = Host.connect(hosts.source())) {
      RemoteProcess process = other.start(folder.resolve("torn.log"), "sleep", "7303");
      other.connections().tear();
      Awaitility.await().atMost(SOON).until(() -> !running(source, process.pid()));
      Awaitility.await().atMost(SOON).until(() -> !process.isAlive());
      assertThat(process.exitStatus()).isEmpty();
      assertThat(other.run(SOON, "true").exitStatus()).isZero();
    }
  }

  @Test
  public void aProcessDiesWithTheShellThatHoldsIt() {
    try (RemoteProcess process = source.start(folder.resolve("shell.log"), "sleep", "7305")) {
      String script = "kill -KILL \"$(sed 's/.*) . \\([0-9]*\\) .*/\\1/' \"/proc/$1/stat\")\"";
      source.check(SOON, "sh", "-c", script, "test", Integer.toString(process.pid()));
      Awaitility.await().atMost(SOON).until(() -> !running(source, process.pid()));
      Awaitility.await().atMost(SOON).until(() -> !process.isAlive());
      assertThat(process.exitStatus()).isEmpty();
      assertThat(process.shellKilledBy()).contains("KILL");
    }
  }

  @Test
  public void everyOperationIsTold() {
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    try (Host other = Host.connect(hosts.source())) {
      other.tell((operation, took) -> told.add(operation + (took.isNegative() || took.isZero() ? " at once" : "")));
      other.check(SOON, "true");
      other.start(folder.resolve("told.log"), "sleep", "7306").close();
      String file = other.newFolder("told") + "/text";
      other.write(file, "text");
      other.fetch(Map.of(file, folder.resolve("told.txt")));
      assertThat(other.check(SOON, "stat", "-c", "%a %U", file)).isEqualTo("600 " + hosts.source().user() + "\n");
      other.remove(file);
    }
    assertThat(told).containsExactly("run true", "start sleep", "end sleep", "run sh", "write", "fetch", "run stat", "run sh");
  }

  /** Stands for a controller: starts a process and waits to be killed. */
  public static final class Victim {
    public static void main(String[] args) throws Exception {
      HostConfig config = Hosts.read(Path.of(System.getenv("MPLM_HOSTS"))).source();
      Host host = args.length == 0 ? Host.connect(config) : Host.connect(config, Duration.ofSeconds(Long.parseLong(args[0])));
      RemoteProcess process = host.start(Path.of("/dev/null"), "sleep", "7304");
      System.out.println(process.pid());
      process.await(Duration.ofSeconds(60));
      System.out.println(process.killedUnheard().orElse(Duration.ZERO).toSeconds());
    }

    private static Process start(String... arguments) throws IOException {
      List<String> line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
          System.getProperty("java.class.path"), Victim.class.getName()));
      line.addAll(List.of(arguments));
      return new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }
  }

  @Test
  public void aKilledControllerLeavesNoProcess() throws Exception {
    Process victim = Victim.start();
    int pid;
    try (BufferedReader reader = victim.inputReader()) {
      pid = Integer.parseInt(reader.readLine());
      assertThat(running(source, pid)).isTrue();
    } finally {
      victim.destroyForcibly(); // kill -9
    }
    Awaitility.await().atMost(SOON).until(() -> !running(source, pid));
  }

  /** One that stands still is, for its host, one that lost its power: the connection stays, and nothing comes. If it goes on, it knows. */
  @Test
  public void aControllerThatIsHeardOfNoMoreLeavesNoProcess() throws Exception {
    Process victim = Victim.start("3");
    try (BufferedReader reader = victim.inputReader()) {
      int pid = Integer.parseInt(reader.readLine());
      Thread.sleep(7000);
      assertThat(running(source, pid)).as("while the controller gives signs").isTrue();
      assertThat(new ProcessBuilder("kill", "-STOP", Long.toString(victim.pid())).start().waitFor()).isZero();
      long stopped = System.nanoTime();
      Awaitility.await().atMost(SOON).until(() -> !running(source, pid));
      assertThat(victim.isAlive()).isTrue();
      long absent = (System.nanoTime() - stopped) / 1_000_000_000;
      assertThat(new ProcessBuilder("kill", "-CONT", Long.toString(victim.pid())).start().waitFor()).isZero();
      assertThat(Long.parseLong(reader.readLine())).as("whole seconds for which it gave no sign").isBetween(Math.max(3, absent), absent + 10);
    } finally {
      victim.destroyForcibly();
    }
  }

  @Test
  public void aProgramThatIsKilledThereWasNotKilledForWantOfSigns() throws Exception {
    try (RemoteProcess process = source.start(Path.of("/dev/null"), "sleep", "7305")) {
      source.run(SOON, "kill", "-KILL", Integer.toString(process.pid()));
      assertThat(process.await(SOON)).isTrue();
      assertThat(process.exitStatus()).hasValue(137);
      assertThat(process.killedUnheard()).isEmpty();
    }
  }

  @Test
  public void aChangedHostKeyIsRefusedWithBothFingerprints() {
    String other = hosts.destination().hostKey();
    assertThatThrownBy(() -> Host.connect(with("host_key", other)))
        .isInstanceOf(HostException.class)
        .hasMessageContaining("host key changed: expected " + HostKey.parse(other).fingerprint())
        .hasMessageContaining("the host shows " + HostKey.parse(hosts.source().hostKey()).fingerprint())
        .message().hasLineCount(1);
  }

  @Test
  public void anUnknownHostKeyIsRefusedWithTheLineToAdd() {
    assertThatThrownBy(() -> Host.connect(with("host_key", null)))
        .isInstanceOf(HostException.class)
        .hasMessageContaining("host key unknown: the host shows " + HostKey.parse(hosts.source().hostKey()).fingerprint())
        .hasMessageContaining("host_key: \"" + hosts.source().hostKey() + "\"")
        .message().hasLineCount(1);
  }

  @Test
  public void anotherKeyIsNotLetIn() throws Exception {
    Path key = folder.resolve("stranger");
    new ProcessBuilder("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()).start().waitFor();
    assertThatThrownBy(() -> Host.connect(with("key", key.toString())))
        .isInstanceOf(HostException.class).hasMessageContaining("does not let " + hosts.source().user() + " in with " + key);
  }

  @Test
  public void aHostThatIsNotThereIsOneLine() {
    assertThatThrownBy(() -> Host.connect(with("port", 1)))
        .isInstanceOf(HostException.class)
        .hasMessageContaining("no SSH connection to " + hosts.source().address() + " port 1");
  }

  @Test
  public void anotherUserThanTheControllersLogsIn() {
    skipUnlessThereIsAVisitor(hosts);
    String work = "/var/tmp/it's \"a\" $(id)\nfolder";
    try (Host visited = Host.connect(TestHosts.with(hosts.source(), "user", "visitor", "work_folder", work))) {
      assertThat(visited.check(SOON, "id", "-un")).isEqualTo("visitor\n");
      String folder = visited.newFolder("trial");
      assertThat(folder).startsWith(work + "/trial-");
      assertThat(visited.check(SOON, "stat", "-c", "%U %A", folder)).isEqualTo("visitor drwx------\n");
      visited.check(SOON, "rm", "-rf", "--", work);
    }
  }

  /** Logs in to the source by the SSH agent of its environment. */
  public static final class AgentsFriend {
    public static void main(String[] args) {
      HostConfig config = TestHosts.with(Hosts.read(Path.of(System.getenv("MPLM_HOSTS"))).source(), "key", null, "agent", true);
      try (Host host = Host.connect(config)) {
        System.out.print(host.check(SOON, "echo", "let in"));
      } catch (HostException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  @DataProvider
  public Object[][] agents() throws IOException {
    String key = hosts.source().key().toString();
    return new Object[][] {
      {List.of(key), "let in"},
      {List.of("ed25519", "rsa", key), "let in"},
      {List.of("ed25519"), "source: .* does not let " + hosts.source().user() + " in with a key of the SSH agent: .*"},
      {List.of("ed25519.1", "ed25519.2", "ed25519.3", "ed25519.4", "ed25519.5", "ed25519.6", "ed25519.7", key),
        "source: .* closed the connection when .* logged in with a key of the SSH agent: Too many authentication failures"},
      {List.of(), "source: .* does not let .* in with a key of the SSH agent: the SSH agent has no key: add one with ssh-add"},
    };
  }

  @Test(dataProvider = "agents")
  public void theKeysOfAnAgentAreTried(List<String> keys, String told) throws Exception {
    Path socket = Files.createTempDirectory(folder, "agent").resolve("socket");
    Process agent = new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString()).redirectErrorStream(true).start();
    try {
      Awaitility.await().atMost(SOON).until(() -> Files.exists(socket));
      for (String key : keys) {
        Path file = Path.of(key);
        if (!file.isAbsolute()) {
          file = socket.resolveSibling(key);
          ok(socket, "ssh-keygen", "-q", "-t", key.split("[.]")[0], "-N", "", "-f", file.toString());
        }
        ok(socket, "ssh-add", "-q", file.toString());
      }
      String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      assertThat(ok(socket, java, "-cp", System.getProperty("java.class.path"), AgentsFriend.class.getName()).lines().toList())
          .singleElement().asString().matches(told);
    } finally {
      agent.destroy();
    }
  }

  private static String ok(Path socket, String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("SSH_AUTH_SOCK", socket.toString());
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as("%s: %s", List.of(command), said).isZero();
    return said;
  }

  /** Testbeds of an ordinary user have none. */
  static void skipUnlessThereIsAVisitor(Hosts hosts) {
    if (!hosts.testbed().equals("namespaces")) {
      throw new SkipException("one user only on testbed " + hosts.testbed());
    }
  }

  /** The destination seen from the source, which stands for a gateway. */
  @Test
  public void aHostIsReachedThroughAJumpHost() {
    try (Host there = Host.connect(behind(hosts.source().hostKey()))) {
      assertThat(there.check(SOON, "echo", "through")).isEqualTo("through\n");
      if (!hosts.testbed().equals("loopback")) { // where all come from one address
        assertThat(there.check(SOON, "sh", "-c", "echo ${SSH_CONNECTION%% *}")).isEqualTo(hosts.source().address() + "\n");
      }
      List<RemoteProcess> processes = new ArrayList<>();
      for (int i = 0; i < Connections.CHANNELS + 1; i++) {
        processes.add(there.start(Path.of("/dev/null"), "sleep", "7307"));
      }
      assertThat(processes).allMatch(RemoteProcess::isAlive);
      assertThat(there.connections().count()).isEqualTo(2);
      processes.forEach(RemoteProcess::close);
    }
  }

  @Test
  public void aJumpHostWithAnotherKeyIsRefused() {
    String wrong = hosts.destination().hostKey();
    assertThatThrownBy(() -> Host.connect(behind(wrong)))
        .isInstanceOf(HostException.class)
        .hasMessageContaining("destination: jump host: host key changed: expected " + HostKey.parse(wrong).fingerprint());
  }

  @Test
  public void aLostJumpHostIsALostConnectionAndTheNextOneIsNew() throws IOException {
    try (Host there = Host.connect(behind(hosts.source().hostKey()))) {
      RemoteProcess process = there.start(folder.resolve("jump.log"), "sleep", "7308");
      there.connections().tear();
      Awaitility.await().atMost(SOON).until(() -> !process.isAlive());
      assertThat(process.exitStatus()).isEmpty();
      assertThat(there.run(SOON, "true").exitStatus()).isZero();
    }
  }

  private HostConfig behind(String jumpHostKey) {
    HostConfig jump = hosts.source();
    return TestHosts.with(hosts.destination(), "jump", Map.of("address", jump.address(), "port", jump.port(), "user", jump.user(),
        "key", jump.key().toString(), "host_key", jumpHostKey));
  }

  private HostConfig with(String key, Object value) {
    return TestHosts.with(hosts.source(), key, value);
  }

  @Test
  public void aFileIsSentOnceAndVerified() throws IOException {
    Path file = folder.resolve("it's a $(file)");
    Files.write(file, "contents".getBytes(StandardCharsets.UTF_8));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    String path = source.provide(file);
    assertThat(path).isEqualTo(source.config().workFolder() + "/store/" + Store.sha256(file) + "-it's a $(file)");
    String sent = source.check(SOON, "stat", "-c", "%A %s %i %z", path);
    assertThat(sent).startsWith("-rwx------ 8 ");
    assertThat(source.check(SOON, "stat", "-c", "%A", source.config().workFolder() + "/store")).isEqualTo("drwx------\n");

    assertThat(source.provide(file)).isEqualTo(path);
    try (Host other = Host.connect(hosts.source())) {
      assertThat(other.provide(file)).isEqualTo(path);
    }
    assertThat(source.check(SOON, "stat", "-c", "%A %s %i %z", path)).isEqualTo(sent);

    source.check(SOON, "sh", "-c", "echo damaged >\"$1\"", "sh", path);
    try (Host other = Host.connect(hosts.source())) {
      other.provide(file);
    }
    assertThat(source.check(SOON, "cat", path)).isEqualTo("contents");
    assertThat(source.check(SOON, "ls", "-A", source.config().workFolder() + "/store")).doesNotContain("\n.");
  }

  /** Even if size and time are what they were. */
  @Test
  public void whatWasProvidedAndIsDamagedIsNoticed() throws IOException {
    Path file = folder.resolve("provided");
    Files.writeString(file, "contents");
    try (Host other = Host.connect(hosts.source())) {
      String path = other.provide(file);
      assertThat(other.keepsProvided()).isTrue();
      assertThat(other.keepsProvided()).isTrue();
      other.check(SOON, "sh", "-c",
          "touch -r \"$1\" \"$1.time\" && printf CONTENTS >\"$1\" && touch -r \"$1.time\" \"$1\"", "sh", path);
      assertThat(other.keepsProvided()).isFalse();
      other.check(SOON, "sh", "-c", "printf contents >\"$1\"; rm \"$1.time\"", "sh", path);
      assertThat(other.keepsProvided()).isTrue();
      other.check(SOON, "rm", path);
      assertThat(other.keepsProvided()).isFalse();
    }
  }

  @Test
  public void aFolderIsSentFileByFile() throws IOException {
    Path share = Files.createDirectory(folder.resolve("share"));
    Files.writeString(share.resolve("a"), "A");
    Files.writeString(share.resolve("b"), "B");
    String path = source.provide(share);
    assertThat(source.check(SOON, "cat", path + "/a", path + "/b")).isEqualTo("AB");
    try (Host other = Host.connect(hosts.source())) {
      assertThat(other.provide(share)).isEqualTo(path);
    }
    assertThat(source.check(SOON, "ls", path)).isEqualTo("a\nb\n");
  }

  @Test
  public void fetchBringsTheSameBytes() throws IOException {
    String remote = source.newFolder("fetch");
    source.check(SOON, "sh", "-c", "head -c 3000000 /dev/urandom >\"$1/random\"", "sh", remote);
    Path local = folder.resolve("random");
    source.fetch(Map.of(remote + "/random", local, remote + "/none", folder.resolve("none")));
    assertThat(folder.resolve("none")).doesNotExist();
    assertThat(source.check(SOON, "sha256sum", remote + "/random")).startsWith(Store.sha256(local));
    assertThat(source.check(SOON, "stat", "-c", "%A", remote)).isEqualTo("drwx------\n");
    source.remove(remote);
    assertThat(source.run(SOON, "test", "-e", remote).exitStatus()).isEqualTo(1);
    assertThatThrownBy(() -> source.remove(remote + "/../../etc")).isInstanceOf(IllegalArgumentException.class);
  }

  /** What takes a moment may be killed in it. */
  @Test
  public void aFolderWhoseMakingOrRemovalWasKilledIsSwept() throws IOException {
    if (hosts.testbed().equals("loopback")) {
      throw new SkipException("what is mounted there is mounted on this machine");
    }
    String work = source.config().workFolder();
    source.check(SOON, "sh", "-c", "mkdir -p \"$1\" && mktemp -d \"$1/trial-XXXXXX\"", "mplm", work);
    String halfway = source.newFolder("trial");
    source.check(SOON, "sh", "-c", "cd \"$1\" && touch a z && mkdir m && mount -t tmpfs none m", "mplm", halfway);
    assertThatThrownBy(() -> source.remove(halfway)).isInstanceOf(HostException.class).hasMessageContaining("busy");
    source.check(SOON, "umount", halfway + "/m");

    try (Reservation reservation = Reservation.take(source)) {
      reservation.sweep();
    }
    assertThat(source.check(SOON, "ls", work)).doesNotContain("trial-");
  }

  @Test
  public void aUnixSocketIsReachedBothWaysAsSoonAsItIsThere() throws IOException {
    String remote = source.newFolder("socket") + "/s";
    String echo =
        "use IO::Socket::UNIX; select undef, undef, undef, 0.3;"
            + "$l = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 1) or die; $c = $l->accept; $c->autoflush(1);"
            + "while (defined(my $x = <$c>)) { print {$c} uc($x) }";
    RemoteProcess server = source.start(folder.resolve("echo.log"), "perl", "-e", echo, remote);
    try (Channel channel = source.connectUnix(remote, SOON)) {
      byte[] line = ("x".repeat(100_000) + "\n").getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < 20; i++) {
        channel.out().write(line);
        channel.out().flush();
        assertThat(channel.in().readNBytes(line.length)).startsWith("XXX".getBytes(StandardCharsets.UTF_8)).hasSize(line.length);
      }
      server.close();
      assertThat(channel.in().read()).isEqualTo(-1);
    } finally {
      server.close();
    }
  }

  @Test
  public void aSocketThatNobodyListensOnIsOneLine() {
    assertThatThrownBy(() -> source.connectUnix("/tmp/none", Duration.ofMillis(200)))
        .isInstanceOf(HostException.class).hasMessageStartingWith("source: nobody listens on /tmp/none within 0.2s");
  }

  @Test
  public void moreChannelsThanAConnectionMayHave() {
    List<RemoteProcess> processes = new ArrayList<>();
    try (Host other = Host.connect(hosts.source())) {
      for (int i = 0; i < 2 * Connections.CHANNELS + 1; i++) {
        processes.add(other.start(Path.of("/dev/null"), "sleep", "7305"));
      }
      assertThat(other.connections().count()).isEqualTo(3);
      assertThat(processes).allMatch(RemoteProcess::isAlive);
      processes.forEach(RemoteProcess::close);
      assertThat(other.run(SOON, "true").exitStatus()).isZero();
      assertThat(other.connections().count()).isEqualTo(3);
    }
    assertThat(processes("sleep 7305")).isZero();
  }

  @Test
  public void aRunOnAKeptConnectionIsQuickerThanANewConnection() {
    long start = System.nanoTime();
    try (Host other = Host.connect(hosts.source())) {
      other.run(SOON, "true");
    }
    double fresh = (System.nanoTime() - start) / 1e6;
    double[] kept = new double[21];
    for (int i = 0; i < kept.length; i++) {
      start = System.nanoTime();
      source.run(SOON, "true");
      kept[i] = (System.nanoTime() - start) / 1e6;
    }
    Arrays.sort(kept);
    Reporter.log(String.format("run on a kept connection: %.1f ms; on a new one: %.1f ms", kept[10], fresh), true);
    assertThat(kept[10]).isLessThan(fresh);
  }

  @Test
  public void theControllersFilesAndProcessesAreNotOnTheHosts() throws IOException {
    if (hosts.testbed().equals("loopback") || hosts.testbed().equals("none")) {
      throw new SkipException("hosts are not isolated on testbed " + hosts.testbed());
    }
    List<Path> places = List.of(Path.of(System.getProperty("user.dir")), Path.of(System.getProperty("user.home")),
        Path.of("/tmp"), Path.of("/var/tmp"), Path.of("/dev/shm"), hosts.source().key().getParent());
    try (Host destination = Host.connect(hosts.destination())) {
      for (Path place : places) {
        Path marker = Files.createTempFile(place, ".mplm-it", "");
        try {
          assertThat(source.run(SOON, "test", "-e", marker.toString()).exitStatus()).as("%s on source", marker).isEqualTo(1);
          assertThat(destination.run(SOON, "test", "-e", marker.toString()).exitStatus()).as("%s", marker).isEqualTo(1);
        } finally {
          Files.delete(marker);
        }
      }
      for (String place : List.of("/tmp", "/var/tmp", "/dev/shm")) {
        String marker = source.check(SOON, "mktemp", "-p", place).strip();
        assertThat(Path.of(marker)).doesNotExist();
        assertThat(destination.run(SOON, "test", "-e", marker).exitStatus()).isEqualTo(1);
        source.check(SOON, "rm", marker);
      }
      try (RemoteProcess process = destination.start(Path.of("/dev/null"), "sleep", "7306")) {
        assertThat(process.isAlive()).isTrue();
        assertThat(processes("sleep 7306")).isZero();
        assertThat(processes("java")).isZero();
      }
    }
    assertThat(source.run(SOON, "test", "-e", "/dev/kvm").exitStatus() == 0).isEqualTo(Files.exists(Path.of("/dev/kvm")));
  }

  private static boolean running(Host host, int pid) {
    return host.run(SOON, "test", "-d", "/proc/" + pid).exitStatus() == 0;
  }

  /** Processes of the source whose command line has the text; the one that looks does not have it. */
  private int processes(String text) {
    String hidden = text.replace(" ", ".").replaceFirst("(.)", "[$1]");
    String script = "n=0; for f in /proc/[0-9]*/cmdline; do if tr '\\0' ' ' <$f 2>/dev/null | grep -q \"$1\"; then n=$((n + 1)); fi; done; echo $n";
    return Integer.parseInt(source.check(SOON, "sh", "-c", script, "sh", hidden).strip());
  }
}

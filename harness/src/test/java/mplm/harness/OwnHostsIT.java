// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import mplm.harness.host.Host;
import mplm.harness.host.HostConfig;
import mplm.harness.host.Hosts;
import mplm.harness.host.Reservation;
import mplm.harness.host.TestHosts;
import mplm.harness.support.Said;
import org.testng.Reporter;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/**
 * The commands on hosts of one's own, for which the testbed's stand: by a hosts file, as another user where there is one, the
 * destination through a jump host, with names and a work folder that a shell would choke on. {@code MPLM_HOSTS} names the
 * testbed's hosts file.
 */
@Test(groups = "testbed", timeOut = 300_000)
public class OwnHostsIT {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Pattern PROVISIONED = Pattern.compile("sent (\\d+) files, ([0-9.]+) MB, in [0-9.]+ s");

  private Path folder;
  private Hosts hosts;
  private Path file;

  @BeforeClass
  public void writeHostsFile() throws IOException {
    folder = Files.createTempDirectory("mplm-it");
    Hosts testbed = TestHosts.with(Map.of());
    // on loopback, the hosts share one file system
    boolean shared = testbed.testbed().equals("loopback");
    String one = (shared ? testbed.source().workFolder() : "/var/tmp") + "/it's $(id) `id`\n\"work\"";
    String two = shared ? testbed.destination().workFolder() + "/it's $(id) `id`\n\"work\"" : one;
    String user = testbed.testbed().equals("namespaces") ? "visitor" : testbed.source().user();
    HostConfig jump = testbed.source();
    // the testbed's taps are its own user's
    file = TestHosts.write(folder.resolve("hosts.yaml"), Map.of(
        "link", TestHosts.change("guest_address", null),
        "source", TestHosts.change("name", "one \"$(id)\"", "user", user, "work_folder", one, "cpus", "0",
            "preallocate", true, "guest_tap", null),
        "destination", TestHosts.change("name", "it's two", "user", user, "work_folder", two, "guest_tap", null,
            "jump", TestHosts.change("address", jump.address(), "port", jump.port(), "user", jump.user(), "key",
                jump.key().toString(),
                "host_key", jump.hostKey()))));
    hosts = Hosts.read(file);
  }

  @AfterClass(alwaysRun = true)
  public void remove() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @Test
  public void theSecondProvisioningSendsNothing() {
    assertThat(mplm("clean", hosts.source().name(), hosts.destination().name()).exitCode()).isZero();
    Said first = mplm("provision");
    assertThat(first.exitCode()).as(first.err()).isZero();
    Matcher sent = PROVISIONED.matcher(first.out());
    for (int host = 0; host < 2; host++) {
      assertThat(sent.find()).as(first.out()).isTrue();
      assertThat(Integer.parseInt(sent.group(1))).isGreaterThanOrEqualTo(5);
    }
    Said second = mplm("provision");
    assertThat(second.exitCode()).isZero();
    Reporter.log("provisioned again: " + second.out(), true); // some tenths of a second a host; a busy machine takes longer
    sent = PROVISIONED.matcher(second.out());
    for (int host = 0; host < 2; host++) {
      assertThat(sent.find()).as(second.out()).isTrue();
      assertThat(sent.group(1)).isEqualTo("0");
    }
  }

  @Test(dependsOnMethods = "theSecondProvisioningSendsNothing")
  public void aRunTakesPlaceThere() throws IOException {
    Said said = mplm("run", "smoke", "--methods", "mplm", "--output", folder.resolve("runs").toString());
    assertThat(said.exitCode()).as(said.err() + said.out()).isZero();
    assertThat(said.out()).contains("MG mg.S mplm #1: completed");
  }

  @Test
  public void theDoctorSaysGoAndTellsTheRungsApart() throws IOException {
    Said said = mplm("doctor", "smoke", "--json");
    JsonNode all = new ObjectMapper().readTree(said.out());
    assertThat(all.path("go").asBoolean()).as(said.out()).isTrue();
    assertThat(said.exitCode()).isZero();
    for (HostConfig host : List.of(hosts.source(), hosts.destination())) {
      Map<String, JsonNode> checks = checks(all, host.name());
      assertThat(checks.keySet()).contains("ssh", "host key", "leftovers", "clock", "cpu", "load", "memory", "/dev/shm", "disk",
          "tools",
          "engine", "kvm device", "governor", "turbo", "same-page merging", "transparent huge pages");
      for (String what : List.of("ssh", "host key", "leftovers", "clock", "engine", "memory")) {
        assertThat(checks.get(what).path("verdict").asText()).as(what).isEqualTo("pass");
      }
    }
    assertThat(checks(all, hosts.destination().name()).get("ssh").path("finding").asText()).contains(" through ");
    assertThat(checks(all, hosts.source().name()).get("placement").path("finding").asText()).isEqualTo("vCPUs on CPUs 0");
    List<JsonNode> goodput = all.path("checks").findParents("what").stream()
        .filter(check -> check.path("what").asText().equals("goodput")).toList();
    assertThat(goodput).hasSize(2).allSatisfy(
        check -> assertThat(check.path("finding").asText()).containsPattern("a migration stream gets [1-9]\\d+Mbit/s"));
  }

  @DataProvider
  public Object[][] refusals() {
    String key = hosts.destination().hostKey();
    return new Object[][] {
      {TestHosts.change("host_key", null), "host key", "host key unknown: the host shows SHA256:"},
      {TestHosts.change("host_key", key), "host key", "host key changed: expected SHA256:"},
      {TestHosts.change("port", 1), "ssh", "no SSH connection to "},
      {TestHosts.change("migration_address", "192.0.2.77"), "goodput", "192.0.2.77"},
      {TestHosts.change("work_folder", "/proc/none"), "admission", "cannot reserve /proc/none"},
    };
  }

  @Test(groups = "long", dataProvider = "refusals")
  public void theDoctorSaysNoGoWithTheRemedy(Map<String, Object> change, String what, String told) throws IOException {
    Path wrong = TestHosts.write(folder.resolve("wrong.yaml"), Map.of("source", change));
    Said said = inProcess("doctor", "smoke", "--json", "--hosts", wrong.toString());
    assertThat(said.exitCode()).as(said.out() + said.err()).isEqualTo(3);
    JsonNode all = new ObjectMapper().readTree(said.out());
    assertThat(all.path("go").asBoolean()).isFalse();
    assertThat(all.path("checks").findParents("what")).anySatisfy(check -> {
      assertThat(check.path("what").asText()).isEqualTo(what);
      assertThat(check.path("verdict").asText()).isEqualTo("fail");
      assertThat(check.path("finding").asText()).contains(told);
      assertThat(check.path("remedy").asText()).isNotEmpty();
    });
    // the other host is examined all the same
    assertThat(checks(all, "destination").get("engine").path("verdict").asText()).isEqualTo("pass");
  }

  @Test
  public void aHostThatARunUsesIsLeftAlone() throws IOException {
    try (Host host = Host.connect(hosts.source()); Reservation reservation = Reservation.take(host)) {
      assertThat(reservation.leftovers()).isEmpty();
      for (Said said : List.of(mplm("clean", hosts.source().name()), mplm("provision"))) {
        assertThat(said.exitCode()).isEqualTo(3);
        assertThat(said.err()).contains("is in use by another run");
      }
      Said said = mplm("doctor", "smoke", "--json");
      assertThat(said.exitCode()).isEqualTo(3);
      assertThat(checks(new ObjectMapper().readTree(said.out()), hosts.source().name()).get("admission").path("finding").asText())
          .contains("is in use by another run");
    }
  }

  @Test(dependsOnMethods = "aRunTakesPlaceThere")
  public void cleanLeavesNothing() {
    HostConfig config = hosts.source();
    try (Host host = Host.connect(config)) {
      host.check(SOON, "sh", "-c",
          "cp \"$(command -v sleep)\" \"$1/store/$2-sleep\"; \"$1/store/$2-sleep\" 7310 </dev/null >/dev/null 2>&1 &",
          "mplm", config.workFolder(), "0".repeat(64));
      host.check(SOON, "sh", "-c", "mkdir \"$1/trial-left\"; : >\"$1/trial-left/.mplm\"; : >\"$2\"",
          "mplm", config.workFolder(), config.memoryFile());
      Said said = mplm("doctor", "smoke");
      assertThat(said.out()).contains("/trial-left").contains(config.memoryFile().replace('\n', ' ')).containsPattern("process \\d+");

      Said cleaned = mplm("clean", config.name(), hosts.destination().name());
      assertThat(cleaned.exitCode()).as(cleaned.err()).isZero();
      assertThat(cleaned.out()).contains(config.name() + ": clean\n").contains(hosts.destination().name() + ": clean\n");
      assertThat(host.run(SOON, "test", "-e", config.workFolder()).exitStatus()).isEqualTo(1);
      assertThat(host.run(SOON, "test", "-e", config.memoryFile()).exitStatus()).isEqualTo(1);
      assertThat(host.check(SOON, "sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '")).doesNotContain("-sleep 7310");

      // what is not the kit's stays
      List<String> mine = List.of("mine", "store/mine", "trial-mine/mine");
      host.check(SOON, "sh", "-c", "umask 077; mkdir -p \"$1/store\" \"$1/trial-mine\"; cd \"$1\" && touch \"$2\" \"$3\" \"$4\"", "mplm",
          config.workFolder(), mine.get(0), mine.get(1), mine.get(2));
      assertThat(mplm("clean", config.name()).out()).contains(config.name() + ": clean, but for ");
      assertThat(mine).allMatch(file -> host.run(SOON, "test", "-e", config.workFolder() + "/" + file).exitStatus() == 0);
      host.check(SOON, "rm", "-r", config.workFolder());
    }
  }

  private static Map<String, JsonNode> checks(JsonNode all, String host) {
    Map<String, JsonNode> checks = new HashMap<>();
    for (JsonNode check : all.path("checks")) {
      if (check.path("host").asText().equals(host)) {
        checks.put(check.path("what").asText(), check);
      }
    }
    return checks;
  }

  private Said mplm(String command, String... arguments) {
    return inProcess(Stream.concat(Stream.of(command), Stream.concat(Stream.of(arguments), Stream.of("--hosts", file.toString())))
        .toArray(String[]::new));
  }

  private static Said inProcess(String... arguments) {
    return Said.by(() -> Mplm.run(arguments));
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import mplm.engine.guest.Accelerator;
import mplm.engine.guest.GuestRecord;
import mplm.engine.guest.KvmArea;
import mplm.engine.migration.Method;
import mplm.engine.migration.Migration;
import mplm.engine.migration.MigrationResult;
import mplm.engine.qmp.QmpException;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;
import mplm.engine.unit.Patience;
import mplm.harness.artifact.Artifact;
import mplm.harness.artifact.Artifacts;
import mplm.harness.derive.RecordedRun;
import mplm.harness.host.Host;
import mplm.harness.host.HostConfig;
import mplm.harness.host.Hosts;
import mplm.harness.host.LinkConfig.Protection;
import mplm.harness.host.Store;
import mplm.harness.host.TestHosts;
import mplm.harness.machine.Machine;
import mplm.harness.rig.Kernel;
import mplm.harness.rig.Rig;
import mplm.harness.rig.WarmUp;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.NpbConfigs;
import mplm.harness.suite.Suite;
import mplm.harness.terminal.Display;
import org.testng.SkipException;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/**
 * What the kit says of Linux guests on KVM, on emulated machines as {@code testbed/two-kernels.conf} has them: two kernels, two clocks,
 * huge pages, a tap for the guest; and those of the group {@code nodes} as {@code two-nodes.conf} has them.
 */
@Test(groups = "machines", timeOut = 3_600_000)
public class KvmIT {
  private static final Path CLONE = Path.of("..").toAbsolutePath().normalize();
  private static final Duration LONG = Duration.ofMinutes(4);
  private static final Duration SOON = Patience.of(Duration.ofMinutes(1));
  private static final String[] BOTH = {"precopy:20s", "mplm"};

  /** In what trial which byte of the destination's memory is damaged: so far behind the start of what KVM writes. */
  private static final Map<String, Map.Entry<String, Integer>> DAMAGE = Map.of("beside", Map.entry("wall clock", 12),
      "before", Map.entry("wall clock", -1), "steal", Map.entry("steal time of vCPU 0", 3));

  private static final Pattern HINT = Pattern.compile("mplm_discard block=\\d+ first=\\d+ count=(\\d+)");

  private Hosts hosts;
  private Path runs;
  private final Map<String, Long> damaged = new HashMap<>();

  @BeforeClass
  public void open() throws IOException {
    hosts = Hosts.read(Path.of(System.getenv("MPLM_HOSTS")));
    if (!hosts.testbed().equals("machines")) {
      throw new SkipException("testbed " + hosts.testbed() + ": its hosts are not emulated machines");
    }
    runs = Files.createTempDirectory("mplm-kvm");
  }

  @AfterClass(alwaysRun = true)
  public void remove() throws IOException {
    if (runs != null) {
      RecordedRun.remove(runs);
    }
  }

  @Test(priority = 1)
  public void everyProgramMovesByEachMethodAndItsMemoryIsEqualButForTheWallClock() throws Exception {
    List<Experiment> programs = Stream.of("mg", "is", "sp", "bt", "writer").map(name -> experiment(name, name, true, BOTH)).toList();
    Map<String, Map<String, String>> rows = run("programs", hosts, programs);
    assertThat(rows).hasSize(10).allSatisfy((name, row) -> assertThat(row)
        .containsEntry("outcome", "completed").containsEntry("accelerator", "kvm").containsEntry("verification", "successful")
        .containsEntry("memory_compared", "equal")
        .hasEntrySatisfying("memory_exempt", what -> assertThat(what).matches("KVM's wall clock: 12 bytes at 0x[0-9a-f]+")));
  }

  @Test(priority = 2)
  public void aWrongByteBesideTheClockOrInWhatIsNotExemptIsFoundAndNamed() throws Exception {
    Map<String, Map<String, String>> rows = run("damaged", hosts,
        DAMAGE.keySet().stream().sorted().map(name -> experiment(name, "mg", true, "mplm")).toList());
    assertThat(rows).hasSize(3).allSatisfy((name, row) -> {
      String where = name.substring(0, name.indexOf(' '));
      long at = damaged.get(where);
      assertThat(row).containsEntry("outcome", "corrupted").containsEntry("memory_compared", "different").containsEntry("reason",
          "memory differs in 1 blocks: 0x" + Long.toHexString(at & -(2L << 20)) + " (1 pages: 0x" + Long.toHexString(at)
              + (where.equals("steal") ? " in KVM's steal time of vCPU 0)" : ")"));
    });
  }

  /** Two clocks 37 s apart, of which the source's is put forward by an hour in one trial, while the guest is moved. */
  @Test(priority = 3)
  public void downtimesAreMeasuredWhateverTheMachinesClocksSay() throws Exception {
    Map<String, Map<String, String>> rows = run("measured", hosts,
        List.of(experiment("measured", "mg", false, BOTH), experiment("stepped", "mg", false, "mplm")));
    assertThat(rows).hasSize(3).allSatisfy((name, row) -> {
      assertThat(row).containsEntry("outcome", "completed").containsEntry("verification", "successful");
      for (String downtime : List.of("downtime_s", "downtime_qemu_s", "downtime_stop_resume_s", "downtime_network_s")) {
        assertThat(Double.parseDouble(row.get(downtime))).as(downtime).isBetween(0.0, 300.0);
      }
      assertThat(row.get("downtime_guest_s").isEmpty()).as("the guest's own, or why there is none")
          .isNotEqualTo(row.get("downtime_missing").isEmpty());
    });
  }

  @DataProvider
  public Object[][] places() {
    return new Object[][] {
      {"encrypted", hosts.with(Protection.TLS), true}, {"gigantic", placed("huge_pages", "1GiB"), false}};
  }

  @DataProvider
  public Object[][] nodes() {
    return new Object[][] {
      {"numa", placed("numa_node", 1, "cpus", "1", "preallocate", true), true},
      {"huge", placed("numa_node", 1, "huge_pages", "2MiB"), false}};
  }

  /** Two nodes take two cores. */
  @Test(priority = 6, dataProvider = "nodes", groups = "nodes")
  public void guestsMoveToTheirNumaNode(String name, Hosts place, boolean verified) throws Exception {
    guestsMoveWhereAndHowTheHostsFileSays(name, place, verified);
  }

  /** Guests in huge pages have no file that could be compared; their program verifies. */
  @Test(priority = 5, dataProvider = "places")
  public void guestsMoveWhereAndHowTheHostsFileSays(String name, Hosts place, boolean verified) throws Exception {
    String memory = name.equals("gigantic") ? "1GiB" : "128MiB";
    Map<String, Map<String, String>> rows = run(name, place, List.of(experiment(name, "mg", memory, verified, BOTH)));
    assertThat(rows).hasSize(2).allSatisfy((trial, row) -> assertThat(row)
        .containsEntry("outcome", "completed").containsEntry("accelerator", "kvm").containsEntry("verification", "successful")
        .containsEntry("memory_compared", verified ? "equal" : "no")
        .containsEntry("stream_protection", name.equals("encrypted") ? "tls" : "none"));
  }

  @DataProvider
  public Object[][] dirtyLogs() {
    return new Object[][] {{"bitmap", "kvm", "kvm_clear_dirty_log"}, {"ring", "kvm,dirty-ring-size=4096", "kvm_dirty_ring_flush"}};
  }

  /** That it is this kind of log, and that it is cleared piece by piece, QEMU's trace shows. */
  @Test(priority = 4, dataProvider = "dirtyLogs")
  public void eitherKindOfDirtyLogLosesNoPage(String name, String accelerator, String event) throws Exception {
    Artifacts artifacts = new Artifacts(wrapped(name, accelerator, "-trace", event), built().guest());
    Map<String, Map<String, String>> rows = run(name, hosts, artifacts, List.of(experiment(name, "writer", true, BOTH)));
    assertThat(rows).hasSize(2).allSatisfy((trial, row) -> assertThat(row)
        .containsEntry("outcome", "completed").containsEntry("verification", "successful").containsEntry("memory_compared", "equal"));
    try (Stream<Path> files = Files.walk(runs.resolve(name))) {
      assertThat(files.filter(file -> file.endsWith("source/qemu.log"))).hasSize(2)
          .allSatisfy(file -> assertThat(file).content().contains(event));
    }
  }

  /**
   * While a guest with a balloon is migrated it tells which of its pages are free; MPLM's scheduler hears of it, and the program loses
   * nothing. No memory is compared, since what is free differs on both sides.
   */
  @Test(priority = 4)
  public void pagesThatALinuxGuestHintsAreFreeAreNotSent() throws Exception {
    Path engine = wrapped("hints", "kvm", "-object", "iothread,id=hints", "-device",
        "virtio-balloon-pci,free-page-hint=on,iothread=hints", "-trace", "mplm_discard");
    Artifacts artifacts = new Artifacts(engine, withBalloon(built().guest()));
    Map<String, Map<String, String>> rows =
        run("hints", hosts, artifacts, List.of(experiment("hints", "writer", "256MiB", false, BOTH)));
    assertThat(rows).hasSize(2).allSatisfy((trial, row) -> assertThat(row)
        .containsEntry("outcome", "completed").containsEntry("accelerator", "kvm").containsEntry("verification", "successful"));
    try (Stream<Path> files = Files.walk(runs.resolve("hints"))) {
      List<String> told = files.filter(file -> file.endsWith("source/qemu.log")).flatMap(KvmIT::lines).toList();
      long hinted = told.stream().map(HINT::matcher).filter(Matcher::find).mapToLong(hint -> Long.parseLong(hint.group(1))).sum();
      System.out.println("kvm: pages hinted: " + hinted);
      assertThat(hinted).as("pages that a hint took off what was pending").isGreaterThan(1024);
    }
  }

  /** The only method that takes a dirty ring has one. The guest can be moved without its limit too: see the test after this one. */
  @Test
  public void dirtyLimitMovesAGuestThatWrites() throws Exception {
    Map<String, Map<String, String>> rows = run("limited", hosts, List.of(experiment("limited", "writer", false, "precopy:2s,dirty-limit=4")));
    assertThat(rows.values()).singleElement().satisfies(row -> assertThat(row).containsEntry("outcome", "completed")
        .containsEntry("verification", "successful").containsEntry("accelerator", "kvm"));
  }

  /**
   * The link takes far less than the guest writes. After two rounds of that QEMU sets the limit, and the migration is cancelled at its own
   * limit of time. The test asks by QMP whether a limit is set, and does not measure the guest's pace: QEMU makes no vCPU sleep that
   * dirties at most 25 MB/s more than it may (DIRTYLIMIT_TOLERANCE_RANGE), and this writer dirties 16 MB/s.
   */
  @Test
  public void dirtyLimitIsSetForAGuestUntilItIsCancelled() throws Exception {
    Experiment experiment = experiment("cancelled", "writer", false, "precopy:1ms,dirty-limit=4");
    Duration limit = Duration.ofSeconds(90);
    Path logs = Files.createDirectory(runs.resolve("cancelled"));
    Machine.Records here = Machine.Records.logs(Files.createDirectory(logs.resolve("source")));
    Machine.Records away = Machine.Records.logs(Files.createDirectory(logs.resolve("destination")));
    Artifacts artifacts = built();
    List<JsonNode> during = new ArrayList<>();
    JsonNode after;
    try (Rig rig = Rig.open(hosts, Artifact.engine(artifacts.engine()), Artifact.guest(artifacts.guest()), logs.resolve("hosts"));
        Machine guest = Machine.start(rig.source().host(), work -> rig.hypervisor(rig.source(), Accelerator.KVM, experiment.guest(),
            Kernel.arguments(experiment, Optional.empty()), work).withDirtyRing(), here, Optional.empty())) {
      guest.resume();
      WarmUp.await(guest, SOON);
      Rig.Side there = rig.destination();
      try (Machine destination = Machine.start(there.host(), work -> guest.hypervisor().destination(there.binary(), there.firmware(), work)
          .withImage(there.kernel(), there.initramfs()), away, Optional.of(guest.serial()))) {
        rig.link().shape(Bandwidth.parse("16Mbit/s"));
        MigrationResult result = new Migration(guest.qmp(), destination.qmp(), experiment.methods().get(0),
            there.host().config().migrationAddress(), rig.link(), limit).run(progress -> {
              if (progress.status().equals("active")) {
                dirtyLimits(guest).forEach(during::add);
              }
            });
        long cancelled = System.nanoTime();
        assertThat(result.reason()).hasValue("not converged after 90s");
        assertThat(result.outcome()).isEqualTo(MigrationResult.Outcome.NOT_CONVERGED);
        guest.serial().await("an iteration after the cancel",
            record -> record.kind().equals("iteration") && record.arrival() - cancelled > 0, SOON);
        assertThat(guest.qmp().execute("query-status", SOON).path("running").asBoolean()).as("the guest runs at the source").isTrue();
        after = dirtyLimits(guest);
      }
    }
    System.out.println("kvm: limits while it was moved: " + during.stream().distinct().toList() + ", after the cancel: " + after);
    assertThat(during).as("limits while it was moved").isNotEmpty()
        .allSatisfy(one -> assertThat(one.path("limit-rate").asInt()).isEqualTo(4));
    assertThat(after).as("limits after the cancel").isEmpty();
  }

  private static JsonNode dirtyLimits(Machine guest) {
    try {
      return guest.qmp().execute("query-vcpu-dirty-limit", SOON);
    } catch (QmpException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The guest with its kernel's driver of the balloon, by a second archive behind its initramfs. */
  private Path withBalloon(Path guest) throws Exception {
    Path with = Files.createDirectory(runs.resolve("guest-balloon"));
    try (Stream<Path> files = Files.list(guest)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, with.resolve(file.getFileName()));
      }
    }
    String packages = Artifact.guest(guest).property("kernel.package");
    Process made = new ProcessBuilder("sh", "-euc", """
        folder=$1/balloon
        network=$folder/root/modules/network
        mkdir -p "$network"
        for package in $2; do dpkg-deb -x "$package" "$folder"; done
        module=$(find "$folder" -name 'virtio_balloon.ko*')
        case $module in
          *.ko) cat "$module" ;;
          *.xz) xz -dc "$module" ;;
          *.zst) zstd -dc "$module" ;;
        esac >"$network/99-virtio_balloon.ko"
        cd "$folder/root"
        find . -mindepth 1 | cpio --quiet -o -H newc -R 0:0 >>"$3"
        """, "balloon", runs.toString(), packages, with.resolve("initramfs.cpio").toString())
        .directory(guest.resolve("../../kernel").toFile()).inheritIO().start();
    assertThat(made.waitFor()).as("the guest with a balloon is made").isZero();
    return with;
  }

  /** The engine behind a script that changes its accelerator and adds arguments. */
  private Path wrapped(String name, String accelerator, String... more) throws IOException {
    Path engine = built().engine();
    Path wrapped = Files.createDirectory(runs.resolve("engine-" + name));
    for (String folder : List.of("bin", "share")) {
      Files.createDirectory(wrapped.resolve(folder));
    }
    try (Stream<Path> share = Files.list(engine.resolve("share"))) {
      for (Path file : share.filter(Files::isRegularFile).toList()) {
        Files.copy(file, wrapped.resolve("share").resolve(file.getFileName()));
      }
    }
    Files.copy(engine.resolve("bin/qemu-system-x86_64"), wrapped.resolve("share/qemu-behind"), StandardCopyOption.COPY_ATTRIBUTES);
    Path script = Files.writeString(wrapped.resolve("bin/qemu-system-x86_64"), """
        #!/bin/sh
        for word; do
          shift
          if [ "$word" = kvm ]; then word=%s; fi
          set -- "$@" "$word"
        done
        exec "$(dirname "$0")"/*-share/qemu-behind "$@" %s
        """.formatted(accelerator, String.join(" ", more)));
    assertThat(script.toFile().setExecutable(true)).isTrue();
    Files.writeString(wrapped.resolve("engine.properties"), Files.readString(engine.resolve("engine.properties"))
        .replaceAll("(?m)^binary.sha256=.*", "binary.sha256=" + Store.sha256(script)));
    return wrapped;
  }

  private static Artifacts built() throws IOException {
    return Artifacts.make(CLONE.resolve("engine/qemu/build"), CLONE.resolve("guest-images/build"), null);
  }

  private Hosts placed(Object... keysAndValues) {
    Map<String, Object> change = TestHosts.change(keysAndValues);
    return TestHosts.with(Map.of("source", change, "destination", change));
  }

  private static Experiment experiment(String name, String benchmark, boolean verifyMemory, String... methods) {
    return experiment(name, benchmark, "128MiB", verifyMemory, methods);
  }

  private static Experiment experiment(String name, String benchmark, String memory, boolean verifyMemory, String... methods) {
    return new Experiment(name, new NpbConfigs(CLONE.resolve("npb-configs")).benchmark(benchmark), "S", 1, DataSize.parse(memory),
        Bandwidth.parse("200Mbit/s"), Arrays.stream(methods).map(Method::parse).toList(), true, LONG, LONG, 4, LONG, verifyMemory);
  }

  /** Rows by experiment and method. */
  private Map<String, Map<String, String>> run(String name, Hosts pair, List<Experiment> experiments) throws Exception {
    return run(name, pair, built(), experiments);
  }

  private Map<String, Map<String, String>> run(String name, Hosts pair, Artifacts artifacts, List<Experiment> experiments)
      throws Exception {
    Path below = Files.createDirectory(runs.resolve(name));
    SuiteRun.run(RunRequest.of(new Suite(name, "on KVM", 1, experiments)), List.of(pair), artifacts, below,
        Display.on(new Saboteur(), false));
    Map<String, Map<String, String>> rows = new LinkedHashMap<>();
    try (Stream<Path> folders = Files.list(below)) {
      for (Map<String, String> row : RecordedRun.rows(folders.filter(Files::isDirectory).findFirst().orElseThrow())) {
        System.out.println("kvm: " + row.get("experiment") + " " + row.get("method") + ": " + row.get("outcome") + " " + row.get("reason")
            + ", memory " + row.get("memory_compared") + ", " + row.get("memory_exempt") + ", total " + row.get("total_s") + " s, downtime "
            + row.get("downtime_s") + " s by " + row.get("downtime_by") + ", network " + row.get("downtime_network_s") + " s");
        rows.put(row.get("experiment") + " " + row.get("method"), row);
      }
    }
    return rows;
  }

  /** Does by what a run says of a trial what the trial's name stands for. */
  private final class Saboteur extends PrintStream {
    Saboteur() {
      super(OutputStream.nullOutputStream());
    }

    @Override
    public void println(String line) {
      System.out.println(line);
      DAMAGE.forEach((name, place) -> {
        if (line.contains("] " + name + " ") && line.endsWith(": comparing memory")) {
          damage(name, place);
        }
      });
      if (line.contains("] stepped ") && line.endsWith(": migrating")) {
        on(hosts.source(), "date", "--set", "+1 hour");
      }
    }

    private void damage(String name, Map.Entry<String, Integer> place) {
      List<GuestRecord> told = on(hosts.source(), "sh", "-c", "cat \"$1\"/trial-*/serial.log", "saboteur", hosts.source().workFolder())
          .lines().map(line -> GuestRecord.parse(line.strip(), 0)).flatMap(Optional::stream).toList();
      long address = KvmArea.told(told).stream().filter(area -> area.name().equals(place.getKey())).findFirst().orElseThrow().address();
      damaged.put(name, address + place.getValue());
      // another byte than stands there, at the source or the destination
      on(hosts.destination(), "sh", "-c", "old=$(od -An -tu1 -j\"$2\" -N1 \"$1\"); printf \"\\\\$(printf %03o $((old ^ 255)))\""
          + " | dd of=\"$1\" bs=1 seek=\"$2\" conv=notrunc status=none", "saboteur", hosts.destination().memoryFile(),
          Long.toString(damaged.get(name)));
    }

    private String on(HostConfig config, String... command) {
      try (Host host = Host.connect(config)) {
        return host.check(SOON, command);
      }
    }
  }
}

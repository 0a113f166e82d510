// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.rig;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mplm.engine.guest.Accelerator;
import mplm.engine.guest.GuestShape;
import mplm.engine.migration.Migration;
import mplm.engine.migration.MigrationResult;
import mplm.engine.migration.Mplm;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;
import mplm.harness.artifact.Artifact;
import mplm.harness.artifact.Artifacts;
import mplm.harness.host.Hosts;
import mplm.harness.machine.Machine;
import mplm.harness.record.QmpRecord;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.NpbConfigs;

/**
 * The share of the link's TCP goodput, measured just before, that MPLM's live stage uses. Bytes are those that the destination's
 * kernel has acknowledged ({@code ss -i}), looked at while the guest's memory is on its way; the first half second and the stop are
 * left out. Needs a testbed in namespaces: {@code MPLM_HOSTS} names its hosts file. Exit status 1 on a miss.
 */
public final class LinkShareBenchmark {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final long SETTLE = TimeUnit.MILLISECONDS.toNanos(500);
  private static final Pattern ACKNOWLEDGED = Pattern.compile("bytes_acked:(\\d+)");

  /** @param idle the guest stands still while it moves, its memory as the program left it */
  private record Case(String title, String problemClass, boolean idle, Bandwidth link, double target) {}

  /** The first is the experiment of the quick suite. */
  private static List<Case> cases(Experiment quick) {
    return List.of(
        new Case("busy, as in the quick suite", quick.problemClass(), false, quick.link(), 0.95),
        new Case("busy, larger", "A", false, Bandwidth.parse("200Mbit/s"), 0.95),
        new Case("idle", "A", true, Bandwidth.parse("1Gbit/s"), 0.95));
  }

  private final Hosts hosts;
  private final Path logs;
  private final Rig rig;

  private LinkShareBenchmark(Hosts hosts, Path logs, Rig rig) {
    this.hosts = hosts;
    this.logs = logs;
    this.rig = rig;
  }

  public static void main(String[] arguments) throws Exception {
    Path clone = Path.of("").toAbsolutePath();
    Hosts hosts = Hosts.read(Path.of(System.getenv("MPLM_HOSTS")));
    Artifacts artifacts = Artifacts.make(clone.resolve("engine/qemu/build"), clone.resolve("guest-images/build"), null);
    Path logs = Files.createDirectories(clone.resolve("harness/target/bench"));
    boolean met = true;
    System.out.println("guest                         link        TCP goodput  live stage   share  target");
    try (Rig rig = Rig.open(hosts, Artifact.engine(artifacts.engine()), Artifact.guest(artifacts.guest()), logs)) {
      for (Case which : cases(new NpbConfigs(clone.resolve("npb-configs")).suite("quick").experiments().get(0))) {
        met &= new LinkShareBenchmark(hosts, logs, rig).measure(which);
      }
    }
    System.exit(met ? 0 : 1);
  }

  private boolean measure(Case which) throws IOException, InterruptedException {
    rig.link().shape(which.link());
    Bandwidth goodput = rig.link().goodput();
    GuestShape shape = new GuestShape(2, DataSize.parse("1GiB"));
    String arguments = Kernel.arguments("mg", which.problemClass(), shape.vcpus(), false);
    try (QmpRecord record = new QmpRecord(logs.resolve("qmp.jsonl"), System.nanoTime());
        Machine source = Machine.start(rig.source().host(),
            folder -> rig.hypervisor(rig.source(), Accelerator.TCG, shape, arguments, folder), records(record), Optional.empty())) {
      source.resume();
      source.serial().await("ready", LIMIT);
      if (which.idle()) {
        source.qmp().execute("stop", LIMIT);
      }
      Rig.Side to = rig.destination();
      try (Machine destination = Machine.start(to.host(),
          folder -> source.hypervisor().destination(to.binary(), to.firmware(), folder), records(record),
          Optional.of(source.serial()))) {
        Samples samples = new Samples(source);
        Migration move = new Migration(source.qmp(), destination.qmp(), Mplm.PAPER, to.host().config().migrationAddress(),
            port -> rig.link().target(port.getPort()), LIMIT);
        MigrationResult result = move.run(progress -> samples.look(progress.status()));
        Bandwidth live = samples.rate();
        double share = (double) live.bitsPerSecond() / goodput.bitsPerSecond();
        System.out.printf(Locale.ROOT, "%-28s  %-10s  %8.1f Mb/s  %5.1f Mb/s  %5.1f %%  %4.0f %%  (%s, live stage %.1f s)%n",
            which.title() + ", MG." + which.problemClass(), which.link(), goodput.bitsPerSecond() / 1e6, live.bitsPerSecond() / 1e6,
            100 * share, 100 * which.target(), result.outcome(), result.end().mplm().orElseThrow().liveTime().toMillis() / 1e3);
        return share >= which.target();
      }
    }
  }

  private Machine.Records records(QmpRecord record) {
    return new Machine.Records(logs, record, line -> { }, Optional.empty());
  }

  /** Acknowledged bytes over time, from half a second after the first until the guest is stopped. */
  private final class Samples {
    private final Machine source;
    private long first;
    private long begin;
    private long beginBytes;
    private long end;
    private long endBytes;

    Samples(Machine source) {
      this.source = source;
    }

    void look(String status) {
      if (!status.equals("active")) {
        return;
      }
      long bytes = acknowledged();
      long now = System.nanoTime();
      if (first == 0) {
        first = now;
      } else if (begin == 0 && now - first > SETTLE) {
        begin = now;
        beginBytes = bytes;
      } else if (begin != 0 && bytes > 0) {
        end = now;
        endBytes = bytes;
      }
    }

    Bandwidth rate() {
      if (end - begin < LOOK.toNanos()) {
        throw new IllegalStateException("the live stage was over before it could be looked at");
      }
      return new Bandwidth(Math.round((endBytes - beginBytes) * 8e9 / (end - begin)));
    }

    /** Over all connections to the destination, of which one carries the memory. */
    private long acknowledged() {
      Path namespace = hosts.link().namespaces().resolve("source");
      try {
        Process ss = new ProcessBuilder("nsenter", "--net=" + namespace, "ss", "-Htin", "dst",
            hosts.destination().migrationAddress()).redirectErrorStream(true).start();
        String text = new String(ss.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        long bytes = 0;
        for (Matcher matcher = ACKNOWLEDGED.matcher(text); matcher.find(); ) {
          bytes = Math.max(bytes, Long.parseLong(matcher.group(1)));
        }
        return bytes;
      } catch (IOException e) {
        throw new IllegalStateException("ss: " + e.getMessage(), e);
      }
    }
  }
}

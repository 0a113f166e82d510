// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.rig;

import static mplm.engine.unit.Patience.ANSWER;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import mplm.engine.guest.Accelerator;
import mplm.engine.guest.GuestShape;
import mplm.engine.guest.Hypervisor;
import mplm.engine.migration.Migration;
import mplm.engine.migration.MigrationResult;
import mplm.engine.migration.Precopy;
import mplm.engine.migration.Progress;
import mplm.engine.migration.Route;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;
import mplm.engine.unit.Patience;
import mplm.harness.host.HostException;
import mplm.harness.host.LinkConfig.Protection;
import mplm.harness.host.Output;
import mplm.harness.machine.Machine;

/**
 * What a migration stream carries from one host to the other, measured by one: a guest that never ran, with memory that is not
 * zero, moves for some seconds. It needs nothing on the hosts but the hypervisor; beyond some 10 Gbit/s it measures QEMU's one
 * thread.
 */
public final class MigrationGoodput {
  private static final DataSize MEMORY = DataSize.parse("256MiB");
  /** Above what firmware writes to. */
  private static final DataSize FILL_AT = DataSize.parse("16MiB");
  private static final DataSize FILL_SIZE = DataSize.parse("224MiB");
  private static final Bandwidth FAST = Bandwidth.parse("1Gbit/s");
  private static final Duration LIMIT = Duration.ofSeconds(3);
  /** The limit on a host so slow that the stream has hardly begun within the usual one. */
  private static final Duration LONGER_LIMIT = Patience.of(Duration.ofSeconds(30));
  /** Buffers fill meanwhile. */
  private static final Duration SETTLE = Duration.ofMillis(500);

  /** $1 file, $2 bytes. */
  private static final String FILL = "umask 077; rm -f -- \"$1\" && yes | head -c \"$2\" >\"$1\"";

  private MigrationGoodput() {}

  /**
   * Measures what the route carries now; on a fast link twice, for what is over in a moment scatters, and takes the
   * better.
   *
   * @param route from one to the other
   * @param protection of the stream, which can cost more CPU time than the network has
   * @param logs local folder
   * @throws HostException the destination cannot listen on its migration address, or the source does not reach it
   */
  public static Bandwidth measure(Rig.Side from, Rig.Side to, Route route, Protection protection, Path logs)
      throws IOException, InterruptedException {
    Bandwidth first = once(from, to, route, protection, logs);
    if (first.compareTo(FAST) < 0) {
      return first;
    }
    Bandwidth second = once(from, to, route, protection, logs);
    return first.compareTo(second) < 0 ? second : first;
  }

  private static Bandwidth once(Rig.Side from, Rig.Side to, Route route, Protection protection, Path logs)
      throws IOException, InterruptedException {
    for (Duration limit : List.of(LIMIT, LONGER_LIMIT)) {
      Optional<Bandwidth> rate = within(limit, from, to, route, protection, logs);
      if (rate.isPresent()) {
        return rate.orElseThrow();
      }
    }
    throw new HostException("link", "a migration stands still: nothing to measure " + Patience.within(LONGER_LIMIT));
  }

  private static Optional<Bandwidth> within(
      Duration limit, Rig.Side from, Rig.Side to, Route route, Protection protection, Path logs)
      throws IOException, InterruptedException {
    GuestShape shape = new GuestShape(1, UsableKvm.atLeastOnePage(MEMORY, from, to));
    Path folder = Files.createDirectories(logs.resolve("goodput-" + from.host().name()));
    Output filled = from.host().run(ANSWER, "sh", "-c", FILL, "mplm", from.memoryFile(), Long.toString(FILL_SIZE.bytes()));
    if (filled.exitStatus() != 0) {
      throw new HostException(from.host().name(), "cannot write " + FILL_SIZE + " to " + from.memoryFile() + ": " + filled.stderr().strip());
    }
    String fill = "loader,force-raw=on,addr=" + FILL_AT.bytes() + ",file=" + from.memoryFile().replace(",", ",,");
    try (Machine source = start(from, work -> Hypervisor.source(
            from.binary(), from.firmware(), Accelerator.TCG, shape, Optional.empty(), work).withMore("-device", fill), Files.createDirectories(folder.resolve("source")));
        Machine destination = start(to, work ->
            source.hypervisor().withMore().destination(to.binary(), to.firmware(), work), Files.createDirectories(folder.resolve("destination")))) {
      return source.use(() -> destination.use(() -> rate(new Migration(source.qmp(), destination.qmp(),
          new Precopy(Duration.ofMillis(1)), to.host().config().migrationAddress(), route, limit, Machine.key(protection, source, destination),
          false))));
    } finally {
      from.host().check(ANSWER, "rm", "-f", "--", from.memoryFile());
    }
  }

  private static Optional<Bandwidth> rate(Migration migration) throws IOException, InterruptedException {
    List<Progress> looks = new ArrayList<>();
    MigrationResult result = migration.run(looks::add);
    return switch (result.outcome()) {
      case COMPLETED -> Optional.of(rate(result.end().ram().orElseThrow().transferred().bytes(), result.totalTime().orElseThrow()));
      case NOT_CONVERGED -> rate(looks);
      case FAILED, LOST -> throw new HostException("link", result.reason().orElseThrow());
    };
  }

  private static Machine start(Rig.Side side, Function<String, Hypervisor> hypervisor, Path logs)
      throws IOException, InterruptedException {
    return Machine.start(side.host(), hypervisor, Machine.Records.logs(logs), Optional.empty());
  }

  /** The rate in the looks that were taken while the migration was under way; empty if they are too few. */
  private static Optional<Bandwidth> rate(List<Progress> looks) {
    List<Progress> steady = looks.stream()
        .filter(look -> look.status().equals("active") && look.ram().isPresent() && look.elapsed().compareTo(SETTLE) > 0)
        .toList();
    if (steady.size() < 2) {
      return Optional.empty();
    }
    Progress first = steady.get(0);
    Progress last = steady.get(steady.size() - 1);
    return Optional.of(rate(last.ram().orElseThrow().transferred().bytes() - first.ram().orElseThrow().transferred().bytes(),
        last.elapsed().minus(first.elapsed())));
  }

  private static Bandwidth rate(long bytes, Duration time) {
    return new Bandwidth(Math.max(1, Math.round(bytes * 8e9 / Math.max(1, time.toNanos()))));
  }
}

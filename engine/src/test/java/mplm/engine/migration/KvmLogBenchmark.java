// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import mplm.engine.LocalQemu;
import mplm.engine.guest.Accelerator;
import mplm.engine.guest.GuestShape;
import mplm.engine.guest.Hypervisor;
import mplm.engine.guest.TraceEvent;
import mplm.engine.migration.MigrationResult.Outcome;
import mplm.engine.unit.DataSize;

/**
 * What KVM's dirty log costs MPLM in guests of several sizes: how long a fetch holds the BQL, how long one ioctl clears a part of the
 * log, and the guest's downtime. The guest is a boot sector that writes to each page of a part of its memory all the time, so no Linux
 * has to boot. Two QEMUs of this machine are connected by its loopback device, whose rate is not limited.
 */
public final class KvmLogBenchmark {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  /**
   * In 32-bit protected mode with flat segments: for ever {@code incb (%ebx)}, from 1 MiB up, each 4096 bytes, to the address at
   * {@link #END}.
   */
  private static final String CODE = "fa31c08ed8660f0116507c0f20c00c010f22c066ea1b7c0000080066b810008ed8"
      + "bb00001000fe0381c30010000081fb1122334472f0ebe90000000000000000ffff0000009acf00ffff00000092cf001700387c0000";
  private static final int END = 0x30;

  private KvmLogBenchmark() {}

  /** What was seen of one migration, microseconds; the longest fetch and clear are 0 for stock pre-copy, which does not report them. */
  private record Cost(long fetch, long clear, long downtime) {}

  /**
   * Prints a table, a row per size, method and engine; without KVM, that it is left out.
   *
   * @param arguments how many MiB the guest writes to, the number of rounds, sizes such as {@code 1GiB,8GiB}, then engine folders, of
   *     which each round moves a guest once per size and method
   */
  public static void main(String[] arguments) throws Exception {
    if (!Files.isWritable(Path.of("/dev/kvm"))) {
      System.out.println("what KVM's dirty log costs: left out, /dev/kvm cannot be opened here");
      return;
    }
    int written = Integer.parseInt(arguments[0]);
    int rounds = Integer.parseInt(arguments[1]);
    List<DataSize> sizes = Arrays.stream(arguments[2].split(",")).map(DataSize::parse).toList();
    List<String> engines = List.of(arguments).subList(3, arguments.length);
    Map<String, List<Cost>> costs = new TreeMap<>();
    for (int round = 0; round < rounds; round++) {
      for (DataSize size : sizes) {
        for (String engine : engines) {
          for (Method method : List.of(Method.parse("mplm:epoch=0.1s"), Method.parse("precopy:0.3s"))) {
            String row = String.format(Locale.ROOT, "%6s  %-15s %s", size, method, engine);
            costs.computeIfAbsent(row, any -> new ArrayList<>()).add(migrate(Path.of(engine), size, written, method));
          }
        }
      }
    }
    System.out.printf(Locale.ROOT, "KVM, 1 vCPU that writes %d MiB without a pause; %d migrations per row; ms%n", written, rounds);
    System.out.println("BQL held for a fetch   one ioctl that clears   STOP to RESUME");
    System.out.println("median      longest    median      longest     least   median  most    guest, method, engine");
    costs.forEach((row, seen) -> System.out.printf(Locale.ROOT, "%-10.3f  %-9.3f  %-10.3f  %-10.3f  %-6.1f  %-6.1f  %-6.1f  %s%n",
        at(seen.stream().map(Cost::fetch), .5), at(seen.stream().map(Cost::fetch), 1), at(seen.stream().map(Cost::clear), .5),
        at(seen.stream().map(Cost::clear), 1), at(seen.stream().map(Cost::downtime), 0), at(seen.stream().map(Cost::downtime), .5),
        at(seen.stream().map(Cost::downtime), 1), row));
  }

  private static double at(Stream<Long> microseconds, double quantile) {
    List<Long> sorted = microseconds.sorted().toList();
    return sorted.get((int) Math.round(quantile * (sorted.size() - 1))) / 1e3;
  }

  private static Cost migrate(Path engine, DataSize size, int written, Method method) throws Exception {
    Path work = Files.createTempDirectory("mplm-log-cost-");
    Path disk = Files.write(work.resolve("disk"), disk(written));
    Hypervisor from = Hypervisor.source(engine.resolve("bin/qemu-system-x86_64").toString(), engine.resolve("share").toString(),
        Accelerator.KVM, new GuestShape(1, size), Optional.empty(), work.toString());
    String[] boots = {"-drive", "if=none,id=disk,format=raw,file=" + disk, "-device", "virtio-blk-pci,drive=disk"};
    List<String> traced = new ArrayList<>(List.of(boots));
    traced.addAll(List.of("-trace", "mplm_cost"));
    try (LocalQemu source = LocalQemu.start("source", from.withMore(traced.toArray(String[]::new)));
        LocalQemu destination = LocalQemu.start("destination", there(from).withMore(boots))) {
      source.qmp().execute("cont", LocalQemu.SOON);
      awaitWrites(source, written);
      MigrationResult result =
          new Migration(source.qmp(), destination.qmp(), method, "127.0.0.1", Route.DIRECT, LIMIT).run(progress -> { });
      if (result.outcome() != Outcome.COMPLETED) {
        throw new IOException(result.outcome() + result.reason().map(reason -> ": " + reason).orElse("") + ", at the end " + result.end());
      }
      List<String> log = Files.readAllLines(source.log(), StandardCharsets.UTF_8);
      List<TraceEvent> fetches = TraceEvent.of(log.stream()).stream().filter(event -> event.name().equals("mplm_cost")).toList();
      return new Cost(longest(fetches, "bql_us="), longest(fetches, "longest_us="), result.downtimeSeen().orElseThrow().toNanos() / 1000);
    }
  }

  private static Hypervisor there(Hypervisor from) throws IOException {
    return from.destination(from.binary(), from.firmware(), Files.createTempDirectory("mplm-log-cost-").toString());
  }

  private static long longest(List<TraceEvent> fetches, String key) {
    return fetches.stream().flatMap(event -> Arrays.stream(event.arguments().split(" "))).filter(word -> word.startsWith(key))
        .mapToLong(word -> Long.parseLong(word.substring(key.length()))).max().orElse(0);
  }

  /** Firmware has found the disk, and the guest has been through its memory once. */
  private static void awaitWrites(LocalQemu source, int written) throws Exception {
    Map<String, Object> last = Map.of("command-line", "xp /1xb " + (end(written) - 4096));
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (source.qmp().execute("human-monitor-command", last, LocalQemu.SOON).asText().contains(": 0x00")) {
      if (System.nanoTime() > deadline) {
        throw new IOException("the guest did not write");
      }
      Thread.sleep(100);
    }
  }

  private static int end(int written) {
    return (1 + written) << 20;
  }

  /** A disk, of a size that firmware takes, with nothing but the boot sector. */
  private static byte[] disk(int written) {
    byte[] disk = Arrays.copyOf(HexFormat.of().parseHex(CODE), 1 << 20);
    for (int n = 0; n < 4; n++) {
      disk[END + n] = (byte) (end(written) >> 8 * n);
    }
    disk[510] = 0x55;
    disk[511] = (byte) 0xaa;
    return disk;
  }
}

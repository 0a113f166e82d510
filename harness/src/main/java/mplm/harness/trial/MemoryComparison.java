// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import mplm.engine.unit.DataSize;
import mplm.harness.host.Host;
import mplm.harness.host.HostException;
import mplm.harness.report.MemoryVerdict;

/** Compares two hosts' memory files while the guest stands still at both ends, by digests that each host computes. */
final class MemoryComparison {
  private static final DataSize BLOCK = DataSize.parse("2MiB");
  /** A slow host digests 50 MB in a second. */
  private static final double SLOWEST_BYTES_PER_SECOND = 50e6;

  private static final DataSize PAGE = DataSize.parse("4KiB");
  private static final int LOOKED_INTO = 8;
  private static final Duration PAGES = Duration.ofSeconds(60);

  /** $1 file, $2 number of a block. */
  private static final String PAGE_DIGESTS =
      "dd if=\"$1\" bs=2097152 skip=\"$2\" count=1 status=none | split --bytes=4096 --filter=sha256sum";

  private MemoryComparison() {}

  /** Compares {@code size} bytes; of blocks that differ, the first {@value #LOOKED_INTO} are looked into for their pages. */
  static MemoryVerdict of(Host one, String file, Host other, String otherFile, DataSize size) {
    Duration timeout = Duration.ofSeconds(30 + (long) (size.bytes() / SLOWEST_BYTES_PER_SECOND));
    List<Long> blocks = both(() -> digests(one, timeout, file), () -> digests(other, timeout, otherFile),
        (here, there) -> different(here, there, size, BLOCK));
    List<MemoryVerdict.Difference> differences = new ArrayList<>();
    for (long block : blocks) {
      DataSize length = new DataSize(Math.min(BLOCK.bytes(), size.bytes() - block));
      differences.add(new MemoryVerdict.Difference(block, differences.size() >= LOOKED_INTO ? List.of()
          : both(() -> pageDigests(one, file, block), () -> pageDigests(other, otherFile, block),
              (here, there) -> different(here, there, length, PAGE).stream().map(page -> block + page).toList())));
    }
    return new MemoryVerdict(size, differences);
  }

  /** At what offsets parts of {@code part} bytes differ, by the digests of both sides, of which there must be one a part. */
  static List<Long> different(List<String> one, List<String> other, DataSize size, DataSize part) {
    int parts = Math.toIntExact((size.bytes() + part.bytes() - 1) / part.bytes());
    if (one.size() != parts || other.size() != parts) {
      throw new HostException("hosts", "memory of " + size + " is " + one.size() + " parts of " + part + " at the source and "
          + other.size() + " at the destination");
    }
    return IntStream.range(0, parts).filter(i -> !one.get(i).equals(other.get(i))).mapToObj(i -> i * part.bytes()).toList();
  }

  private static List<Long> both(Supplier<List<String>> one, Supplier<List<String>> other,
      BiFunction<List<String>, List<String>, List<Long>> compare) {
    CompletableFuture<List<String>> here = CompletableFuture.supplyAsync(one);
    CompletableFuture<List<String>> there = CompletableFuture.supplyAsync(other);
    try {
      return compare.apply(here.join(), there.join());
    } catch (CompletionException e) {
      throw e.getCause() instanceof HostException cause ? cause : e;
    }
  }

  private static List<String> digests(Host host, Duration timeout, String file) {
    return host.check(timeout, "split", "--bytes=" + BLOCK.bytes(), "--filter=sha256sum", file).lines().toList();
  }

  private static List<String> pageDigests(Host host, String file, long block) {
    return host.check(PAGES, "sh", "-c", PAGE_DIGESTS, "mplm", file, Long.toString(block / BLOCK.bytes())).lines().toList();
  }
}

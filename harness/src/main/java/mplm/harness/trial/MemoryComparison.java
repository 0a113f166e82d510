// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import static mplm.engine.trace.TraceHeader.PAGE_BYTES;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import mplm.engine.unit.DataSize;
import mplm.engine.unit.Patience;
import mplm.harness.host.Host;
import mplm.harness.host.HostException;
import mplm.harness.result.MemoryVerdict;

/**
 * Compares two hosts' memory files while the guest stands still at both ends: by digests of blocks, which each host computes, and
 * byte by byte where these differ. Every byte has to be equal but those of exempt areas.
 */
public final class MemoryComparison {
  private static final DataSize BLOCK = DataSize.parse("2MiB");
  private static final double SLOWEST_BYTES_PER_SECOND = 1e6;

  /** The most blocks that are looked into, of those that differ for certain. */
  private static final int LOOKED_INTO = 8;

  /** $1 file, $2 number of a block. */
  private static final String BYTES = "dd if=\"$1\" bs=2097152 skip=\"$2\" count=1 status=none | base64";

  private MemoryComparison() {}

  /**
   * The time for which a host is waited for. An emulated one on a busy machine digests 2 MB per second. The loss of a host is noticed sooner, by its
   * connection.
   *
   * @param size of what is to be compared
   */
  public static Duration timeout(DataSize size) {
    return Patience.of(Duration.ofMinutes(5).plusSeconds((long) (size.bytes() / SLOWEST_BYTES_PER_SECOND)));
  }

  /**
   * Compares {@code size} bytes.
   *
   * @param areas what the hosts write there by themselves, by their place in the file
   */
  static MemoryVerdict of(Host one, String file, Host other, String otherFile, DataSize size, List<MemoryVerdict.Area> areas) {
    List<Long> blocks = both(() -> digests(one, file, size), () -> digests(other, otherFile, size),
        (here, there) -> different(here, there, size, BLOCK));
    List<MemoryVerdict.Difference> differences = new ArrayList<>();
    for (long block : blocks) {
      if (differences.size() < LOOKED_INTO || areas.stream().anyMatch(area -> area.exempt() && touches(area, block))) {
        List<Long> pages = both(() -> bytes(one, file, block), () -> bytes(other, otherFile, block),
            (here, there) -> differentPages(here, there, block, areas));
        if (!pages.isEmpty()) {
          differences.add(new MemoryVerdict.Difference(block, pages));
        }
      } else {
        differences.add(new MemoryVerdict.Difference(block, List.of()));
      }
    }
    return new MemoryVerdict(size, areas, differences);
  }

  private static boolean touches(MemoryVerdict.Area area, long block) {
    return area.at() < block + BLOCK.bytes() && area.at() + area.bytes() > block;
  }

  /** Where each page that differs has its first byte that differs and is not exempt; {@code at} is where both blocks begin. */
  static List<Long> differentPages(byte[] one, byte[] other, long at, List<MemoryVerdict.Area> areas) {
    if (one.length != other.length) {
      throw new HostException("hosts", "a block of memory has " + one.length + " bytes at the source and " + other.length
          + " at the destination");
    }
    List<Long> pages = new ArrayList<>();
    for (int i = 0; i < one.length; i++) {
      long byteAt = at + i;
      if (one[i] != other[i] && areas.stream().noneMatch(area -> area.exempt() && area.has(byteAt))) {
        pages.add(byteAt);
        i |= PAGE_BYTES - 1; // on to the next page
      }
    }
    return pages;
  }

  /** The offsets at which parts of {@code part} bytes differ, by the digests of both sides, of which there must be one per part. */
  static List<Long> different(List<String> one, List<String> other, DataSize size, DataSize part) {
    int parts = Math.toIntExact((size.bytes() + part.bytes() - 1) / part.bytes());
    if (one.size() != parts || other.size() != parts) {
      throw new HostException("hosts", "memory of " + size + " is " + one.size() + " parts of " + part + " at the source and "
          + other.size() + " at the destination");
    }
    return IntStream.range(0, parts).filter(i -> !one.get(i).equals(other.get(i))).mapToObj(i -> i * part.bytes()).toList();
  }

  private static <T> List<Long> both(Supplier<T> one, Supplier<T> other, BiFunction<T, T, List<Long>> compare) {
    CompletableFuture<T> here = CompletableFuture.supplyAsync(one);
    CompletableFuture<T> there = CompletableFuture.supplyAsync(other);
    try {
      return compare.apply(here.join(), there.join());
    } catch (CompletionException e) {
      throw e.getCause() instanceof HostException cause ? cause : e;
    }
  }

  private static List<String> digests(Host host, String file, DataSize size) {
    return host.check(timeout(size), "split", "--bytes=" + BLOCK.bytes(), "--filter=sha256sum", file).lines().toList();
  }

  private static byte[] bytes(Host host, String file, long block) {
    return Base64.getMimeDecoder().decode(
        host.check(timeout(BLOCK), "sh", "-c", BYTES, "mplm", file, Long.toString(block / BLOCK.bytes())));
  }
}

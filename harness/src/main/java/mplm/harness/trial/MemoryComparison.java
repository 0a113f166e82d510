// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import mplm.engine.unit.DataSize;
import mplm.harness.host.Host;
import mplm.harness.host.HostException;

/** Compares two hosts' memory files while the guest stands still at both ends, by digests that each host computes. */
final class MemoryComparison {
  private static final DataSize BLOCK = DataSize.parse("2MiB");
  /** A slow host digests 50 MB in a second. */
  private static final double SLOWEST_BYTES_PER_SECOND = 50e6;

  private MemoryComparison() {}

  /** Where the two differ, in one line; empty when every byte of {@code size} is equal. */
  static Optional<String> difference(Host one, String file, Host other, String otherFile, DataSize size) {
    Duration timeout = Duration.ofSeconds(30 + (long) (size.bytes() / SLOWEST_BYTES_PER_SECOND));
    CompletableFuture<List<String>> here = CompletableFuture.supplyAsync(() -> digests(one, file, timeout));
    CompletableFuture<List<String>> there = CompletableFuture.supplyAsync(() -> digests(other, otherFile, timeout));
    try {
      return difference(here.join(), there.join(), size);
    } catch (CompletionException e) {
      throw e.getCause() instanceof HostException cause ? cause : e;
    }
  }

  static Optional<String> difference(List<String> one, List<String> other, DataSize size) {
    int blocks = Math.toIntExact((size.bytes() + BLOCK.bytes() - 1) / BLOCK.bytes());
    if (one.size() != blocks || other.size() != blocks) {
      return Optional.of("memory of " + size + " is " + one.size() + " blocks of " + BLOCK + " at the source and " + other.size()
          + " at the destination");
    }
    List<Integer> different = IntStream.range(0, blocks).filter(i -> !one.get(i).equals(other.get(i))).boxed().toList();
    return different.isEmpty()
        ? Optional.empty()
        : Optional.of("memory differs in " + different.size() + " of " + blocks + " blocks of " + BLOCK + ", the first at 0x"
            + Long.toHexString(different.get(0) * BLOCK.bytes()));
  }

  private static List<String> digests(Host host, String file, Duration timeout) {
    return host.check(timeout, "split", "--bytes=" + BLOCK.bytes(), "--filter=sha256sum", file).lines().toList();
  }
}

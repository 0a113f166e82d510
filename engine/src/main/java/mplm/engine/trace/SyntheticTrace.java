// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.trace;

import static mplm.engine.trace.TraceHeader.PAGE_BYTES;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import mplm.engine.unit.DataSize;
import mplm.engine.unit.Durations;

/**
 * A guest that writes pages of a working set at a fixed rate, from a seed. Its text form is {@code
 * synthetic:memory=512MiB,set=64MiB,at=224MiB,rate=5000,pattern=sequential,zero=0,length=60s,seed=1}; all but {@code memory},
 * {@code set} and {@code rate} may be left out.
 *
 * @param memory the guest's
 * @param workingSet the part of it that is written
 * @param at where that begins
 * @param rate writes per second, each to one page
 * @param pattern which page is next
 * @param zeroPercent of the memory outside the working set that are zero pages, in runs of 1 MiB; the working set is used
 * @param length after which the trace ends
 * @param seed of what is random
 */
public record SyntheticTrace(
    DataSize memory, DataSize workingSet, DataSize at, long rate, Pattern pattern, int zeroPercent, Duration length, long seed)
    implements Trace {
  private static final String PREFIX = "synthetic:";
  private static final Duration INTERVAL = Duration.ofMillis(100);
  private static final int ZERO_RUN = 256;

  /** Which page is written next. */
  public enum Pattern {
    /** The one behind, from the last to the first again. */
    SEQUENTIAL,
    /** Any, all alike. */
    RANDOM,
    /** Nine times of ten one of the first tenth of the working set, else any. */
    HOT_COLD;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  public SyntheticTrace {
    for (DataSize size : new DataSize[] {memory, workingSet, at}) {
      if (size.bytes() % PAGE_BYTES != 0 || size.bytes() / PAGE_BYTES > Integer.MAX_VALUE) {
        throw new IllegalArgumentException("sizes are whole pages of 4KiB, 8TiB less a page at most, not " + size);
      }
    }
    if (memory.bytes() == 0 || at.bytes() + workingSet.bytes() > memory.bytes()) {
      throw new IllegalArgumentException("a working set of " + workingSet + " at " + at + " is not within a memory of " + memory);
    }
    if (rate < 0 || rate > 100_000_000 || rate > 0 && workingSet.bytes() == 0) {
      throw new IllegalArgumentException("the rate is 0 to 100000000 writes per second, 0 without a working set, not " + rate);
    }
    if (zeroPercent < 0 || zeroPercent > 100) {
      throw new IllegalArgumentException("the share of zero pages is 0 to 100 percent, not " + zeroPercent);
    }
    if (length.compareTo(INTERVAL) < 0 || length.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException("the length is 0.1s to 24h, not " + Durations.print(length));
    }
  }

  /** Whether {@link #parse} is meant to read this text. */
  public static boolean isMeant(String text) {
    return text.startsWith(PREFIX);
  }

  /** Reads a text form; {@link IllegalArgumentException} with what is allowed for any other text. */
  public static SyntheticTrace parse(String text) {
    DataSize memory = null;
    DataSize set = null;
    DataSize at = new DataSize(0);
    Long rate = null;
    Pattern pattern = Pattern.RANDOM;
    int zero = 0;
    Duration length = Duration.ofMinutes(1);
    long seed = 1;
    Set<String> keys = new HashSet<>();
    for (String setting : text.substring(isMeant(text) ? PREFIX.length() : 0).split(",", -1)) {
      String key = setting.substring(0, setting.indexOf('=') + 1);
      String value = setting.substring(key.length());
      if (!key.isEmpty() && !keys.add(key)) {
        throw new IllegalArgumentException("'" + setting + "': " + key.replace("=", "") + " is set twice");
      }
      switch (key) {
        case "memory=" -> memory = DataSize.parse(value);
        case "set=" -> set = DataSize.parse(value);
        case "at=" -> at = DataSize.parse(value);
        case "rate=" -> rate = (long) number(setting, value);
        case "pattern=" -> pattern = Arrays.stream(Pattern.values()).filter(one -> one.toString().equals(value)).findFirst()
            .orElseThrow(() -> new IllegalArgumentException("'" + setting + "': allowed: sequential, random, hot-cold"));
        case "zero=" -> zero = number(setting, value);
        case "length=" -> length = Durations.parse(value);
        case "seed=" -> seed = number(setting, value);
        default -> throw new IllegalArgumentException("'" + setting
            + "' is not a setting of a synthetic trace: it takes memory=SIZE, set=SIZE, at=SIZE,"
            + " rate=WRITES_A_SECOND, pattern=PATTERN, zero=PERCENT, length=DURATION, seed=NUMBER");
      }
    }
    if (memory == null || set == null || rate == null) {
      throw new IllegalArgumentException("'" + text + "': a synthetic trace needs memory, set and rate");
    }
    return new SyntheticTrace(memory, set, at, rate, pattern, zero, length, seed);
  }

  private static int number(String setting, String value) {
    if (!value.matches("\\d{1,9}")) {
      throw new IllegalArgumentException("'" + setting + "' is not a whole number below 1000000000");
    }
    return Integer.parseInt(value);
  }

  @Override
  public TraceHeader header() {
    return new TraceHeader(pages(memory), INTERVAL, toString());
  }

  @Override
  public PageRuns used() {
    PageRuns used = new PageRuns();
    int first = pages(at);
    int end = first + pages(workingSet);
    SplittableRandom random = new SplittableRandom(seed);
    addUsed(used, 0, first, random);
    if (end > first) {
      used.add(first, end);
    }
    addUsed(used, end, pages(memory), random);
    return used;
  }

  private void addUsed(PageRuns used, int from, int to, SplittableRandom random) {
    for (long page = from; page < to; page += ZERO_RUN) {
      if (random.nextInt(100) >= zeroPercent) {
        used.add((int) page, (int) Math.min(page + ZERO_RUN, to));
      }
    }
  }

  @Override
  public Player play() {
    return new Writer();
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%smemory=%s,set=%s,at=%s,rate=%d,pattern=%s,zero=%d,length=%s,seed=%d",
        PREFIX, memory, workingSet, at, rate, pattern, zeroPercent, Durations.print(length), seed);
  }

  private static int pages(DataSize size) {
    return (int) (size.bytes() / PAGE_BYTES);
  }

  private final class Writer implements Player {
    private final SplittableRandom random = new SplittableRandom(seed);
    private final int first = pages(at);
    private final int size = pages(workingSet);
    private final long intervals = length.toMillis() / INTERVAL.toMillis();
    private long interval;
    private long writes;
    private int[] pages = new int[16];

    @Override
    public Optional<Duration> next(PageRuns dirtied) {
      dirtied.clear();
      if (interval == intervals) {
        return Optional.empty();
      }
      interval++;
      long until = rate * interval * INTERVAL.toMillis() / 1000;
      int count = (int) (until - writes);
      if (pages.length < count) {
        pages = new int[count];
      }
      for (int n = 0; n < count; n++) {
        pages[n] = first + next();
      }
      Arrays.sort(pages, 0, count);
      for (int n = 0; n < count; n++) {
        if (n == 0 || pages[n] != pages[n - 1]) {
          dirtied.add(pages[n], pages[n] + 1);
        }
      }
      return Optional.of(INTERVAL);
    }

    private int next() {
      long write = writes++;
      return switch (pattern) {
        case SEQUENTIAL -> (int) (write % size);
        case RANDOM -> random.nextInt(size);
        case HOT_COLD -> random.nextInt(random.nextInt(10) == 0 ? size : (size + 9) / 10);
      };
    }

    @Override
    public void close() {
      // holds nothing
    }
  }
}

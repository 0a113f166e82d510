// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Callback;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.zip.GZIPInputStream;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** The recorder in QEMU writes what {@link TraceWriter} writes: {@code engine/recorder/dirty-trace.c}. */
public class RecorderTest {
  /** {@code engine/recorder/dirty-trace.h}. */
  public interface DirtyTrace extends Library {
    /** Takes bytes. */
    interface Out extends Callback {
      int take(Pointer opaque, Pointer bytes, long size);
    }

    String dirty_trace_error(long pages, int interval, String source);

    Pointer dirty_trace_new(Out out, Pointer opaque, long pages, int interval, String source);

    void dirty_trace_free(Pointer trace);

    int dirty_trace_add(Pointer trace, long first, long count);

    int dirty_trace_used(Pointer trace);

    int dirty_trace_dirtied(Pointer trace, long us);

    int dirty_trace_zeroed(Pointer trace);

    int dirty_trace_end(Pointer trace);
  }

  private static final DirtyTrace C = Native.load("mplm", DirtyTrace.class);

  @DataProvider
  public Object[][] seeds() {
    return LongStream.range(0, 100).mapToObj(seed -> new Object[] {seed}).toArray(Object[][]::new);
  }

  @Test(dataProvider = "seeds")
  public void bothWritersWriteTheSame(long seed) throws IOException {
    Random random = new Random(seed);
    int pages = seed % 5 == 0 ? Integer.MAX_VALUE : 1 + random.nextInt(100_000);
    TraceHeader header = new TraceHeader(pages, Duration.ofMillis(1 + random.nextInt(60_000)), "a guest, " + seed);
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    DirtyTrace.Out out = (opaque, bytes, size) -> {
      written.writeBytes(bytes.getByteArray(0, (int) size));
      return 0;
    };
    int interval = (int) header.interval().toMillis();
    assertThat(C.dirty_trace_error(pages, interval, header.source())).isNull();
    Pointer trace = C.dirty_trace_new(out, null, pages, interval, header.source());
    Path file = Files.createTempFile("trace", ".mplm");
    try {
      PageRuns used = some(trace, random, pages);
      assertThat(C.dirty_trace_used(trace)).isZero();
      try (TraceWriter writer = new TraceWriter(file, header, used)) {
        for (int n = random.nextInt(20); n > 0; n--) {
          PageRuns dirtied = some(trace, random, pages);
          long us = 1 + random.nextInt(1_000_000_000);
          assertThat(C.dirty_trace_dirtied(trace, us)).isZero();
          PageRuns zeroed = some(trace, random, dirtied);
          assertThat(C.dirty_trace_zeroed(trace)).isZero();
          writer.interval(Duration.ofNanos(us * 1_000), dirtied, zeroed);
        }
        assertThat(C.dirty_trace_end(trace)).isZero();
        writer.end();
      }
      try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
        assertThat(written.toByteArray()).isEqualTo(in.readAllBytes());
      }
    } finally {
      C.dirty_trace_free(trace);
      Files.delete(file);
    }
  }

  /** Page by page or in pieces that touch each other, as blocks do. */
  /** Some pages of a set, told to the recorder and returned. */
  private static PageRuns some(Pointer trace, Random random, PageRuns of) {
    PageRuns runs = new PageRuns();
    for (int run = 0; run < of.runs(); run++) {
      int first = of.first(run) + random.nextInt(of.end(run) - of.first(run));
      if (random.nextBoolean()) {
        int end = first + 1 + random.nextInt(of.end(run) - first);
        assertThat(C.dirty_trace_add(trace, first, end - first)).isZero();
        runs.add(first, end);
      }
    }
    return runs;
  }

  private static PageRuns some(Pointer trace, Random random, int pages) {
    PageRuns runs = new PageRuns();
    long page = 0;
    for (int n = random.nextInt(2_000); n > 0; n--) {
      page += random.nextInt(3) * (long) random.nextInt(random.nextInt(10) == 0 ? pages : 20);
      long end = page + 1 + random.nextInt(30);
      if (end > pages) {
        break;
      }
      assertThat(C.dirty_trace_add(trace, page, end - page)).isZero();
      runs.add((int) page, (int) end);
      page = end;
    }
    return runs;
  }

  @Test
  public void aSinkThatIsFullIsTold() {
    int[] room = {1000};
    DirtyTrace.Out out = (opaque, bytes, size) -> (room[0] -= (int) size) < 0 ? -1 : 0;
    Pointer trace = C.dirty_trace_new(out, null, 1_000_000, 100, "");
    try {
      int n = 0;
      while (C.dirty_trace_dirtied(trace, 100_000) == 0 && C.dirty_trace_zeroed(trace) == 0 && n < 1000) {
        n++;
      }
      assertThat(n).isBetween(100, 999);
      assertThat(C.dirty_trace_new(out, null, 1, 100, "")).isNull();
    } finally {
      C.dirty_trace_free(trace);
    }
  }

  @DataProvider
  public Object[][] errors() {
    return new Object[][] {
      {0L, 100, "", "a trace is of 1 to 2147483647 pages of 4096 bytes"},
      {1L << 31, 100, "", "a trace is of 1 to 2147483647 pages of 4096 bytes"},
      {1L, 0, "", "the interval must be 1 to 60000 ms"},
      {1L, 60_001, "", "the interval must be 1 to 60000 ms"},
      {1L, 1, "x".repeat(501), "the source must be one line of up to 500 ASCII characters"},
      {1L, 1, "two\nlines", "the source must be one line of up to 500 ASCII characters"},
      {1L, 60_000, "x".repeat(500), null},
      {(1L << 31) - 1, 1, "", null},
    };
  }

  @Test(dataProvider = "errors")
  public void whatATraceCannotBeOfIsTold(long pages, int interval, String source, String told) {
    assertThat(C.dirty_trace_error(pages, interval, source)).isEqualTo(told);
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

public class TraceFileTest {
  private Path file;

  @BeforeMethod
  public void create() throws IOException {
    file = Files.createTempFile("trace", ".mplm");
  }

  @AfterMethod(alwaysRun = true)
  public void remove() throws IOException {
    Files.delete(file);
  }

  @DataProvider
  public Object[][] seeds() {
    return LongStream.range(0, 100).mapToObj(seed -> new Object[] {seed}).toArray(Object[][]::new);
  }

  @Test(dataProvider = "seeds")
  public void whatIsWrittenIsRead(long seed) throws IOException {
    Random random = new Random(seed);
    int pages = seed % 5 == 0 ? Integer.MAX_VALUE : 1 + random.nextInt(3000);
    TraceHeader header = new TraceHeader(pages, Duration.ofMillis(1 + random.nextInt(60_000)), "a guest, " + seed);
    PageRuns used = some(random, pages);
    List<PageRuns> dirtied = new ArrayList<>();
    List<PageRuns> zeroed = new ArrayList<>();
    List<Duration> lengths = new ArrayList<>();
    try (TraceWriter writer = new TraceWriter(file, header, used)) {
      for (int n = random.nextInt(20); n > 0; n--) {
        dirtied.add(some(random, pages));
        lengths.add(Duration.ofNanos((1 + random.nextInt(1_000_000)) * 1000L));
        zeroed.add(some(random, dirtied.get(dirtied.size() - 1)));
        writer.interval(lengths.get(lengths.size() - 1), dirtied.get(dirtied.size() - 1), zeroed.get(zeroed.size() - 1));
      }
      writer.end();
    }
    TraceFile trace = new TraceFile(file);
    assertThat(trace.header()).isEqualTo(header);
    assertThat(trace.used()).isEqualTo(used);
    for (int time = 0; time < 2; time++) {
      try (Trace.Player player = trace.play()) {
        PageRuns read = new PageRuns();
        for (int n = 0; n < dirtied.size(); n++) {
          assertThat(player.next(read)).contains(lengths.get(n));
          assertThat(read).isEqualTo(dirtied.get(n));
          assertThat(player.zeroed()).isEqualTo(zeroed.get(n));
        }
        assertThat(player.next(read)).isEmpty();
        assertThat(player.next(read)).isEmpty();
        assertThat(read.runs()).isZero();
      }
    }
  }

  private static PageRuns some(Random random, PageRuns of) {
    PageRuns runs = new PageRuns();
    for (int run = 0; run < of.runs(); run++) {
      int first = of.first(run) + random.nextInt(of.end(run) - of.first(run));
      if (random.nextBoolean()) {
        runs.add(first, first + 1 + random.nextInt(of.end(run) - first));
      }
    }
    return runs;
  }

  private static PageRuns some(Random random, int pages) {
    PageRuns runs = new PageRuns();
    long page = 0;
    for (int n = random.nextInt(200); n > 0; n--) {
      page += random.nextInt(random.nextInt(10) == 0 ? pages : 20);
      long end = page + 1 + random.nextInt(30);
      if (end > pages) {
        break;
      }
      runs.add((int) page, (int) end);
      page = end;
    }
    return runs;
  }

  @Test
  public void version1HasNoZeroedPages() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes("mplm-trace 1\npage-size 4096\npages 1000\ninterval-ms 100\nsource old\n".getBytes(StandardCharsets.US_ASCII));
    // page 10 is used; 100 us, pages 3 and 4; 1 us, none; the end of two intervals
    bytes.writeBytes(new byte[] {1, 10, 1, 100, 1, 3, 2, 1, 0, 0, 2});
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      bytes.writeTo(out);
    }
    try (Trace.Player player = new TraceFile(file).play()) {
      PageRuns read = new PageRuns();
      assertThat(player.next(read)).contains(Duration.ofNanos(100_000));
      assertThat(read).hasToString("[3-4]");
      assertThat(player.zeroed().runs()).isZero();
      assertThat(player.next(read)).contains(Duration.ofNanos(1_000));
      assertThat(player.next(read)).isEmpty();
    }
  }

  @DataProvider
  public Object[][] damages() {
    return new Object[][] {
      {"empty", bytes(whole -> new byte[0]), "not a trace: it does not begin as a gzip file"},
      {"wrong magic", bytes(whole -> "mplm-trace 1\n".getBytes(StandardCharsets.US_ASCII)),
        "not a trace: it does not begin as a gzip file"},
      {"another gzip file", contents(all -> "hello\n".getBytes(StandardCharsets.US_ASCII)),
        "not a trace: a line 'mplm-trace ...' is missing, there is 'hello'"},
      {"a binary gzip file", contents(all -> new byte[] {0, 1, 2}), "not a trace: a line 'mplm-trace ...' is missing"},
      {"an empty gzip file", contents(all -> new byte[0]), "truncated: it ends before the trace does"},
      {"other version", text("mplm-trace 2", "mplm-trace 3"), "mplm-trace '3' is not allowed, allowed: 1 to 2"},
      {"foreign page size", text("page-size 4096", "page-size 65536"), "page-size '65536' is not allowed, allowed: 4096"},
      {"no guest", text("pages 1000", "pages 0"), "pages '0' is not allowed, allowed: 1 to 2147483647"},
      {"large guest", text("pages 1000", "pages 9999999999"), "pages '9999999999' is not allowed, allowed: 1 to 2147483647"},
      {"interval", text("interval-ms 100", "interval-ms ten"), "interval-ms 'ten' is not allowed, allowed: 1 to 60000"},
      {"line missing", text("pages 1000\n", ""), "not a trace: a line 'pages ...' is missing, there is 'interval-ms 100'"},
      {"guest of fewer pages", text("pages 1000", "pages 10"), "damaged: 1 pages 10 behind page 0 of 10"},
      {"half of the file", bytes(whole -> Arrays.copyOf(whole, whole.length / 2)), "truncated: it ends before the trace does"},
      {"the checksum is cut", bytes(whole -> Arrays.copyOf(whole, whole.length - 3)), "truncated: it ends before the trace does"},
      {"the end is not said", contents(all -> Arrays.copyOf(all, all.length - 2)), "truncated: it ends before the trace does"},
      {"another count of intervals", contents(all -> with(all, all.length - 1, 3)), "damaged: it has 2 intervals and says 3"},
      {"something follows", contents(all -> Arrays.copyOf(all, all.length + 1)), "damaged: something follows the end of the trace"},
      {"an endless number", contents(all -> {
        byte[] more = Arrays.copyOf(all, all.length + 20);
        Arrays.fill(more, all.length - 1, more.length, (byte) 0xff);
        return more;
      }), "damaged: a number of more than 9 bytes"},
      // the second interval dirties pages 900 to 949; its zero pages become page 3
      {"a zero page that was not dirtied", contents(all -> {
        byte[] changed = Arrays.copyOf(all, all.length + 2);
        System.arraycopy(new byte[] {1, 3, 1, 0, 2}, 0, changed, changed.length - 5, 5);
        return changed;
      }), "damaged: in interval 1 a page became a zero page and was not dirtied"},
      {"the checksum is wrong", bytes(whole -> with(whole, whole.length - 8, whole[whole.length - 8] ^ 1)),
        "damaged: Corrupt GZIP trailer"},
    };
  }

  @Test(dataProvider = "damages")
  public void aDamagedFileIsRefusedInOneLine(String name, UnaryOperator<byte[]> damage, String told) throws IOException {
    Files.write(file, damage.apply(written()));
    assertThatThrownBy(() -> new TraceFile(file)).as(name)
        .isInstanceOf(IllegalArgumentException.class).hasMessage(file + ": " + told);
  }

  /** Whatever byte is lost or changed: the file is refused, or (in a byte that gzip does not look at) is read as it was. */
  @Test
  public void noDamageIsReadAsSomethingElse() throws IOException {
    byte[] whole = written();
    TraceFile undamaged = new TraceFile(file);
    for (int at = 0; at < whole.length; at++) {
      for (byte[] damaged : List.of(with(whole, at, whole[at] ^ 1 << at % 8), Arrays.copyOf(whole, at))) {
        Files.write(file, damaged);
        try {
          TraceFile trace = new TraceFile(file);
          assertThat(damaged).hasSameSizeAs(whole);
          assertThat(trace.header()).isEqualTo(undamaged.header());
          assertThat(trace.used()).isEqualTo(undamaged.used());
        } catch (IllegalArgumentException e) {
          assertThat(e.getMessage()).startsWith(file + ": ").hasLineCount(1);
        }
      }
    }
  }

  @Test
  public void aFileThatIsNotThere() {
    assertThatThrownBy(() -> new TraceFile(Path.of("/nowhere/trace"))).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  public void aWriterRefusesWhatCannotBeRead() throws IOException {
    PageRuns none = new PageRuns();
    PageRuns outside = runs(1000, 1001);
    TraceHeader header = new TraceHeader(1000, Duration.ofMillis(100), "");
    try (TraceWriter writer = new TraceWriter(file, header, none)) {
      assertThatThrownBy(() -> writer.interval(Duration.ofMillis(100), outside)).hasMessage("page 1000 of a guest of 1000 pages");
      assertThatThrownBy(() -> writer.interval(Duration.ofMillis(100), runs(5, 7), runs(6, 8)))
          .hasMessage("zero pages [6-7] are not all of those that were dirtied: [5-6]");
      assertThatThrownBy(() -> writer.interval(Duration.ZERO, none)).hasMessageContaining("at least 1 us");
      assertThatThrownBy(() -> writer.interval(Duration.ofNanos(1001), none)).hasMessageContaining("whole microseconds");
    }
    assertThatThrownBy(() -> new TraceHeader(1000, Duration.ofNanos(1), "")).hasMessageContaining("1 to 60000 ms");
    assertThatThrownBy(() -> new TraceHeader(1000, Duration.ofMillis(1), "a\nb")).hasMessageContaining("one line");
    assertThatThrownBy(() -> runs(5, 6).add(4, 5)).hasMessageContaining("ascending");
    assertThat(runs(5, 6)).hasToString("[5]");
  }

  @Test
  public void aTraceWhoseEndWasNotWrittenIsTruncated() throws IOException {
    try (TraceWriter writer = new TraceWriter(file, new TraceHeader(10, Duration.ofMillis(100), ""), new PageRuns())) {
      writer.interval(Duration.ofMillis(100), runs(1, 4));
    }
    assertThatThrownBy(() -> new TraceFile(file)).hasMessage(file + ": truncated: it ends before the trace does");
  }

  @Test
  public void theSizeIsThatOfTheRuns() throws IOException {
    int pages = 1 << 28;
    try (TraceWriter writer = new TraceWriter(file, new TraceHeader(pages, Duration.ofMillis(100), "1 TiB"), runs(0, pages))) {
      for (int n = 0; n < 600; n++) {
        writer.interval(Duration.ofMillis(100), runs(n * 1000, n * 1000 + 5000));
      }
      writer.end();
    }
    assertThat(Files.size(file)).isLessThan(10_000);
    try (Trace.Player player = new TraceFile(file).play()) {
      assertThat(player.next(new PageRuns())).isEqualTo(Optional.of(Duration.ofMillis(100)));
    }
  }

  /** A trace of two intervals in {@link #file}. */
  private byte[] written() throws IOException {
    try (TraceWriter writer = new TraceWriter(file, new TraceHeader(1000, Duration.ofMillis(100), "two intervals"), runs(10, 11))) {
      writer.interval(Duration.ofMillis(100), runs(0, 1000));
      writer.interval(Duration.ofMillis(101), runs(900, 950));
      writer.end();
    }
    return Files.readAllBytes(file);
  }

  private static PageRuns runs(int first, int end) {
    PageRuns runs = new PageRuns();
    runs.add(first, end);
    return runs;
  }

  private static byte[] with(byte[] bytes, int at, int value) {
    byte[] changed = bytes.clone();
    changed[at] = (byte) value;
    return changed;
  }

  private static UnaryOperator<byte[]> bytes(UnaryOperator<byte[]> damage) {
    return damage;
  }

  private static UnaryOperator<byte[]> text(String old, String replacement) {
    return contents(all -> new String(all, StandardCharsets.ISO_8859_1).replaceFirst(old, replacement)
        .getBytes(StandardCharsets.ISO_8859_1));
  }

  /** What is inside of the gzip stream is changed. */
  private static UnaryOperator<byte[]> contents(UnaryOperator<byte[]> damage) {
    return whole -> {
      ByteArrayOutputStream changed = new ByteArrayOutputStream();
      try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(whole))) {
        try (OutputStream out = new GZIPOutputStream(changed)) {
          out.write(damage.apply(in.readAllBytes()));
        }
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      return changed.toByteArray();
    };
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.trace;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** The lines and numbers of a trace file; what is not as it must be is an {@link IllegalArgumentException} that names the file. */
final class TraceInput implements Closeable {
  private static final int LONGEST_LINE = 1000;
  /** Every other page of 4 TiB, which takes 4 GiB to hold. */
  private static final int MOST_RUNS = 1 << 29;

  private final Path file;
  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int at;
  private int end;

  TraceInput(Path file) throws IOException {
    this.file = file;
    InputStream raw = Files.newInputStream(file);
    try {
      in = new GZIPInputStream(raw, 1 << 16);
    } catch (ZipException | EOFException e) {
      raw.close();
      throw wrong("not a trace: it does not begin as a gzip file");
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  IllegalArgumentException wrong(String problem) {
    return new IllegalArgumentException(file + ": " + problem);
  }

  /** The value behind {@code key} and a space, on the next line. */
  String line(String key) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = read(); c != '\n'; c = read()) {
      if (c < ' ' || c > '~' || line.length() == LONGEST_LINE) {
        throw wrong("not a trace: a line '" + key + " ...' is missing");
      }
      line.append((char) c);
    }
    if (!line.toString().startsWith(key + " ")) {
      throw wrong("not a trace: a line '" + key + " ...' is missing, there is '" + line + "'");
    }
    return line.substring(key.length() + 1);
  }

  /** What {@link #line} gives, a whole number within limits. */
  int number(String key, int least, int most) throws IOException {
    String text = line(key);
    if (text.matches("\\d{1,10}") && Long.parseLong(text) >= least && Long.parseLong(text) <= most) {
      return Integer.parseInt(text);
    }
    throw wrong(key + " '" + text + "' is not allowed, allowed: " + (least == most ? "" + least : least + " to " + most));
  }

  long number() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      int next = read();
      value |= (long) (next & 0x7f) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw wrong("damaged: a number of more than 9 bytes");
  }

  /** Fills {@code set} with a set of pages below {@code pages}. */
  void set(PageRuns set, int pages) throws IOException {
    set.clear();
    long runs = number();
    if (runs > MOST_RUNS) {
      throw wrong(runs + " runs of pages in one interval, allowed: up to " + MOST_RUNS);
    }
    long page = 0;
    for (long run = 0; run < runs; run++) {
      long gap = number();
      long length = number();
      if (length == 0 || gap > pages - page || length > pages - page - gap) {
        throw wrong("damaged: " + length + " pages " + gap + " behind page " + page + " of " + pages);
      }
      set.add((int) (page + gap), (int) (page + gap + length));
      page += gap + length;
    }
  }

  /** Nothing may follow; that also checks gzip's checksum. */
  void end() throws IOException {
    if (at < end || fill()) {
      throw wrong("damaged: something follows the end of the trace");
    }
  }

  private int read() throws IOException {
    if (at == end && !fill()) {
      throw wrong("truncated: it ends before the trace does");
    }
    return buffer[at++] & 0xff;
  }

  private boolean fill() throws IOException {
    at = 0;
    try {
      end = Math.max(0, in.read(buffer));
    } catch (EOFException e) {
      throw wrong("truncated: it ends before the trace does");
    } catch (ZipException e) {
      throw wrong("damaged: " + e.getMessage());
    }
    return end > 0;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.echo;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * A datagram to the guest and its reply; the file {@code echo.csv} of a trial has one a line. Times are nanoseconds after the trial
 * began, seconds in the file, as in {@code qmp.jsonl}.
 *
 * @param n its number, from 0 on in the order of sending
 * @param sent just before it was given to the network
 * @param received when its first reply was at hand; empty if none came
 */
public record Echo(int n, long sent, OptionalLong received) {
  private static final String HEAD = "n,sent_s,received_s";

  /** The same, answered. */
  Echo answered(long at) {
    return new Echo(n, sent, OptionalLong.of(at));
  }

  /** Writes a new file. */
  static void write(Path file, List<Echo> echoes) throws IOException {
    Files.write(file, (Iterable<String>) Stream.concat(Stream.of(HEAD), echoes.stream().map(Echo::line))::iterator);
  }

  /** Reads what {@link EchoProbe} wrote; {@link IllegalArgumentException} for anything else, with the line's number. */
  public static List<Echo> read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    if (lines.isEmpty() || !lines.get(0).equals(HEAD)) {
      throw new IllegalArgumentException(file + ":1: the head is not " + HEAD);
    }
    List<Echo> echoes = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      try {
        String[] fields = lines.get(i).split(",", 3);
        echoes.add(new Echo(Integer.parseInt(fields[0]), nanos(fields[1]),
            fields[2].isEmpty() ? OptionalLong.empty() : OptionalLong.of(nanos(fields[2]))));
      } catch (ArithmeticException | ArrayIndexOutOfBoundsException | NumberFormatException e) {
        throw new IllegalArgumentException(file + ":" + (i + 1) + ": \"" + lines.get(i) + "\" is not " + HEAD, e);
      }
    }
    return echoes;
  }

  private String line() {
    return n + "," + seconds(sent) + "," + (received.isPresent() ? seconds(received.getAsLong()) : "");
  }

  private static String seconds(long nanos) {
    return BigDecimal.valueOf(nanos, 9).toPlainString();
  }

  private static long nanos(String seconds) {
    return new BigDecimal(seconds).movePointRight(9).longValueExact();
  }
}

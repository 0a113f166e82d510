// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.record;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import mplm.harness.input.BadInput;

/** Times in records: seconds since the trial began, with all nine digits, so that what is read is what was written. */
final class Seconds {
  /** A line {@code SECONDS TEXT} of a record; the time in nanoseconds. */
  record Line(long time, String text) {}

  private Seconds() {}

  static BigDecimal of(long nanos) {
    return BigDecimal.valueOf(nanos, 9);
  }

  static long nanos(BigDecimal seconds) {
    return seconds.scaleByPowerOfTen(9).longValueExact();
  }

  /**
   * The lines of a file, none if it is not there; {@link BadInput} names the first that has no time in front. A last line that has no
   * end, its writer killed, is left out.
   */
  static List<Line> lines(Path file) throws IOException {
    List<Line> lines = new ArrayList<>();
    String text = Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
    for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
      int space = line.indexOf(' ');
      try {
        lines.add(new Line(nanos(new BigDecimal(line.substring(0, Math.max(0, space)))), line.substring(space + 1)));
      } catch (NumberFormatException | ArithmeticException e) {
        throw new BadInput(file + ":" + (lines.size() + 1) + ": does not begin with seconds and a space");
      }
    }
    return lines;
  }
}

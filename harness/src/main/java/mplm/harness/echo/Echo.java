// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.echo;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import mplm.harness.input.BadInput;
import mplm.harness.table.Kind;
import mplm.harness.table.Row;
import mplm.harness.table.Schema;

/**
 * A datagram to the guest and its reply; the file {@code echo.csv} of a trial has one per line. Times are nanoseconds after the trial
 * began, seconds in the file, as in {@code qmp.jsonl}.
 *
 * @param n its number, from 0 on in the order of sending
 * @param sent just before it was given to the network
 * @param received when its first reply was at hand; empty if none came
 */
public record Echo(int n, long sent, OptionalLong received) {
  /** The columns of the file. */
  public static final Schema<Echo> SCHEMA = Schema.<Echo>of("echo.csv", "datagram to the guest")
      .with("n", Kind.COUNT, "number of the datagram, from 0 on", Echo::n)
      .with("sent_s", Kind.SECONDS, "time since the trial began, just before it was sent", echo -> seconds(echo.sent))
      .with("received_s", Kind.SECONDS, "time since the trial began when its first reply was at hand", "no reply came",
          echo -> echo.received.isPresent() ? seconds(echo.received.getAsLong()) : "");

  /** The same, answered. */
  Echo answered(long at) {
    return new Echo(n, sent, OptionalLong.of(at));
  }

  /** Reads what {@link EchoProbe} wrote; {@link BadInput} for anything else, with the line's number. */
  public static List<Echo> read(Path file) {
    List<Echo> echoes = new ArrayList<>();
    for (Row row : SCHEMA.read(file, "a file of echoes", SCHEMA.header())) {
      try {
        echoes.add(new Echo(Integer.parseInt(row.text("n")), nanos(row.text("sent_s")),
            row.text("received_s").isEmpty() ? OptionalLong.empty() : OptionalLong.of(nanos(row.text("received_s")))));
      } catch (ArithmeticException | NumberFormatException e) {
        throw new BadInput(file + ":" + (echoes.size() + 2) + ": " + row.cells() + " is not an echo: a number and one or two times");
      }
    }
    return echoes;
  }

  private static String seconds(long nanos) {
    return BigDecimal.valueOf(nanos, 9).toPlainString();
  }

  private static long nanos(String seconds) {
    return new BigDecimal(seconds).scaleByPowerOfTen(9).longValueExact();
  }
}

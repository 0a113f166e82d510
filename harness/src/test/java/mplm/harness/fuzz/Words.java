// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.function.Function;
import mplm.engine.migration.Method;
import mplm.engine.trace.SyntheticTrace;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;
import mplm.engine.unit.Durations;
import mplm.harness.host.CpuList;
import mplm.harness.scale.Scaled;
import mplm.harness.simulation.Overheads;
import mplm.harness.suite.Shard;

/** Values that stand as one word; what is read is what it prints. */
final class Words {
  private Words() {}

  static void unit(byte[] input) throws Exception {
    String text = new String(input, Math.min(1, input.length), Math.max(0, input.length - 1), UTF_8);
    switch (input.length == 0 ? 0 : input[0] & 7) {
      case 0 -> word(text, Bandwidth::parse, Bandwidth::toString);
      case 1 -> word(text, DataSize::parse, DataSize::toString);
      case 2 -> word(text, Durations::parse, Durations::print);
      case 3 -> word(text, CpuList::parse, CpuList::toString);
      case 4 -> word(text, Shard::parse, Shard::toString);
      case 5 -> word(text, Overheads::parse, Overheads::toString);
      case 6 -> Refusal.byArgument(() -> Scaled.parse(text));
      default -> word(text, SyntheticTrace::parse, SyntheticTrace::toString);
    }
  }

  static void method(byte[] input) throws Exception {
    word(new String(input, UTF_8), Method::parse, Method::toString);
  }

  private static <T> void word(String text, Function<String, T> parser, Function<T, String> printer) throws Exception {
    T value = Refusal.byArgument(() -> parser.apply(text));
    if (value != null && !parser.apply(printer.apply(value)).equals(value)) {
      throw new AssertionError("'" + text + "' is printed as '" + printer.apply(value) + "', which is read as another");
    }
  }
}

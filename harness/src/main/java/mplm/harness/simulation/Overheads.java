// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import mplm.engine.simulate.Conditions;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;
import mplm.engine.unit.Durations;

/**
 * What a real migration has beside its pages, in round numbers.
 *
 * @param goodput share of the link's rate that QEMU's stream gets: the rest is frames and TCP
 * @param bufferKib how far the sender is ahead of the link: socket buffers and queues
 * @param workUs the sender's time for a page, zero or not
 * @param fetchMs for which a fetch of the dirty log keeps the sender from sending
 * @param switchoverMs of the downtime, beside fetch and memory: to stop, device state, to load, to resume
 * @param slowness how many times as long the guest takes for the same while it is migrated, as while it was recorded
 * @param firstWriteUs for which the guest stands still at its first write to a page after a fetch. It is not fitted: with emulation it is
 *     nothing, and on KVM no trial tells it apart from slowness
 */
public record Overheads(
    double goodput, double bufferKib, double workUs, double fetchMs, double switchoverMs, double slowness, double firstWriteUs) {
  /** How many of its numbers are fitted, the first ones. */
  static final int FITTED = 6;

  /** All of the link's rate is for pages, and nothing else takes time. */
  public static final Overheads NONE = new Overheads(1, 0, 0, 0, 0, 1, 0);

  /** Where a search begins: TCP over Ethernet, and QEMU on an idle host. */
  static final Overheads USUAL = new Overheads(0.95, 512, 2, 2, 50, 1, 0);
  private static final Overheads LEAST = new Overheads(0.5, 0, 0, 0, 0, 0.5, 0);
  private static final Overheads MOST = new Overheads(1, 16384, 500, 500, 3000, 4, 100);
  private static final Overheads STEP = new Overheads(0.02, 256, 2, 4, 40, 0.1, 1);
  private static final String ALLOWED = "goodput=0.95,buffer=512KiB,work=2us,fetch=2ms,switchover=50ms,slowness=1.1,first-write=5us or"
      + " some of them, with a goodput of 0.5 to 1, up to 16MiB, 0.5ms, 0.5s, 3s, a slowness of 0.5 to 4, and up to 0.1ms";

  /** Reads what {@link #toString} prints; what is not named is as in {@link #NONE}. {@link IllegalArgumentException}. */
  public static Overheads parse(String text) {
    double[] all = NONE.all();
    Set<String> names = new HashSet<>();
    for (String part : text.split(",", -1)) {
      String[] words = part.split("=", 2);
      String value = words.length == 2 ? words[1] : "";
      if (!names.add(words[0])) {
        throw new IllegalArgumentException("'" + text + "': " + words[0] + " is there twice");
      }
      try {
        switch (words[0]) {
          case "goodput" -> all[0] = Double.parseDouble(value);
          case "buffer" -> all[1] = DataSize.parse(value).bytes() / 1024.0;
          case "work" -> all[2] = Durations.parse(value).toNanos() / 1e3;
          case "fetch" -> all[3] = Durations.parse(value).toNanos() / 1e6;
          case "switchover" -> all[4] = Durations.parse(value).toNanos() / 1e6;
          case "slowness" -> all[5] = Double.parseDouble(value);
          case "first-write" -> all[6] = Durations.parse(value).toNanos() / 1e3;
          default -> throw new IllegalArgumentException("unknown");
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("'" + part + "' is no overhead, allowed: " + ALLOWED);
      }
    }
    for (int number = 0; number < all.length; number++) {
      if (!(all[number] >= LEAST.all()[number] && all[number] <= MOST.all()[number])) {
        throw new IllegalArgumentException("'" + text + "' is out of range, allowed: " + ALLOWED);
      }
    }
    return of(all);
  }

  /** What a migration over a link of that rate is simulated under; the guest's slowness is its trace's matter. */
  Conditions on(Bandwidth link) {
    return Conditions.of(new Bandwidth(Math.round(link.bitsPerSecond() * goodput)))
        .withBuffer(new DataSize(Math.round(bufferKib * 1024)))
        .withWork(Duration.ofNanos(Math.round(workUs * 1e3)))
        .withFetch(Duration.ofNanos(Math.round(fetchMs * 1e6)))
        .withFirstWrite(Duration.ofNanos(Math.round(firstWriteUs * 1e3)))
        .withSwitchover(Duration.ofNanos(Math.round(switchoverMs * 1e6)));
  }

  /** The same with one of its numbers changed by so many steps, within what makes sense. */
  Overheads with(int number, double steps) {
    double[] all = all();
    all[number] = Math.max(LEAST.all()[number], Math.min(MOST.all()[number], all[number] + steps * STEP.all()[number]));
    return of(all);
  }

  /** How many steps it is away from the usual ones, over all numbers. */
  double steps() {
    double steps = 0;
    for (int number = 0; number < FITTED; number++) {
      steps += Math.abs(all()[number] - USUAL.all()[number]) / STEP.all()[number];
    }
    return steps;
  }

  private double[] all() {
    return new double[] {goodput, bufferKib, workUs, fetchMs, switchoverMs, slowness, firstWriteUs};
  }

  private static Overheads of(double[] all) {
    return new Overheads(all[0], all[1], all[2], all[3], all[4], all[5], all[6]);
  }

  /** Such as {@code goodput=0.95,buffer=512KiB,work=2us,fetch=2ms,switchover=50ms,slowness=1}; first-write if there is one. */
  @Override
  public String toString() {
    long buffer = Math.round(bufferKib * 1024);
    String size = buffer % 1024 == 0 ? buffer / 1024 + "KiB" : buffer + "B"; // a part of a byte could not be read again
    return String.format(Locale.ROOT, "goodput=%s,buffer=%s,work=%sus,fetch=%sms,switchover=%sms,slowness=%s%s", plain(goodput), size,
        plain(workUs), plain(fetchMs), plain(switchoverMs), plain(slowness),
        firstWriteUs == 0 ? "" : ",first-write=" + plain(firstWriteUs) + "us");
  }

  private static String plain(double number) {
    return BigDecimal.valueOf(number).setScale(6, RoundingMode.HALF_UP).stripTrailingZeros().toPlainString();
  }
}

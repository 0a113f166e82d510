// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.guest;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * One record of the guest: {@code @mplm KIND key=value ... t=SECONDS sum=CRC}. Kinds: boot, kvm, heartbeat, ballast, start,
 * iteration, ready, result, error, end. The sum, CRC-32 of what stands before it, is not there in records of older images.
 *
 * @param kind the word behind {@code @mplm}
 * @param fields in the order of the line, without quotes and the sum
 * @param arrival {@link System#nanoTime} of the controller at the end of the line
 */
public record GuestRecord(String kind, Map<String, String> fields, long arrival) {
  private static final Pattern START = Pattern.compile("@mplm ([a-z]+)");
  private static final Pattern FIELD = Pattern.compile(" ([a-z_]+)=(?:\"([^\"]*)\"|([^\\s\"]+))");
  private static final Pattern TIME = Pattern.compile(".* t=\\d+\\.\\d{6}");
  private static final Pattern SUM = Pattern.compile(" sum=([0-9a-f]{8})");

  public GuestRecord {
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
  }

  /**
   * The record in a line, which may begin with something else (a kernel message that was not ended), and end with such a message
   * behind a sum that is right. Empty for a line without one, and for a record that is damaged: the kernel may print amid a record, and
   * a migration repeat bytes of it, so only a whole one, with its time, each field once and a sum that is right, counts.
   */
  public static Optional<GuestRecord> parse(String line, long arrival) {
    int at = line.lastIndexOf("@mplm ");
    if (at < 0) {
      return Optional.empty();
    }
    String text = line.substring(at);
    boolean hasSum = false;
    for (Matcher sum = SUM.matcher(text); sum.find(); hasSum = true) {
      String summed = text.substring(0, sum.start());
      if (Long.parseLong(sum.group(1), 16) == crc(summed)) {
        return parsed(summed, arrival);
      }
    }
    return hasSum ? Optional.empty() : parsed(text, arrival);
  }

  private static Optional<GuestRecord> parsed(String line, long arrival) {
    Matcher start = START.matcher(line);
    if (!start.lookingAt()) {
      return Optional.empty();
    }
    Map<String, String> fields = new LinkedHashMap<>();
    Matcher field = FIELD.matcher(line);
    int end = start.end();
    boolean once = true;
    while (field.region(end, line.length()).lookingAt()) {
      once &= fields.put(field.group(1), field.group(2) != null ? field.group(2) : field.group(3)) == null;
      end = field.end();
    }
    boolean whole = once && end == line.length() && TIME.matcher(line).matches();
    return whole ? Optional.of(new GuestRecord(start.group(1), fields, arrival)) : Optional.empty();
  }

  private static long crc(String text) {
    CRC32 crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.ISO_8859_1));
    return crc.getValue();
  }

  /** A field's text; {@link IllegalArgumentException} if the record has no such field. */
  public String text(String key) {
    String value = fields.get(key);
    if (value == null) {
      throw new IllegalArgumentException("the guest's record has no field '" + key + "': " + this);
    }
    return value;
  }

  /** A field's number; {@link IllegalArgumentException} if there is none or it is not a number. */
  public BigDecimal number(String key) {
    try {
      return new BigDecimal(text(key));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("field '" + key + "' of the guest's record is not a number: " + this, e);
    }
  }

  /** The guest's monotonic clock when it wrote the record, in nanoseconds; {@link IllegalArgumentException} beyond 292 years. */
  public long guestTime() {
    try {
      return number("t").scaleByPowerOfTen(9).longValueExact();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("field 't' of the guest's record is no time of a clock: " + this, e);
    }
  }

  /** The record as the guest wrote it, but for the sum. */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder("@mplm ").append(kind);
    fields.forEach((key, value) -> line.append(' ').append(key).append('=')
        .append(value.isEmpty() || value.contains(" ") ? '"' + value + '"' : value));
    return line.toString();
  }
}

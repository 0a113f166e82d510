// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import mplm.engine.trace.TraceHeader;
import mplm.engine.unit.DataSize;

/**
 * What QEMU offers to make its own pre-copy end sooner, each behind a capability of its own. The text form is its name, and with {@code
 * =} its settings, which have {@code /} between them: {@code auto-converge=20/10/99}.
 */
public sealed interface PrecopyFeature {
  /** QEMU's capability. */
  String capability();

  /** QEMU's parameters for it. */
  Map<String, Object> parameters();

  /** Whether the destination has to be told the same. */
  default boolean atBoth() {
    return false;
  }

  /**
   * The guest's vCPUs are made to sleep, more and more, while it dirties memory faster than half of what is sent. Defaults are QEMU's.
   *
   * @param initial percent of the time that they sleep at first, 1 to 99
   * @param increment percent more at each further round that gains too little, 1 to 99
   * @param maximum percent at most, {@code initial} to 99
   */
  record AutoConverge(int initial, int increment, int maximum) implements PrecopyFeature {
    static final AutoConverge DEFAULT = new AutoConverge(20, 10, 99);

    public AutoConverge {
      if (initial < 1 || increment < 1 || increment > 99 || maximum > 99 || initial > maximum) {
        throw new IllegalArgumentException("auto-converge takes INITIAL/INCREMENT/MAXIMUM percent, 1 to 99, the maximum not below the"
            + " initial value, not " + initial + "/" + increment + "/" + maximum);
      }
    }

    @Override
    public String capability() {
      return "auto-converge";
    }

    @Override
    public Map<String, Object> parameters() {
      return Map.of("cpu-throttle-initial", initial, "cpu-throttle-increment", increment, "max-cpu-throttle", maximum);
    }

    @Override
    public String toString() {
      return equals(DEFAULT) ? "auto-converge" : "auto-converge=" + initial + "/" + increment + "/" + maximum;
    }
  }

  /**
   * If a page is sent again, only what changed is sent.
   *
   * @param cache for pages as they were sent last, at the source; a power of two, and at least a page
   */
  record Xbzrle(DataSize cache) implements PrecopyFeature {
    public Xbzrle {
      if (cache.bytes() < TraceHeader.PAGE_BYTES || Long.bitCount(cache.bytes()) != 1) {
        throw new IllegalArgumentException("xbzrle takes the size of its cache, a power of two from 4KiB on, such as xbzrle=64MiB, not "
            + cache);
      }
    }

    @Override
    public String capability() {
      return "xbzrle";
    }

    @Override
    public Map<String, Object> parameters() {
      return Map.of("xbzrle-cache-size", cache.bytes());
    }

    @Override
    public String toString() {
      return "xbzrle=" + cache;
    }
  }

  /**
   * Pages are sent through several connections, each with a thread of its own.
   *
   * @param channels 1 to 255
   * @param compression QEMU's {@code multifd-compression}: {@code none}, or {@code zlib}; this engine is built without zstd
   */
  record Multifd(int channels, String compression) implements PrecopyFeature {
    private static final List<String> COMPRESSIONS = List.of("none", "zlib");

    public Multifd {
      if (channels < 1 || channels > 255) {
        throw new IllegalArgumentException("multifd takes 1 to 255 channels, not " + channels);
      }
      if (!COMPRESSIONS.contains(compression)) {
        throw new IllegalArgumentException("multifd compresses by " + String.join(" or ", COMPRESSIONS) + ", not '" + compression + "'"
            + (compression.equals("zstd") ? ": the engine is built without zstd" : ""));
      }
    }

    @Override
    public String capability() {
      return "multifd";
    }

    @Override
    public boolean atBoth() {
      return true;
    }

    @Override
    public Map<String, Object> parameters() {
      return Map.of("multifd-channels", channels, "multifd-compression", compression);
    }

    @Override
    public String toString() {
      return "multifd=" + channels + (compression.equals("none") ? "" : "/" + compression);
    }
  }

  /**
   * Slows down only the vCPUs that dirty memory. QEMU refuses this without KVM's dirty ring.
   *
   * @param limit MB per second that a vCPU may dirty, at least 1: QEMU's {@code vcpu-dirty-limit}
   */
  record DirtyLimit(int limit) implements PrecopyFeature {
    public DirtyLimit {
      if (limit < 1) {
        throw new IllegalArgumentException("dirty-limit takes MB per second, at least 1, not " + limit);
      }
    }

    @Override
    public String capability() {
      return "dirty-limit";
    }

    @Override
    public Map<String, Object> parameters() {
      return Map.of("vcpu-dirty-limit", limit);
    }

    @Override
    public String toString() {
      return limit == 1 ? "dirty-limit" : "dirty-limit=" + limit;
    }
  }

  /** The text forms of all of them. */
  String FORMS = "auto-converge[=INITIAL/INCREMENT/MAXIMUM], xbzrle=SIZE, multifd=CHANNELS[/zlib], dirty-limit[=MB-PER-SECOND]";

  /** The capabilities of all of them. */
  Set<String> CAPABILITIES = Set.of("auto-converge", "xbzrle", "multifd", "dirty-limit");

  /** Reads one; {@link IllegalArgumentException} says what is allowed. */
  static PrecopyFeature parse(String text) {
    int equals = text.indexOf('=');
    Optional<String> value = equals < 0 ? Optional.empty() : Optional.of(text.substring(equals + 1));
    String name = equals < 0 ? text : text.substring(0, equals);
    switch (name) {
      case "auto-converge" -> {
        if (value.isEmpty()) {
          return AutoConverge.DEFAULT;
        }
        String[] parts = value.orElseThrow().split("/", -1);
        if (parts.length == 3) {
          return new AutoConverge(number(name, parts[0]), number(name, parts[1]), number(name, parts[2]));
        }
      }
      case "xbzrle" -> {
        if (value.isPresent()) {
          return new Xbzrle(DataSize.parse(value.orElseThrow()));
        }
      }
      case "multifd" -> {
        if (value.isPresent()) {
          String[] parts = value.orElseThrow().split("/", 2);
          return new Multifd(number(name, parts[0]), parts.length == 1 ? "none" : parts[1]);
        }
      }
      case "dirty-limit" -> {
        return new DirtyLimit(value.map(limit -> number(name, limit)).orElse(1));
      }
      default -> { }
    }
    throw new IllegalArgumentException("'" + text + "' is not a feature of precopy: it takes " + FORMS);
  }

  private static int number(String name, String text) {
    if (!text.matches("\\d{1,9}")) {
      throw new IllegalArgumentException(name + " '" + text + "' is not a whole number");
    }
    return Integer.parseInt(text);
  }

  /** Refuses what QEMU refuses, in its words; whether the host has what a feature needs, only QEMU can tell. */
  static void check(List<PrecopyFeature> features) {
    List<String> names = features.stream().map(PrecopyFeature::capability).toList();
    if (Set.copyOf(names).size() < names.size()) {
      throw new IllegalArgumentException("a feature is there twice");
    }
    if (names.containsAll(List.of("multifd", "xbzrle"))) {
      throw new IllegalArgumentException("QEMU: Multifd is not compatible with xbzrle");
    }
    if (names.containsAll(List.of("dirty-limit", "auto-converge"))) {
      throw new IllegalArgumentException("QEMU: dirty-limit conflicts with auto-converge");
    }
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.guest;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An area of the guest's memory that its kernel has given to KVM, which writes there by itself. What and how long they are is KVM's
 * ABI (Linux, {@code Documentation/virt/kvm/x86/msr.rst}); where they are, the guest's init tells in records of kind {@code kvm}.
 *
 * <p>KVM writes most of them only as a vCPU enters or leaves the guest. These writes are in the dirty log, so once the guest has
 * stopped for a migration they are equal at both ends like all other memory. The wall clock alone is written whenever its register is
 * set, and at the destination QEMU sets it while the guest stands still: with the time at which the guest booted by the
 * destination's clock.
 *
 * @param name such as {@code wall clock} or {@code steal time of vCPU 1}
 * @param address its physical address in the guest
 * @param bytes its length
 * @param rewritten whether KVM writes it anew when the guest has been moved, before it runs again
 */
public record KvmArea(String name, long address, int bytes, boolean rewritten) {
  /** The record's kind. */
  public static final String KIND = "kvm";

  private static final String WALL_CLOCK = "wall_clock";
  private static final int WALL_CLOCK_BYTES = 12;
  private static final Pattern PLACE = Pattern.compile("0x([0-9a-f]{1,16})\\+(\\d{1,4})");

  /** All that a guest told of, in the order of its vCPUs; none if it told of none, as outside KVM. */
  public static List<KvmArea> told(List<GuestRecord> records) {
    Set<KvmArea> areas = new LinkedHashSet<>();
    for (GuestRecord record : records) {
      if (record.kind().equals(KIND)) {
        areas.addAll(of(record));
      }
    }
    return List.copyOf(areas);
  }

  /** Why a guest under KVM could not tell, if it said so. */
  public static Optional<String> unknown(List<GuestRecord> records) {
    return records.stream().filter(record -> record.kind().equals(KIND) && record.fields().containsKey("unknown"))
        .map(record -> record.text("unknown")).findFirst();
  }

  private static List<KvmArea> of(GuestRecord record) {
    List<KvmArea> areas = new ArrayList<>();
    for (Map.Entry<String, String> field : record.fields().entrySet()) {
      Matcher place = PLACE.matcher(field.getValue());
      if (place.matches()) {
        boolean wallClock = field.getKey().equals(WALL_CLOCK);
        int bytes = Integer.parseInt(place.group(2));
        areas.add(new KvmArea(field.getKey().replace('_', ' ') + (wallClock ? "" : " of vCPU " + record.text("cpu")),
            Long.parseUnsignedLong(place.group(1), 16), bytes, wallClock && bytes == WALL_CLOCK_BYTES));
      }
    }
    return areas;
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.result;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import mplm.engine.guest.Accelerator;

/**
 * What all trials of a run share.
 *
 * @param run its id
 * @param started when, ISO 8601, UTC
 * @param testbed kind of testbed, or {@code none} for real hosts
 * @param shaping how the link gets its rate
 * @param protection of the migration stream: {@code none}, {@code tls}
 * @param accelerator of both hypervisors
 * @param qemuVersion such as {@code 10.0.13}
 * @param engineHash of everything that the hypervisor was built from
 * @param schedulerHash of the page scheduler's source
 * @param guestHash of everything that the guest's image was built from
 * @param kernel the guest's
 */
public record Setting(
    String run,
    String started,
    String testbed,
    String shaping,
    String protection,
    Accelerator accelerator,
    String qemuVersion,
    String engineHash,
    String schedulerHash,
    String guestHash,
    String kernel) {
  /** The testbed whose hosts are emulated. */
  private static final String MACHINES = "machines";

  public Setting {
    protection = protection == null ? "none" : protection; // in the manifests of older runs
  }

  /** The days on which runs began, such as {@code 2026-11-29} or {@code 2026-11-29 to 2026-11-30}; at least one. */
  public static String days(Stream<Setting> settings) {
    List<String> days = settings.map(setting -> setting.started.substring(0, 10)).distinct().sorted().toList();
    return days.get(0) + (days.size() == 1 ? "" : " to " + days.get(days.size() - 1));
  }

  /** The same with another engine, by its properties. */
  public Setting withEngine(Map<String, String> engine) {
    return new Setting(run, started, testbed, shaping, protection, accelerator, engine.get("qemu.version"),
        engine.get("engine.hash"), engine.get("scheduler.hash"), guestHash, kernel);
  }

  /**
   * Whether the hosts are emulated machines, and so the KVM on them: what happens there is real, how long it takes says nothing of
   * any hardware.
   */
  public boolean ofEmulatedHosts() {
    return testbed.equals(MACHINES);
  }

  /** Such as {@code KVM}, or {@code KVM on emulated hosts}. */
  public String acceleratorTitle() {
    return accelerator.name().toUpperCase(Locale.ROOT) + (ofEmulatedHosts() ? " on emulated hosts" : "");
  }
}

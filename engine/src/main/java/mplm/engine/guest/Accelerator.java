// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.guest;

/** How the guest's instructions run. */
public enum Accelerator {
  /** The guest runs in hardware. */
  KVM("kvm"),
  /** The guest's code is translated, by one host thread per vCPU. */
  TCG("tcg,thread=multi");

  private final String option;

  Accelerator(String option) {
    this.option = option;
  }

  /** The value of QEMU's {@code -accel}. */
  public String option() {
    return option;
  }
}

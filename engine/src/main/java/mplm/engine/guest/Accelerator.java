// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.guest;

/** How the guest's instructions run. */
public enum Accelerator {
  /** In hardware. */
  KVM("kvm"),
  /** Translated, one host thread a vCPU. */
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

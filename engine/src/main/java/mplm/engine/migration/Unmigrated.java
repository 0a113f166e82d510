// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

/** The guest is not moved: it stays where it is, and tells how fast its program is there. The others are compared with that. */
public record Unmigrated() implements Method {
  static final Methods.Form FORM =
      Methods.Form.plain("unmigrated", "the guest stays: what its program's time is compared with", Unmigrated::new);

  @Override
  public String name() {
    return FORM.name();
  }

  @Override
  public boolean migrates() {
    return false;
  }

  @Override
  public boolean isControl() {
    return true;
  }

  @Override
  public String toString() {
    return name();
  }
}

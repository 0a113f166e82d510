// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

/** Not at all: the guest stays where it is, and tells how fast its program is there. What the others are compared with. */
public record Unmigrated() implements Method {
  static Unmigrated parse(String rest, boolean settings) {
    if (settings) {
      throw new IllegalArgumentException("unmigrated takes no settings, not '" + rest + "'");
    }
    return new Unmigrated();
  }

  @Override
  public String name() {
    return "unmigrated";
  }

  @Override
  public String toString() {
    return name();
  }
}

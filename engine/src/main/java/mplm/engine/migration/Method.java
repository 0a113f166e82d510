// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

/**
 * How a guest is migrated. The text form prints and parses: {@code precopy:0.3s}, {@code mplm}, {@code mplm:epoch=1s,share=25},
 * {@code unmigrated}.
 */
public sealed interface Method permits Precopy, Mplm, Unmigrated {
  /** Reads a text form; {@link IllegalArgumentException} with what is allowed for any other text. */
  static Method parse(String text) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    String rest = colon < 0 ? "" : text.substring(colon + 1);
    try {
      return switch (name) {
        case "precopy" -> Precopy.parse(rest);
        case "mplm" -> Mplm.parse(rest, colon >= 0);
        case "unmigrated" -> Unmigrated.parse(rest, colon >= 0);
        default -> throw new IllegalArgumentException(
            "a method is precopy:DURATION, mplm[:KEY=VALUE,...] or unmigrated, such as precopy:0.3s or mplm:epoch=1s,share=25");
      };
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("method '" + text + "': " + e.getMessage(), e);
    }
  }

  /** The name alone, such as {@code precopy}. */
  String name();
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.input;

/**
 * A value that has the right type and is not allowed. Records throw it from their constructor, where file and line are not
 * known; {@link InputFile} adds them.
 */
public final class BadValue extends IllegalArgumentException {
  private final String key;

  /**
   * @param key the key as it stands in the file, within the mapping that the record is read from
   * @param problem the offending value and what is allowed, e.g. {@code 70000, allowed: 1 to 65535}
   */
  public BadValue(String key, String problem) {
    super(key + ": " + problem);
    this.key = key;
  }

  String key() {
    return key;
  }

  String problem() {
    return getMessage().substring(key.length() + 2);
  }
}

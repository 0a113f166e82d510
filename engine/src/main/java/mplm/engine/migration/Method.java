// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import mplm.engine.simulate.Model;
import mplm.engine.simulate.Simulable;

/**
 * How a guest is migrated, and all that depends on it; nothing else asks which method it has. The text form ({@link #toString})
 * prints and parses: {@code precopy:0.3s}, {@code mplm}, {@code mplm:epoch=1s,share=25}, {@code unmigrated}. A new method is a class
 * that implements this and a line of {@link Methods}.
 */
public interface Method extends Simulable {
  /** Reads a text form; {@link IllegalArgumentException} with what is allowed for any other text. */
  static Method parse(String text) {
    return Methods.parse(text);
  }

  /** Reads several, with commas between them; a method's own settings may have commas too. */
  static List<Method> parseList(String texts) {
    return Methods.split(texts).stream().map(Method::parse).toList();
  }

  /** The name alone, such as {@code precopy}. */
  String name();

  /** Its settings by the columns of {@code trials.csv} that are for them, such as {@code mplm_epoch_s}. */
  default Map<String, Object> settings() {
    return Map.of();
  }

  /** QEMU's capabilities that it needs at the source, of those in its {@link Methods.Form}; those of other methods are off. */
  default Set<String> capabilities() {
    return Set.of();
  }

  /** QEMU's migration parameters at the source, by name. */
  default Map<String, Object> parameters() {
    return Map.of();
  }

  /** Those of its capabilities that the destination needs too. */
  default Set<String> destinationCapabilities() {
    return Set.of();
  }

  /** QEMU's migration parameters at the destination, by name. */
  default Map<String, Object> destinationParameters() {
    return Map.of();
  }

  /** Whether KVM has to tell by a dirty ring what the guest dirties. */
  default boolean needsDirtyRing() {
    return false;
  }

  /** What the controller does at the source or the destination while the guest is moved; a fresh one for each migration. */
  default Steering steering() {
    return Steering.NONE;
  }

  /** The same with its times in proportion. */
  default Method scaled(double factor) {
    return this;
  }

  /** Whether the guest is moved at all. */
  default boolean migrates() {
    return true;
  }

  /** Whether the guest can be held at the destination when it has arrived, so that its memory can be compared. */
  default boolean canBeHeld() {
    return true;
  }

  /** Whether the guest is stopped before anything of it is sent; it goes on at the destination when it is told to. */
  default boolean stopsFirst() {
    return false;
  }

  /** Whether its cells show what the machine did, and not what the engine under test did. */
  default boolean isControl() {
    return false;
  }

  /** What its curve is called in a figure; methods of one curve are points of it. */
  default String curve() {
    return name();
  }

  /** Its maximum tolerable downtime, where it stands in a figure; empty for one that has none and stands at its own downtime. */
  default Optional<Duration> toleratedDowntime() {
    return Optional.empty();
  }

  /** The most pages that its live stage sends of a guest of so many pages; empty for a method without such a bound. */
  default OptionalLong livePages(long pages) {
    return OptionalLong.empty();
  }

  @Override
  default Optional<Model> model() {
    return Optional.empty();
  }
}

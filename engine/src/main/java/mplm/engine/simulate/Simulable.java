// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.simulate;

import java.util.Optional;

/** What a {@link Simulation} can be asked for: a method of migration, whose text form names the result. */
public interface Simulable {
  /** How it is simulated; empty if it is not. */
  Optional<Model> model();
}

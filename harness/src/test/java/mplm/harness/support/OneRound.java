// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.support;

import static mplm.engine.unit.Patience.ANSWER;

import java.time.Duration;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import mplm.engine.migration.Method;
import mplm.engine.migration.Methods;
import mplm.engine.migration.Steering;
import mplm.engine.simulate.Model;

/**
 * A method that is not the kit's: one round of all pages while the guest runs, and the rest while it stands still. It is all that an added
 * method takes: a class, and a line that adds its form.
 */
public record OneRound() implements Method {
  public static final Methods.Form FORM = Methods.Form.plain("one-round", "stops the guest after one round", OneRound::new);

  @Override
  public String name() {
    return FORM.name();
  }

  @Override
  public Map<String, Object> parameters() {
    return Map.of("downtime-limit", 1);
  }

  /** The fetch that ends the first round is the second. */
  @Override
  public Steering steering() {
    return (now, source, destination) -> {
      if (now.status().equals("active") && now.ram().filter(ram -> ram.dirtySyncCount() >= 2).isPresent()) {
        source.execute("migrate-set-parameters", Map.of("downtime-limit", Duration.ofSeconds(2000).toMillis()), ANSWER);
      }
    };
  }

  @Override
  public Optional<Model> model() {
    return Optional.of((source, name, limit) -> {
      for (int page = 0; page < source.pages; page++) {
        source.send(page);
      }
      return source.stop(name, new BitSet(), true, limit);
    });
  }

  @Override
  public String toString() {
    return name();
  }
}

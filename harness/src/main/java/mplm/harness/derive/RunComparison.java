// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.derive;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Whether two runs can be compared.
 *
 * @param base what is compared with
 * @param candidate what is compared
 */
public record RunComparison(RunDerivation base, RunDerivation candidate) {
  /**
   * What of hosts, link, guest or experiments differs and may explain another result, such as {@code source.cpu: A, B}; empty if the
   * two can be compared. The engine may differ: that is what is compared.
   */
  public List<String> obstacles() {
    return differences(RunStamp.KIND);
  }

  /**
   * The same, and the engine, of what is in both: experiments that one of them does not have, with the rate of their link, can stand
   * beside those of the other.
   */
  public List<String> obstaclesToOneReport() {
    Predicate<String> both = key -> Stream.of("experiment ", "program of ", "pair of ", "link.goodput_bits_per_s_at.").noneMatch(key::contains)
        || List.of(base, candidate).stream().allMatch(run -> RunStamp.of(run.manifest()).values().containsKey(key));
    return differences(RunStamp.KIND.or("engine"::equals).and(both));
  }

  private List<String> differences(Predicate<String> counts) {
    return RunStamp.of(base.manifest()).differences(RunStamp.of(candidate.manifest()), counts);
  }
}

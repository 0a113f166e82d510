// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.derive;

import java.util.List;

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
    return RunStamp.of(base.manifest()).differences(RunStamp.of(candidate.manifest()), RunStamp.KIND);
  }
}

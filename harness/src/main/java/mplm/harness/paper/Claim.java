// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.paper;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import mplm.harness.result.Cell;

/**
 * The paper's claims. The published values themselves fulfil every rule, which a test shows.
 *
 * <p>Trials that failed or were corrupted are not looked at: the report counts them.
 */
public enum Claim {
  C1("At the default maximum tolerable downtime of 0.3 s, pre-copy of a busy guest lasts until the program ends.",
      """
      Of the stock trials at the smallest maximum tolerable downtime, if that is at most 5 % of one pass over the used \
      memory: at least 9 in 10 do not converge, they last until the program is done or until their limit of at least 3 \
      passes.""",
      UntilTheEnd::findings),
  C2("As the maximum tolerable downtime grows, total time falls and downtime rises, until there is hardly any overlap.",
      """
      At least 3 maximum tolerable downtimes, the largest one pass over the used memory or more. Over all pairs of trials at \
      different ones (5 % apart or it is a tie; what did not converge is longer than its limit): Goodman and Kruskal's gamma \
      is at most -0.5 for the total time, at least 0.5 for the downtime. At the largest, 9 in 10 trials complete, and the \
      downtime is at least 80 % of the total time.""",
      TradeOff::findings),
  C3("MPLM, with nothing to set, lands near the low end of both curves (MG: at their elbow).",
      """
      At least 9 in 10 MPLM trials complete; no stock setting has both its mean total time and its mean downtime more than \
      15 % below MPLM's; MPLM's means are at most 90 % of the largest stock total time (what did not converge counts with \
      its limit) and of the largest stock downtime.""",
      LowEnd::findings),
  C4("MPLM's downtime grows with the dirty page rate (BT < SP < MG).",
      """
      Over the benchmarks of the paper's Table I, all of which must have run: Spearman's rank correlation of mean downtime \
      and mean dirty page rate is at least 0.9, and the downtimes are in the published order, neighbours within 5 %. Where \
      the links differ, or experiments are scaled: downtimes in passes over used memory, rates as share of the link.""",
      GrowsWithRate::findings),
  C5("MPLM ends within a time bounded by the memory size.",
      """
      Of guests of M pages, no MPLM trial sends more pages in its live stage than M / (1 - share of dirty steps) and a \
      batch, which is 2M and a batch with the paper's 50 %; none runs into its limit; at least one completes.""",
      BoundedByMemory::findings);

  private final String text;
  private final String rule;
  private final Function<List<Cell>, List<Finding>> check;

  Claim(String text, String rule, Function<List<Cell>, List<Finding>> check) {
    this.text = text;
    this.rule = rule;
    this.check = check;
  }

  /** What the paper says, in our words. */
  public String text() {
    return text;
  }

  /** When it counts as reproduced. */
  public String rule() {
    return rule;
  }

  /** Applies the rule: a finding for each experiment, or one for all. */
  public List<Finding> findings(List<Cell> cells) {
    return check.apply(cells);
  }

  /** What the rule's findings come to. */
  public Verdict verdict(List<Finding> all) {
    return Verdict.all(all.stream().filter(finding -> finding.claim() == this).map(Finding::verdict).toList());
  }

  /** All rules applied, in order. */
  public static List<Finding> check(List<Cell> cells) {
    List<Finding> findings = new ArrayList<>();
    for (Claim claim : values()) {
      findings.addAll(claim.findings(cells));
    }
    return findings;
  }

  /** Applies a rule to each experiment by itself. */
  static List<Finding> each(List<Cell> cells, Function<List<Cell>, Finding> rule) {
    return Cell.byExperiment(cells).values().stream().map(rule).toList();
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.document;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;
import mplm.harness.paper.Claim;
import mplm.harness.paper.Elbow;
import mplm.harness.paper.Finding;
import mplm.harness.paper.Verdict;
import mplm.harness.result.Cell;
import mplm.harness.result.MemoryVerdict;
import mplm.harness.result.Outcome;
import mplm.harness.result.TrialRow;
import mplm.harness.statistics.Mean;

/**
 * What was found of one experiment, before all tables.
 *
 * @param experiment its name
 * @param found sentences: what MPLM took, how that stands to the elbow of stock pre-copy's curve, what did not end, what failed
 * @param claims the claims' verdicts on it, such as {@code reproduced: C2, C3; not run: C1}
 */
public record Answer(String experiment, String found, String claims) {
  /** A list of so many settings or more is no answer. */
  private static final int LISTED = 4;

  /** The answers of all experiments, in the order of the run. */
  public static List<Answer> of(List<Cell> cells, List<Finding> findings) {
    return Cell.byExperiment(cells).entrySet().stream().map(own -> new Answer(own.getKey(), String.join(" ", found(own.getValue())),
        claims(own.getKey(), findings))).toList();
  }

  /** A line of each experiment, then one of the claims, for who reads no report. */
  public static List<String> lines(List<Cell> cells) {
    List<Finding> findings = Claim.check(cells);
    List<String> lines = new ArrayList<>();
    of(cells, findings).forEach(answer -> lines.add(answer.experiment + ": " + answer.found));
    lines.add("claims " + verdicts(claim -> Optional.of(claim.verdict(findings))));
    return lines;
  }

  private static List<String> found(List<Cell> cells) {
    List<String> found = new ArrayList<>();
    Optional<Cell> mplm = Cell.mplm(cells).filter(cell -> cell.total().isPresent());
    mplm.ifPresent(cell -> found.add("MPLM took " + took(cell) + "."));
    Optional<Cell> elbow = Elbow.of(cells);
    List<Cell> stock = Cell.stock(cells).stream().filter(cell -> cell.total().isPresent()).toList();
    if (elbow.isPresent()) {
      found.add("Stock pre-copy's elbow is at a maximum tolerable downtime of " + setting(elbow.get()) + ", where it took "
          + took(elbow.get()) + mplm.map(cell -> against(cell, elbow.get())).orElse("") + ".");
    } else if (stock.size() < LISTED) {
      stock.forEach(cell -> found.add("Stock pre-copy at " + setting(cell) + " took " + took(cell) + "."));
    }
    found.addAll(open(cells, Outcome.NOT_CONVERGED, "did", "did", " not converge within "));
    found.addAll(open(cells, Outcome.ENDED_BEFORE, "was", "were", " still migrating when the program was done, after "));
    memory(cells).ifPresent(found::add);
    for (Outcome fault : List.of(Outcome.CORRUPTED, Outcome.FAILED, Outcome.LOST)) {
      long faults = cells.stream().mapToLong(cell -> cell.count(fault)).sum();
      if (faults > 0) {
        found.add((faults == 1 ? "1 trial " + (fault == Outcome.FAILED ? "has " : "was ") : faults + " trials "
            + (fault == Outcome.FAILED ? "have " : "were ")) + fault + ".");
      }
    }
    if (found.isEmpty() && cells.stream().anyMatch(cell -> cell.count(Outcome.ENDED_BEFORE) > 0)) {
      found.add("The program was done before a migration began.");
    }
    if (found.isEmpty()) {
      found.add("No migration was timed.");
    }
    return found;
  }

  private static String took(Cell cell) {
    return Numbers.of(cell.total()) + " s, with " + Numbers.of(cell.downtime()) + " s of downtime (n = " + cell.completed().size() + ")";
  }

  private static String setting(Cell cell) {
    return String.format(Locale.ROOT, "%.3g s", cell.maxTolerableDowntime().orElseThrow());
  }

  private static String against(Cell mplm, Cell elbow) {
    return "; MPLM's time is " + ratio(mplm.total(), elbow.total()) + " times that, its downtime "
        + ratio(mplm.downtime(), elbow.downtime()) + " times";
  }

  private static String ratio(Optional<Mean> one, Optional<Mean> other) {
    return Numbers.of(one.orElseThrow().value() / other.orElseThrow().value());
  }

  /** A sentence for all cells that ended so after the same time. */
  private static List<String> open(List<Cell> cells, Outcome outcome, String one, String several, String how) {
    Map<String, List<String>> methods = new LinkedHashMap<>();
    for (Cell cell : cells) {
      OptionalDouble longest = cell.lasted(outcome).mapToDouble(Double::doubleValue).max();
      if (longest.isPresent()) {
        methods.computeIfAbsent(how + Numbers.of(longest) + " s (" + cell.count(outcome) + " of " + cell.trials().size(), end -> new ArrayList<>())
            .add(cell.method().toString());
      }
    }
    return methods.entrySet().stream().map(entry -> String.join(", ", entry.getValue())
        + (entry.getValue().size() == 1 ? " " + one + entry.getKey() + ")." : " " + several + entry.getKey() + " each).")).toList();
  }

  private static Optional<String> memory(List<Cell> cells) {
    List<MemoryVerdict> compared = cells.stream().flatMap(cell -> cell.trials().stream()).map(TrialRow::memory)
        .flatMap(Optional::stream).toList();
    long equal = compared.stream().filter(MemoryVerdict::equal).count();
    return compared.isEmpty() ? Optional.empty() : Optional.of("Memory was compared byte by byte in " + compared.size() + " "
        + (compared.size() == 1 ? "trial" : "trials") + ": equal in " + (equal == compared.size() ? "each" : Long.toString(equal)) + ".");
  }

  private static String claims(String experiment, List<Finding> findings) {
    return verdicts(claim -> findings.stream().filter(finding -> finding.experiment().equals(experiment) && finding.claim() == claim)
        .map(Finding::verdict).findFirst());
  }

  private static String verdicts(Function<Claim, Optional<Verdict>> of) {
    return Arrays.stream(Verdict.values())
        .map(verdict -> verdict + ": " + Arrays.stream(Claim.values()).filter(claim -> of.apply(claim).equals(Optional.of(verdict)))
            .map(Claim::name).collect(Collectors.joining(", ")))
        .filter(text -> !text.endsWith(": ")).collect(Collectors.joining("; "));
  }
}

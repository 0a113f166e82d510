// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.paper;

import static mplm.engine.trace.TraceHeader.PAGE_BYTES;
import static mplm.harness.paper.Claim.C5;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import mplm.engine.migration.MplmFigures;
import mplm.engine.migration.Progress;
import mplm.harness.result.Cell;
import mplm.harness.result.Outcome;
import mplm.harness.result.TrialRow;

/** {@link Claim#C5}. */
final class BoundedByMemory {
  private BoundedByMemory() {}

  static List<Finding> findings(List<Cell> cells) {
    return Claim.each(cells, BoundedByMemory::finding);
  }

  private static Finding finding(List<Cell> experiment) {
    String name = experiment.get(0).experiment().name();
    Optional<Cell> mplm = Cell.mplm(experiment);
    if (mplm.isEmpty()) {
      return new Finding(C5, name, "no MPLM trial", Verdict.NOT_RUN);
    }
    Cell cell = mplm.get();
    long completed = cell.count(Outcome.COMPLETED);
    long limit = cell.count(Outcome.NOT_CONVERGED);
    double worst = 0;
    String pages = "";
    for (TrialRow row : cell.trials()) {
      Optional<MplmFigures> figures = row.migration().flatMap(m -> m.end().mplm());
      Optional<Progress.Ram> ram = row.migration().flatMap(m -> m.end().ram());
      if (figures.isPresent() && ram.isPresent() && !row.outcome().isFault()) {
        long sent = figures.get().dirtySent() + figures.get().nondirtySent();
        OptionalLong most = cell.method().livePages(ram.get().total().bytes() / PAGE_BYTES);
        if (most.isEmpty()) {
          continue;
        }
        long bound = most.getAsLong();
        if ((double) sent / bound > worst) {
          worst = (double) sent / bound;
          pages = String.format(Locale.ROOT, "at most %d pages sent in the live stage, bound %d pages (%.0f %%)", sent, bound,
              100 * worst);
        }
      }
    }
    if (pages.isEmpty() || completed + limit == 0) {
      return new Finding(C5, name, "no MPLM trial that came to an end of its own", Verdict.NOT_RUN);
    }
    return new Finding(C5, name, pages + "; " + completed + " of " + (completed + limit) + " ended within the limit",
        Verdict.of(worst <= 1 && limit == 0));
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import mplm.harness.derive.EngineVerdict;
import mplm.harness.derive.RunDerivation;
import mplm.harness.document.Answer;
import mplm.harness.document.ComparisonDocument;
import mplm.harness.history.History;
import mplm.harness.host.Cause;
import mplm.harness.input.BadInput;
import mplm.harness.paper.ProportionTable;
import mplm.harness.result.Cell;
import mplm.harness.result.TrialRow;
import mplm.harness.terminal.Display;
import mplm.harness.terminal.Summary;
import mplm.harness.verdict.Rules;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a run says and writes when it makes no more trials: all rows, what was found, where it is, and at last what is missing and what
 * makes that. A disk that is full costs what is computed, never a row or these lines.
 *
 * @param derivation of the run, as it has ended
 * @param display gets the lines
 * @param stopped whether it was broken off
 * @param troubles why trials have no row, a sentence each
 */
record LastLines(RunDerivation derivation, Display display, boolean stopped, List<String> troubles) {
  private static final Logger LOG = LoggerFactory.getLogger(LastLines.class);

  /**
   * Says and writes all of it.
   *
   * @param rows of the trials that were made, in the order of the run
   * @return whether all is written and no engine is worse than the one it is compared with
   */
  boolean say(List<TrialRow> rows) {
    display.say("");
    display.say(Summary.of(rows));
    ProportionTable.of(Cell.of(rows)).sentences().forEach(display::say);
    boolean good = found(rows);
    display.say("");
    boolean written = write(rows);
    int planned = derivation.manifest().trials().size();
    if (rows.size() < planned) {
      troubles.forEach(trouble -> {
        display.say(trouble);
        Cause.of(trouble).ifPresent(cause -> display.say("    -> " + cause.remedy()));
      });
      display.say(missing(derivation, rows.size()));
    } else if (written) {
      remember(derivation, rows, display::say);
    } else {
      display.say("all trials are done; mplm derive " + derivation.run() + " makes the rest of their records");
    }
    return good && written;
  }

  /** The last line of a run that lacks trials. */
  static String missing(RunDerivation derivation, int done) {
    return done + " of " + derivation.manifest().trials().size() + " trials are done; mplm run --resume " + derivation.run()
        + " runs the others";
  }

  private boolean found(List<TrialRow> rows) {
    if (derivation.manifest().engines() == null) {
      Answer.lines(Cell.of(rows)).forEach(display::say);
      return true;
    }
    if (stopped) {
      display.say("no verdict: the run was broken off before the time of its next look");
      return true;
    }
    ComparisonDocument document = EngineVerdict.document(derivation.manifest(), rows, Rules.standard());
    document.text().lines().forEach(display::say);
    return !document.comparison().isWorse();
  }

  private boolean write(List<TrialRow> rows) {
    try {
      // in the order of the run, even if one amid it was made last
      derivation.write(rows);
      display.say("rows:     " + derivation.trials());
      if (derivation.manifest().engines() == null || !stopped) {
        derivation.whole(rows).forEach(file -> display.say(kind(file) + file));
      }
      display.say("each trial over time: " + derivation.run().resolve("trials") + "/*/timeline.{csv,png}");
      return true;
    } catch (IOException | RuntimeException e) {
      LOG.debug("writing what is derived", e);
      display.say("rows, tables and charts are not all written: " + (e instanceof IOException io ? BadInput.reason(io) : e.toString()));
      return false;
    }
  }

  /** What a file is, as these lines call it. */
  private static String kind(Path file) {
    String name = file.getFileName().toString();
    return name.equals("index.html") ? "report:   " : name.startsWith("verdict.") ? "verdict:  "
        : name.endsWith(".csv") ? "methods:  " : "chart:    ";
  }

  /** Adds the run to the history, which is no part of the run. */
  static void remember(RunDerivation derivation, List<TrialRow> rows, Consumer<String> say) {
    try {
      History.in(derivation.run().toAbsolutePath().getParent()).add(derivation.manifest(), rows);
    } catch (IOException | RuntimeException e) {
      say.accept("the history of runs lacks this one: " + (e instanceof IOException io ? BadInput.reason(io) : e.getMessage()));
    }
  }
}

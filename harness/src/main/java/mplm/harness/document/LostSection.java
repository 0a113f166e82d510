// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.document;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mplm.harness.document.Block.Heading;
import mplm.harness.document.Block.Paragraph;
import mplm.harness.document.Block.Picture;
import mplm.harness.document.Block.Table;
import mplm.harness.result.MethodSummary;

/**
 * The section that says what the program lost by each method, and which method did best at what.
 *
 * @param methods of all experiments
 * @param charts of each experiment of which that is known
 */
record LostSection(List<MethodSummary> methods, List<RunDocument.LostCharts> charts) {
  /** What one may want least of. */
  private enum Wish {
    LOST("the least time lost", MethodSummary::lost, MethodSummary::lostKnown),
    DOWNTIME("the shortest downtime", MethodSummary::downtime, MethodSummary::completed),
    TOTAL("the shortest migration", MethodSummary::total, MethodSummary::completed);

    private final String text;
    private final Function<MethodSummary, OptionalDouble> median;
    /** Of how many trials the median is. */
    private final ToLongFunction<MethodSummary> known;

    Wish(String text, Function<MethodSummary, OptionalDouble> median, ToLongFunction<MethodSummary> known) {
      this.text = text;
      this.median = median;
      this.known = known;
    }

    String evidence(MethodSummary summary) {
      return Numbers.of(median.apply(summary)) + " (n = " + known.applyAsLong(summary) + ")";
    }
  }

  List<Block> blocks() {
    List<MethodSummary> known = methods.stream().filter(summary -> summary.lost().isPresent()).toList();
    if (known.isEmpty()) {
      return List.of();
    }
    List<Block> blocks = new ArrayList<>();
    blocks.add(new Heading(2, "What the program lost"));
    blocks.add(new Paragraph("How much later the program reached where it would have been without the migration, until its speed was back:"
        + " medians of the trials that completed, in seconds. Parts are those of the trial that lost the median."));
    charts.forEach(experiment -> {
      experiment.lost().ifPresent(chart -> blocks.add(new Picture(chart, "time that the program lost by each method, before, in and after its stop")));
      experiment.choice().ifPresent(chart -> blocks.add(new Picture(chart,
          "each method at its migration time, over the time that the program lost, and over the downtime")));
    });
    blocks.add(new Table(List.of("experiment", "method", "completed", "migration time", "downtime", "lost", "its error", "slowed before",
        "blackout", "slowed after"), known.stream().map(LostSection::line).toList()));
    List<List<String>> choices = choices();
    if (!choices.isEmpty()) {
      blocks.add(new Heading(2, "Which to choose when"));
      blocks.add(new Paragraph("By the medians of this run alone, among the methods of which every trial completed and tells that. What"
          + " is close may be chance: mplm compare tells."));
      blocks.add(new Table(List.of("experiment", "who wants", "takes", "evidence: median, s", "next best"), choices));
    }
    return blocks;
  }

  private static List<String> line(MethodSummary summary) {
    return List.of(summary.experiment().name(), summary.method().toString(), summary.completed() + " of " + all(summary),
        Numbers.of(summary.total()), Numbers.of(summary.downtime()),
        Numbers.of(summary.lost()) + (summary.lostKnown() < summary.completed() ? " (n = " + summary.lostKnown() + ")" : ""),
        "± " + Numbers.of(summary.lostError()), Numbers.of(summary.lostBefore()), Numbers.of(summary.lostBlackout()),
        Numbers.of(summary.lostAfter()));
  }

  private List<List<String>> choices() {
    List<List<String>> lines = new ArrayList<>();
    methods.stream().collect(Collectors.groupingBy(summary -> summary.experiment().name(), LinkedHashMap::new, Collectors.toList()))
        .forEach((experiment, summaries) -> Stream.of(Wish.values()).forEach(wish -> {
          List<MethodSummary> best = summaries.stream().filter(summary -> wish.median.apply(summary).isPresent())
              .filter(summary -> wish.known.applyAsLong(summary) == all(summary))
              .sorted(Comparator.comparingDouble(summary -> wish.median.apply(summary).getAsDouble())).toList();
          if (best.size() > 1) {
            lines.add(List.of(experiment, wish.text, best.get(0).method().toString(), wish.evidence(best.get(0)),
                best.get(1).method() + ", " + wish.evidence(best.get(1))));
          }
        }));
    return lines;
  }

  private static long all(MethodSummary summary) {
    return summary.outcomes().values().stream().mapToLong(count -> count).sum();
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.document;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;
import mplm.harness.document.Block.Heading;
import mplm.harness.document.Block.Paragraph;
import mplm.harness.document.Block.Picture;
import mplm.harness.document.Block.Table;
import mplm.harness.result.MethodSummary;
import mplm.harness.result.Outcome;

/**
 * The section that says what the program lost by each method, and which method did best at what.
 *
 * @param methods of all experiments
 * @param charts of each experiment of which that is known
 */
record LostSection(List<MethodSummary> methods, List<RunDocument.LostCharts> charts) {
  /** What one may want least of. */
  private static final Map<String, Function<MethodSummary, OptionalDouble>> WISHES = new LinkedHashMap<>();

  static {
    WISHES.put("the least time lost", MethodSummary::lost);
    WISHES.put("the shortest downtime", MethodSummary::downtime);
    WISHES.put("the shortest migration", MethodSummary::total);
  }

  List<Block> blocks() {
    List<MethodSummary> known = methods.stream().filter(summary -> summary.lost().isPresent()).toList();
    if (known.isEmpty()) {
      return List.of();
    }
    List<Block> blocks = new ArrayList<>();
    blocks.add(new Heading(2, "What the program lost"));
    blocks.add(new Paragraph("How much later the program reached where it would have been without the migration, until its speed was back:"
        + " medians of the trials that completed, in seconds. Parts are medians too, and need not add up."));
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
      blocks.add(new Paragraph("By the medians of this run alone, among the methods of which every trial completed. What is close may be"
          + " chance: mplm compare tells."));
      blocks.add(new Table(List.of("experiment", "who wants", "takes", "evidence: median, s", "next best"), choices));
    }
    return blocks;
  }

  private static List<String> line(MethodSummary summary) {
    return List.of(summary.experiment().name(), summary.method().toString(), completed(summary) + " of " + all(summary),
        Numbers.of(summary.total()), Numbers.of(summary.downtime()), Numbers.of(summary.lost()),
        "± " + Numbers.of(summary.lostError()), Numbers.of(summary.lostBefore()), Numbers.of(summary.lostBlackout()),
        Numbers.of(summary.lostAfter()));
  }

  private List<List<String>> choices() {
    List<List<String>> lines = new ArrayList<>();
    methods.stream().collect(Collectors.groupingBy(summary -> summary.experiment().name(), LinkedHashMap::new, Collectors.toList()))
        .forEach((experiment, summaries) -> WISHES.forEach((wish, value) -> {
          List<MethodSummary> best = summaries.stream().filter(summary -> value.apply(summary).isPresent())
              .filter(summary -> completed(summary) == all(summary))
              .sorted(Comparator.comparingDouble(summary -> value.apply(summary).getAsDouble())).toList();
          if (best.size() > 1) {
            lines.add(List.of(experiment, wish, best.get(0).method().toString(), evidence(best.get(0), value),
                best.get(1).method() + ", " + evidence(best.get(1), value)));
          }
        }));
    return lines;
  }

  private static String evidence(MethodSummary summary, Function<MethodSummary, OptionalDouble> value) {
    return Numbers.of(value.apply(summary)) + " (n = " + completed(summary) + ")";
  }

  private static long completed(MethodSummary summary) {
    return Optional.ofNullable(summary.outcomes().get(Outcome.COMPLETED)).orElse(0L);
  }

  private static long all(MethodSummary summary) {
    return summary.outcomes().values().stream().mapToLong(count -> count).sum();
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import mplm.harness.chart.TrendChart;
import mplm.harness.history.History;
import mplm.harness.history.History.Point;
import mplm.harness.input.BadInput;
import mplm.harness.statistics.ChangePoints;
import mplm.harness.suite.Clone;
import mplm.harness.verdict.Metric;
import mplm.harness.verdict.Rules;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mplm trend}. */
@Command(
    name = "trend",
    description = {
      "Draws the medians of all runs so far, one chart per machine, experiment, method and metric, and says where they changed.",
      "Each run adds a row per cell to history.csv in the folder of the runs when it ends. Nothing is run."
    },
    mixinStandardHelpOptions = true)
public final class TrendCommand implements Callable<Integer> {
  @Option(names = "--history", paramLabel = "FILE", description = "by default reports/runs/history.csv")
  private Path history;

  @Option(names = "--threshold", paramLabel = "[METRIC=]PERCENT%", split = ",", description = "what matters, as in compare")
  private List<String> thresholds = List.of();

  @Option(names = "--output", paramLabel = "DIR", description = "where the charts go; by default reports/runs/trend")
  private Path output;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Clone clone = Clone.here();
    History rows = history == null ? History.in(clone.runs()) : History.of(history);
    Rules rules = rules();
    Path folder = output == null ? clone.runs().resolve("trend") : output;
    PrintWriter out = spec.commandLine().getOut();
    Map<Metric, Map<String, List<Point>>> all = new EnumMap<>(Metric.class); // whole before a chart of any is drawn
    for (Metric metric : Metric.values()) {
      all.put(metric, rows.series(metric));
    }
    if (all.values().stream().allMatch(Map::isEmpty)) {
      out.println("no run with a trial that completed yet");
    }
    for (Metric metric : Metric.values()) {
      int number = 0;
      for (Map.Entry<String, List<Point>> series : all.get(metric).entrySet()) {
        number++;
        List<Point> points = series.getValue();
        double[] values = points.stream().mapToDouble(Point::value).toArray();
        List<Integer> changes = ChangePoints.of(values, rules.threshold(metric));
        double[] levels = ChangePoints.levels(values, changes);
        String name = metric + "-" + number + "-" + series.getKey().replaceAll(" \\(.*", "").replaceAll("[^A-Za-z0-9.]+", "-");
        List<Path> charts = new TrendChart(series.getKey(), metric.title(), values, levels).write(folder, name);
        out.println(metric + ", " + series.getKey() + ": " + points.size() + " runs, " + (charts.isEmpty() ? "not drawn" : charts.get(0)));
        for (int at : changes) {
          out.println(String.format(Locale.ROOT, "  %s from %s on (%.3f to %.3f, engine %s to %s)", TrendChart.factor(levels[at - 1], levels[at]),
              points.get(at).run(), levels[at - 1], levels[at], brief(points.get(at - 1)), brief(points.get(at))));
        }
      }
    }
    out.flush();
    return 0;
  }

  private Rules rules() {
    try {
      return new Rules(Rules.ALPHA, Rules.thresholds(thresholds), List.of(), RunCommand.SEED);
    } catch (IllegalArgumentException e) {
      throw new BadInput("--threshold: " + e.getMessage());
    }
  }

  private static String brief(Point point) {
    return point.engine().substring(0, Math.min(12, point.engine().length()));
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.document;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import mplm.harness.chart.Chart;
import mplm.harness.chart.RatioChart;
import mplm.harness.document.Block.Heading;
import mplm.harness.document.Block.Paragraph;
import mplm.harness.document.Block.Picture;
import mplm.harness.document.Block.Table;
import mplm.harness.file.WholeFile;
import mplm.harness.table.TextTable;
import mplm.harness.verdict.Comparison;
import mplm.harness.verdict.Difference;
import mplm.harness.verdict.Judgement;
import mplm.harness.verdict.Metric;

/**
 * A comparison to be read, by people and by programs.
 *
 * @param base what is compared with, as it is called
 * @param candidate what is compared
 * @param notes of what was compared and how, a sentence each
 * @param comparison what was found
 */
public record ComparisonDocument(String base, String candidate, List<String> notes, Comparison comparison) {
  private static final ObjectMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  private static final List<String> HEADER = List.of(
      "experiment", "method", "metric", "n", "base", "candidate", "ratio", "95 % interval", "p", "verdict");

  public ComparisonDocument {
    notes = List.copyOf(notes);
  }

  /** Such as {@code verdict: worse (of 10 tests: 2 worse, 8 same)}. */
  public String sentence() {
    List<Difference> deciding = comparison.differences().stream().filter(difference -> !difference.control()).toList();
    String counts = Arrays.stream(Judgement.values())
        .map(judgement -> deciding.stream().filter(difference -> difference.judgement() == judgement).count() + " " + judgement)
        .filter(text -> !text.startsWith("0 ")).collect(Collectors.joining(", "));
    return "verdict: " + comparison.judgement() + " (" + (counts.isEmpty() ? "nothing to compare" : counts) + ")";
  }

  /** How it was judged. */
  public String rule() {
    String thresholds = Arrays.stream(Metric.values())
        .map(metric -> metric + " " + percent(comparison.rules().threshold(metric))).collect(Collectors.joining(", "));
    if (comparison.tests() == 0) {
      return "Computed rows do not vary: judged by the threshold alone (" + thresholds + ").";
    }
    return String.format(Locale.ROOT, "Worse: significant (%s, over %d tests, %.3g in all) and beyond the threshold (%s). A difference"
            + " can be significant from %d %s on. Assumed: %s.",
        comparison.isInRounds() ? "signed ranks, names exchanged within rounds" : "exact rank test, Holm", comparison.tests(),
        comparison.rules().alpha(), thresholds, comparison.needed(), comparison.isInRounds() ? "rounds" : "trials each", assumption());
  }

  private String assumption() {
    if (comparison.isInRounds() && comparison.isComputed()) {
      return "nothing, for both were computed from the same beginnings; beginnings of one trace are not all that its guest might do";
    }
    if (comparison.isInRounds()) {
      return "nothing of the machine, for who was first in a round was drawn by lot";
    }
    return comparison.machine().isEmpty() ? "the machine was the same for both, which no control cell shows"
        : "the machine was the same for all trials of each, and differs between the two by a factor within the interval that the control"
            + " cells show, whose ends were both tried";
  }

  /** A line per metric below a header. */
  public String text() {
    TextTable table = new TextTable("<<<" + ">".repeat(HEADER.size() - 4) + "<").row(HEADER.toArray());
    comparison.differences().forEach(difference -> table.row(cells(difference).toArray()));
    StringBuilder text = new StringBuilder(table.toString());
    notes.forEach(note -> text.append(note).append(System.lineSeparator()));
    return text.append(rule()).append(System.lineSeparator()).append(sentence()).append(System.lineSeparator()).toString();
  }

  /**
   * The same for {@link Markdown} and {@link Html}.
   *
   * @param chart what {@link #draw} wrote; none for where a picture cannot be shown
   */
  public List<Block> blocks(List<Path> chart) {
    List<Block> blocks = new ArrayList<>(List.of(new Heading(1, title()), new Paragraph(sentence())));
    chart.stream().filter(file -> file.toString().endsWith(".png")).forEach(file -> blocks.add(new Picture(file,
        "Ratio of " + candidate + " to " + base + " in each metric of each experiment and method, with its interval; 1 is equal")));
    List<Difference> differences = comparison.differences();
    blocks.add(new Table(HEADER, differences.stream().map(ComparisonDocument::cells).toList(),
        differences.stream().map(difference -> Chart.word(RatioChart.curve(difference))).toList()));
    notes.forEach(note -> blocks.add(new Paragraph(note)));
    blocks.add(new Paragraph(rule()));
    return blocks;
  }

  /** Draws all ratios into {@code NAME.png} and {@code NAME.svg}, and returns both; none if there are none. */
  public List<Path> draw(Path folder, String name) throws IOException {
    return RatioChart.write(title(), comparison.differences(), ComparisonDocument::told, folder, name);
  }

  /** What is compared, in the words of its heading. */
  public String title() {
    return candidate + " against " + base;
  }

  private static String told(Difference d) {
    List<String> cells = cells(d);
    return String.join(" ", cells.subList(0, 2)) + ", " + d.metric() + ": " + cells.get(5) + " against " + cells.get(4) + ", ratio "
        + cells.get(6) + d.interval().map(interval -> " (95 %: " + cells.get(7) + ")").orElse("") + ", n = " + cells.get(3) + ": "
        + cells.get(9);
  }

  /** The same as JSON; what is not there, or not finite, is null. */
  public void writeJson(Path file) throws IOException {
    ObjectNode root = JSON.createObjectNode().put("base", base).put("candidate", candidate)
        .put("verdict", comparison.judgement().toString()).put("alpha", comparison.rules().alpha()).put("tests", comparison.tests())
        .put("needed", comparison.needed());
    notes.forEach(root.putArray("notes")::add);
    ObjectNode thresholds = root.putObject("thresholds");
    for (Metric metric : Metric.values()) {
      thresholds.put(metric.toString(), comparison.rules().threshold(metric));
    }
    for (Difference d : comparison.differences()) {
      ObjectNode cell = root.withArray("differences").addObject();
      cell.put("experiment", d.experiment()).put("method", d.method()).put("metric", d.metric()).put("control", d.control())
          .put("base_n", d.baseTrials()).put("candidate_n", d.candidateTrials()).put("base", finite(d.base()))
          .put("candidate", finite(d.candidate())).put("ratio", finite(d.ratio()))
          .put("low", finite(d.interval().map(i -> OptionalDouble.of(i.low())).orElse(OptionalDouble.empty())))
          .put("high", finite(d.interval().map(i -> OptionalDouble.of(i.high())).orElse(OptionalDouble.empty())))
          .put("p", finite(d.p())).put("verdict", d.judgement().toString()).put("note", d.note());
    }
    WholeFile.write(file, JSON.writeValueAsString(root) + "\n");
  }

  /** The same as JUnit's XML: a metric of a cell is a test case, worse is a failure, too few is skipped. */
  public void writeJUnit(Path file) throws IOException {
    List<Difference> cases = comparison.differences().stream().filter(difference -> !difference.control()).toList();
    try (OutputStream out = Files.newOutputStream(file)) {
      XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(out, "UTF-8");
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeStartElement("testsuite");
      xml.writeAttribute("name", title());
      xml.writeAttribute("tests", Integer.toString(cases.size()));
      xml.writeAttribute("failures", count(cases, Judgement.WORSE));
      xml.writeAttribute("errors", "0");
      xml.writeAttribute("skipped", count(cases, Judgement.TOO_FEW));
      for (Difference difference : cases) {
        xml.writeStartElement("testcase");
        xml.writeAttribute("classname", difference.experiment() + "." + difference.method());
        xml.writeAttribute("name", difference.metric());
        if (difference.judgement() == Judgement.WORSE || difference.judgement() == Judgement.TOO_FEW) {
          xml.writeStartElement(difference.judgement() == Judgement.WORSE ? "failure" : "skipped");
          xml.writeAttribute("message", String.join(" ", cells(difference).subList(3, HEADER.size())));
          xml.writeEndElement();
        }
        xml.writeEndElement();
      }
      xml.writeEndElement();
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private static String count(List<Difference> cases, Judgement judgement) {
    return Long.toString(cases.stream().filter(difference -> difference.judgement() == judgement).count());
  }

  private static List<String> cells(Difference d) {
    String n = d.baseTrials() == d.candidateTrials()
        ? Integer.toString(d.baseTrials()) : d.baseTrials() + ", " + d.candidateTrials();
    return List.of(d.experiment(), d.method(), d.metric(), n, number(d.base()), number(d.candidate()), ratio(d.ratio()),
        d.interval().map(i -> ratio(OptionalDouble.of(i.low())) + " to " + ratio(OptionalDouble.of(i.high()))).orElse(Numbers.NONE),
        d.p().isPresent()
            ? String.format(Locale.ROOT, d.p().getAsDouble() < 0.001 ? "%.1e" : "%.3f", d.p().getAsDouble()) : Numbers.NONE,
        (d.control() ? "control: " : "") + d.judgement() + (d.note().isEmpty() ? "" : ", " + d.note()));
  }

  private static String number(OptionalDouble value) {
    return value.isPresent() && Double.isInfinite(value.getAsDouble()) ? "no end" : Numbers.of(value);
  }

  private static String ratio(OptionalDouble ratio) {
    return ratio.isEmpty() ? Numbers.NONE
        : Double.isInfinite(ratio.getAsDouble()) ? "no end" : String.format(Locale.ROOT, "%.3f", ratio.getAsDouble());
  }

  private static String percent(double share) {
    return Numbers.of(100 * share).replaceFirst("\\.?0+$", "") + " %";
  }

  private static Double finite(OptionalDouble value) {
    return value.isPresent() && Double.isFinite(value.getAsDouble()) ? Double.valueOf(value.getAsDouble()) : null;
  }
}

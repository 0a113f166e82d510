// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import mplm.harness.derive.RunDerivation;
import mplm.harness.support.InRecordedRun;
import org.htmlunit.WebClient;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.DomNode;
import org.htmlunit.html.HtmlElement;
import org.htmlunit.html.HtmlInput;
import org.htmlunit.html.HtmlPage;
import org.htmlunit.html.HtmlTable;
import org.htmlunit.html.HtmlTableRow;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

/** The report in a browser, with its script. */
public class PageTest extends InRecordedRun {
  private WebClient browser;
  private HtmlPage page;

  @BeforeMethod(dependsOnMethods = "unpack")
  public void open() throws IOException {
    RunDerivation.of(run).again();
    browser = new WebClient();
    browser.getOptions().setCssEnabled(false);
    page = browser.getPage(run.resolve("index.html").toUri().toURL());
  }

  @AfterMethod(alwaysRun = true)
  public void close() {
    browser.close();
  }

  /** Numbers as numbers; what has none, such as a trial that did not converge, is last either way. */
  @Test
  public void aClickOnAColumnsNameSortsByIt() throws IOException {
    HtmlTable trials = table("trial");
    int column = headers(trials).indexOf("migration time, s");
    HtmlElement name = trials.getRow(0).getCell(column).querySelector("button");
    List<String> asTheyWere = column(trials, 0);

    name.click();
    List<String> up = column(trials, column);
    assertThat(numbers(up)).hasSizeGreaterThan(2).isSorted();
    assertThat(up.subList(0, numbers(up).size())).allMatch(text -> !text.isBlank());
    name.click();
    List<String> down = column(trials, column);
    assertThat(numbers(down)).isEqualTo(reversed(numbers(up)));
    assertThat(down.subList(numbers(down).size(), down.size())).hasSameElementsAs(up.subList(numbers(up).size(), up.size()));
    assertThat(column(trials, 0)).isNotEqualTo(asTheyWere).hasSameElementsAs(asTheyWere);
  }

  @Test
  public void rowsWithoutTheWordsThatAreTypedAreHidden() throws IOException {
    HtmlTable stamps = table("of");
    HtmlInput words = (HtmlInput) ((DomElement) stamps.getParentNode()).getPreviousElementSibling().getFirstElementChild();
    words.setValue("kernel");
    words.fireEvent("input");
    List<HtmlTableRow> shown = stamps.getBodies().get(0).getRows().stream().filter(row -> !has(row, "unmatched")).toList();
    assertThat(shown).isNotEmpty().hasSizeLessThan(stamps.getBodies().get(0).getRows().size())
        .allSatisfy(row -> assertThat(row.getTextContent()).containsIgnoringCase("kernel"));
  }

  @Test
  public void aCurveIsHiddenInTheChartAndInItsTable() throws IOException {
    DomElement figure = page.querySelector("figure");
    HtmlInput box = (HtmlInput) figure.getPreviousElementSibling().querySelectorAll("input").stream()
        .filter(input -> input.getParentNode().getTextContent().strip().equals("mplm")).findFirst().orElseThrow();
    List<DomNode> own = new ArrayList<>(figure.querySelectorAll(".curve-mplm"));
    own.addAll(figure.getNextElementSibling().querySelectorAll("table .curve-mplm"));
    assertThat(own).extracting(DomNode::getNodeName).contains("circle", "tr");
    box.click();
    assertThat(own).allMatch(node -> has((DomElement) node, "hidden"));
    assertThat(figure.querySelectorAll(".curve-stock")).isNotEmpty().noneMatch(node -> has((DomElement) node, "hidden"));
    box.click();
    assertThat(own).noneMatch(node -> has((DomElement) node, "hidden"));
  }

  @Test
  public void aPointSaysItsValueWhereItIsPointedAt() {
    DomElement point = page.querySelector(".point.curve-mplm");
    DomElement tip = page.getElementById("tip");
    assertThat(has(tip, "hidden")).isTrue();
    point.fireEvent("pointerenter");
    assertThat(tip.getTextContent()).isEqualTo(point.getAttribute("aria-label")).contains(" s");
    assertThat(has(tip, "hidden")).isFalse();
    point.fireEvent("pointerleave");
    assertThat(has(tip, "hidden")).isTrue();
  }

  private HtmlTable table(String firstHeader) {
    return page.getBody().getElementsByTagName("table").stream().map(HtmlTable.class::cast)
        .filter(table -> table.getHeader() != null && headers(table).get(0).equals(firstHeader)).findFirst().orElseThrow();
  }

  private static List<String> headers(HtmlTable table) {
    return table.getRow(0).getCells().stream().map(cell -> cell.getTextContent().strip()).toList();
  }

  private static List<String> column(HtmlTable table, int column) {
    return table.getBodies().get(0).getRows().stream().map(row -> row.getCell(column).getTextContent().strip()).toList();
  }

  private static List<Double> numbers(List<String> texts) {
    return texts.stream().filter(text -> text.matches("\\d+(\\.\\d+)?")).map(Double::valueOf).toList();
  }

  private static <T> List<T> reversed(List<T> list) {
    List<T> reversed = new ArrayList<>(list);
    Collections.reverse(reversed);
    return reversed;
  }

  private static boolean has(DomElement element, String name) {
    return List.of(element.getAttribute("class").split(" ")).contains(name);
  }
}

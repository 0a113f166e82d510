// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import mplm.harness.result.TrialRow;
import mplm.harness.suite.PlannedTrial;
import org.testng.ISuite;
import org.testng.ISuiteListener;
import org.testng.ITestContext;
import org.testng.ITestResult;
import org.testng.TestNG;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;
import org.testng.reporters.JUnitReportReporter;
import org.testng.reporters.XMLReporter;
import org.testng.xml.XmlClass;
import org.testng.xml.XmlSuite;
import org.testng.xml.XmlTest;

/**
 * The trials as TestNG sees them: one TestNG test per experiment, one invocation per trial, named after it. A trial that failed is
 * a failed invocation; one that did not converge has been measured and passes.
 */
public final class TrialInvocations {
  private static final String ATTRIBUTE = "trials";

  /** Makes one trial. */
  @FunctionalInterface
  interface Maker {
    /** The trial's row; {@link org.testng.SkipException} if the run has been stopped. */
    TrialRow make(PlannedTrial planned);
  }

  /** A trial and what makes it; TestNG prints it as the trial's name. */
  record Invocation(PlannedTrial planned, Maker maker) {

    @Override
    public String toString() {
      return planned.name();
    }
  }

  /**
   * Makes all trials.
   *
   * @param suites the trials by the name of their TestNG suite; each suite has a thread
   * @param reports folder that gets TestNG's reports
   */
  static void run(Map<String, List<PlannedTrial>> suites, Maker maker, Path reports) {
    TestNG testng = new TestNG();
    testng.setXmlSuites(suites.entrySet().stream().map(entry -> suite(entry.getKey(), entry.getValue())).toList());
    testng.setSuiteThreadPoolSize(suites.size());
    testng.setOutputDirectory(reports.toString());
    testng.setVerbose(0);
    testng.setUseDefaultListeners(false);
    testng.addListener(new XMLReporter());
    testng.addListener(new JUnitReportReporter() {
      /** The trial's name, not the method's, which they all share. */
      @Override
      protected String getTestName(ITestResult result) {
        return result.getParameters()[0].toString();
      }
    });
    // TestNG makes the tests itself: they are handed their trials by an attribute
    testng.addListener(new ISuiteListener() {
      @Override
      public void onStart(ISuite suite) {
        suite.setAttribute(ATTRIBUTE, suites.get(suite.getName()).stream().map(planned -> new Invocation(planned, maker)).toList());
      }
    });
    testng.run();
  }

  private static XmlSuite suite(String name, List<PlannedTrial> trials) {
    XmlSuite xml = new XmlSuite();
    xml.setName(name);
    for (String test : trials.stream().map(TrialInvocations::test).distinct().toList()) {
      XmlTest tests = new XmlTest(xml);
      tests.setName(test);
      tests.setXmlClasses(List.of(new XmlClass(TrialInvocations.class)));
    }
    return xml;
  }

  /** Trials of several engines come in rounds, over all experiments: one TestNG test has them all. */
  private static String test(PlannedTrial planned) {
    return planned.engine().isEmpty() ? planned.experiment().name() : planned.suite();
  }

  /** The trials of the experiment after which the TestNG test is named. */
  @DataProvider
  public Iterator<Object[]> trials(ITestContext context) {
    return ((List<?>) context.getSuite().getAttribute(ATTRIBUTE)).stream()
        .map(Invocation.class::cast)
        .filter(invocation -> test(invocation.planned()).equals(context.getName()))
        .map(invocation -> new Object[] {invocation})
        .iterator();
  }

  /** Makes it. */
  @Test(dataProvider = "trials")
  public void trial(Invocation invocation) {
    TrialRow row = invocation.maker().make(invocation.planned());
    if (row.outcome().isFault()) {
      throw new AssertionError(row.outcome() + ": " + row.reason().orElse("no reason given"));
    }
  }
}

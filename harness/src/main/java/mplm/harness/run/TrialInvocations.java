// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import java.util.Iterator;
import java.util.List;
import mplm.harness.result.TrialRow;
import mplm.harness.suite.PlannedTrial;
import org.testng.ISuite;
import org.testng.ISuiteListener;
import org.testng.ITestContext;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/**
 * The trials as TestNG sees them: one TestNG test an experiment, one invocation a trial, named after it. A trial that failed is a
 * failed invocation; one that did not converge has been measured and passes.
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

  /** The names of the TestNG tests, in the order of the plan. */
  static List<String> names(List<PlannedTrial> plan) {
    return plan.stream().map(TrialInvocations::test).distinct().toList();
  }

  /** Trials of several engines come in rounds, over all experiments: one TestNG test has them all. */
  private static String test(PlannedTrial planned) {
    return planned.engine().isEmpty() ? planned.experiment().name() : planned.suite();
  }

  /** Hands the trials to the tests: TestNG makes those itself. */
  static ISuiteListener handing(List<PlannedTrial> plan, Maker maker) {
    return new ISuiteListener() {
      @Override
      public void onStart(ISuite suite) {
        suite.setAttribute(ATTRIBUTE, plan.stream().map(planned -> new Invocation(planned, maker)).toList());
      }
    };
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

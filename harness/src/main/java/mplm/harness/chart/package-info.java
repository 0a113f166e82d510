// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Results as pictures. {@link mplm.harness.chart.Figures} makes of rows the {@link mplm.harness.chart.Figure} of each
 * experiment, as the paper has it, {@link mplm.harness.chart.Chart} draws it, {@link mplm.harness.chart.FigureCsv} writes its
 * numbers.
 */
package mplm.harness.chart;

// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The report of a run, or of several of one kind, to be read. {@link mplm.harness.document.RunDocument} says what stands in it, as
 * {@link mplm.harness.document.Block}s; {@link mplm.harness.document.Html} writes them as one file that needs no other, {@link
 * mplm.harness.document.Markdown} as text for where a page cannot be shown.
 */
package mplm.harness.document;

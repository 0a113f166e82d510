// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The controller's own disk: {@link mplm.harness.file.WholeFile} (what is written whole or not at all, for a disk may be full), {@link
 * mplm.harness.file.Folders} and {@link mplm.harness.file.ScratchFolder}. What is in the files is others' matter.
 */
package mplm.harness.file;

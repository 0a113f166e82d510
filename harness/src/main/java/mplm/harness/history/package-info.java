// SPDX-License-Identifier: GPL-2.0-or-later

/** What runs on a machine came to in the course of time: a file to which each run adds its medians, and where they changed. */
package mplm.harness.history;

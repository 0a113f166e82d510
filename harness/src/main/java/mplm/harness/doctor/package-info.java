// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Whether two hosts are fit for a suite, told before anything is measured. A {@link mplm.harness.doctor.Check} is one thing that
 * was looked at; {@link mplm.harness.doctor.Doctor} makes them, from the {@link mplm.harness.doctor.Facts} that a host tells
 * about itself and from trying what a run will do; {@link mplm.harness.doctor.Diagnosis} is all of them. How they are shown is
 * the writers' matter.
 */
package mplm.harness.doctor;

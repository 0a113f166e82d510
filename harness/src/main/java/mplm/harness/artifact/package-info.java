// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What is built once and used by all runs. {@link mplm.harness.artifact.Build} has the engine or the guest built if the cache
 * does not hold it yet, {@link mplm.harness.artifact.Artifact} is a folder that was built with its properties, {@link
 * mplm.harness.artifact.Artifacts} are those of a run, {@link mplm.harness.artifact.EngineSource} says where the sources of
 * another engine are.
 */
package mplm.harness.artifact;

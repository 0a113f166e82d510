// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.fuzz;

/**
 * What reads something from outside, each a target for a fuzzer ({@code engine/fuzz/fuzz}): any bytes are either read, or refused in
 * the one way that its callers know. Whatever else it throws is a fault.
 */
enum Target {
  /** One word of the command line or of a file; the first byte says of which kind. */
  UNITS(Words::unit),
  METHODS(Words::method),
  SUITES(Documents::suite),
  BENCHMARKS(Documents::benchmark),
  HOSTS(Documents::hosts),
  MANIFESTS(Documents::manifest),
  STAMPS(Documents::stamp),
  TABLES(Documents::table),
  /** The input is what gzip has in it, or, with a first byte of 31 as gzip's own, the file itself. */
  TRACES(Records::trace),
  /** A line of the guest. */
  GUESTS(Records::guest),
  /** A file of a trial's records; the first byte says which. */
  RECORDS(Records::record),
  /** What a hypervisor says after its greeting. */
  QMP(Records::qmp);

  private final Reader reader;

  Target(Reader reader) {
    this.reader = reader;
  }

  void read(byte[] input) throws Exception {
    reader.read(input);
  }

  private interface Reader {
    void read(byte[] input) throws Exception;
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The command line that a host's shell gets. It runs a program as a child of one fixed script that holds the channel's
 * standard input: at its end, which a closed channel, a reset connection and a killed controller all bring about, the program
 * is killed. A controller that lost its power, or the network to it, brings no end about, and the host's TCP would notice after
 * hours: the program is killed, too, when no line has come for a time. Before the program's own output stands {@link #MARK} and
 * the process id, so that whatever the user's start-up files print is told apart. The program's own standard input is empty.
 */
final class Leash {
  static final String MARK = "mplm-leash:";

  /*
   * The leash ends with the input, or when no line has come for too long, which only bash can tell. It is one process that starts
   * no others: it works on a host that has none left, and to kill it leaves nothing behind.
   * What programs say is looked through for causes, which have their English words.
   * KILL, because a hypervisor that answers TERM slowly would outlive its experiment.
   */
  private static final String SCRIPT =
      """
      export LC_ALL=C
      exec 3<&0 </dev/null
      sh -c 'echo "'MARK'$$"; exec "$@"' mplm "$@" 3<&- & program=$!
      {
        if command -v bash; then exec bash -c 'while read -r -t "$1" _; do :; done; kill -KILL "$2"' leash 'SILENCE' $program; fi
        while read -r _; do :; done
        kill -KILL $program
      } <&3 >/dev/null 2>&1 & leash=$!
      exec 3<&-
      wait $program; status=$?
      kill -KILL $leash 2>/dev/null
      exit $status
      """.replace("'MARK'", MARK);

  private Leash() {}

  /** @param silence for which the program lives on without a line from the controller, in whole seconds */
  static String command(Duration silence, String... argv) {
    if (argv.length == 0) {
      throw new IllegalArgumentException("a command has at least one word");
    }
    return "exec sh -c " + quote(SCRIPT.replace("'SILENCE'", Long.toString(silence.toSeconds()))) + " mplm "
        + Arrays.stream(argv).map(Leash::quote).collect(Collectors.joining(" "));
  }

  /** One word for any POSIX shell, whatever is in it; a NUL cannot be in an argument and is refused. */
  static String quote(String word) {
    if (word.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("an argument cannot hold a NUL: " + word.replace("\0", "\\0"));
    }
    return "'" + word.replace("'", "'\\''") + "'";
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The command line that a host's shell gets. It runs a program as a child of one fixed script that holds the channel's
 * standard input: at its end, which a closed channel, a dead connection and a killed controller all bring about, the program
 * is killed. Before the program's own output stands {@link #MARK} and the process id, so that whatever the user's
 * start-up files print is told apart. The program's own standard input is empty.
 */
final class Leash {
  static final String MARK = "mplm-leash:";

  /*
   * The loop ends with the input; it is a shell builtin, so killing the subshell leaves nothing behind.
   * What programs say is looked through for causes, which have their English words.
   * KILL, because a hypervisor that answers TERM slowly would outlive its experiment.
   */
  private static final String SCRIPT =
      """
      export LC_ALL=C
      exec 3<&0 </dev/null
      sh -c 'echo "'MARK'$$"; exec "$@"' mplm "$@" 3<&- & program=$!
      { while read -r _ <&3; do :; done; kill -KILL $program; } >/dev/null 2>&1 & leash=$!
      exec 3<&-
      wait $program; status=$?
      kill -KILL $leash
      exit $status
      """.replace("'MARK'", MARK);

  private Leash() {}

  static String command(String... argv) {
    if (argv.length == 0) {
      throw new IllegalArgumentException("a command has at least one word");
    }
    return "exec sh -c " + quote(SCRIPT) + " mplm "
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

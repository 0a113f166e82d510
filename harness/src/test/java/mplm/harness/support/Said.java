// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.support;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.function.IntSupplier;
import mplm.harness.command.ExitCode;
import mplm.harness.input.BadInput;
import picocli.CommandLine;

/** What a command has said, and its exit code. */
public record Said(int exitCode, String out, String err) {
  /** One command of the kit; the message of bad input is all that it says as an error. */
  public static Said by(Object command, String... arguments) {
    StringWriter out = new StringWriter();
    String[] err = {""};
    CommandLine line = new CommandLine(command).setOut(new PrintWriter(out));
    line.setExecutionExceptionHandler((e, failed, result) -> {
      if (!(e instanceof BadInput)) {
        throw e;
      }
      err[0] = e.getMessage();
      return ExitCode.BAD_INPUT;
    });
    return new Said(line.execute(arguments), out.toString(), err[0]);
  }

  /** Whatever writes to standard output and standard error meanwhile. */
  public static Said by(IntSupplier command) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream realOut = System.out;
    PrintStream realErr = System.err;
    try {
      System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
      int exitCode = command.getAsInt();
      return new Said(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(realOut);
      System.setErr(realErr);
    }
  }
}

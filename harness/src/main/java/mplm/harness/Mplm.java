// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.Locale;
import java.util.Optional;
import mplm.engine.unit.Patience;
import mplm.harness.artifact.BuildFailed;
import mplm.harness.command.CleanCommand;
import mplm.harness.command.CompareCommand;
import mplm.harness.command.DeriveCommand;
import mplm.harness.command.DoctorCommand;
import mplm.harness.command.ExitCode;
import mplm.harness.command.ListCommand;
import mplm.harness.command.MergeCommand;
import mplm.harness.command.NativeCode;
import mplm.harness.command.ProvisionCommand;
import mplm.harness.command.RecordCommand;
import mplm.harness.command.ReportCommand;
import mplm.harness.command.RunCommand;
import mplm.harness.command.SimulateCommand;
import mplm.harness.command.TestbedCommand;
import mplm.harness.command.TrendCommand;
import mplm.harness.command.Version;
import mplm.harness.host.Cause;
import mplm.harness.host.HostException;
import mplm.harness.input.BadInput;
import mplm.harness.testbed.TestbedException;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code mplm}. It ends with 0 or an {@link ExitCode}. */
@Command(
    name = "mplm",
    description = "Measures live migration of virtual machines by MPLM, by stock QEMU and by orchestrators' rules.",
    subcommands = {RunCommand.class, MergeCommand.class, DeriveCommand.class, ReportCommand.class, CompareCommand.class,
      TrendCommand.class, RecordCommand.class, SimulateCommand.class, ListCommand.class, DoctorCommand.class, ProvisionCommand.class,
      CleanCommand.class, TestbedCommand.class, AutoComplete.GenerateCompletion.class},
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
public final class Mplm {
  private Mplm() {}

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] args) {
    // charts need no display
    System.setProperty("java.awt.headless", "true");
    // what libraries print has the digits that CSV files have
    Locale.setDefault(Locale.ROOT);
    NativeCode.findFolder();
    System.exit(run(args));
  }

  /** The command's grammar. */
  static CommandLine commandLine() {
    return new CommandLine(new Mplm());
  }

  /** Runs the command and returns its exit code. */
  public static int run(String... args) {
    try {
      Patience.check();
    } catch (IllegalArgumentException e) {
      System.err.println("mplm: " + e.getMessage());
      return ExitCode.BAD_INPUT;
    }
    CommandLine line = commandLine();
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler((e, rest) -> say(e.getCommandLine(),
        e.getMessage().replaceFirst("^Error: ", "") + " (" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help says what is allowed)",
        ExitCode.BAD_INPUT));
    line.setExecutionExceptionHandler((e, command, result) -> {
      if (e instanceof BadInput) {
        return say(command, e.getMessage(), ExitCode.BAD_INPUT);
      }
      if (e instanceof HostException) {
        return say(command, e.getMessage() + Cause.of(e.getMessage()).map(cause -> ": " + cause.remedy()).orElse(""), ExitCode.NOT_FIT);
      }
      if (e instanceof TestbedException) {
        return say(command, e.getMessage(), ExitCode.NOT_FIT); // has its remedy
      }
      if (e instanceof BuildFailed failed) {
        // the script has said what is wrong with the input
        return failed.exitStatus() == ExitCode.BAD_INPUT ? ExitCode.BAD_INPUT : say(command, e.getMessage(), ExitCode.NOT_FIT);
      }
      if (e instanceof FileSystemException file && !Cause.DISK_FULL.isToldBy(BadInput.reason(file))) {
        // a file or folder that was named cannot be read or written
        return say(command, BadInput.reason(file), ExitCode.BAD_INPUT);
      }
      IOException io = e instanceof IOException own ? own : e instanceof UncheckedIOException own ? own.getCause() : null;
      if (io != null) {
        // such as a disk that is full, whichever call meets it
        String reason = BadInput.reason(io);
        return say(command, reason + Cause.of(reason).map(cause -> ": " + cause.remedy()).orElse(""), ExitCode.NOT_FIT);
      }
      throw e;
    });
    int status = execute(line, args);
    if (System.out.checkError()) {
      System.err.println("mplm: standard output cannot be written");
      return status == 0 ? ExitCode.NOT_FIT : status;
    }
    return status;
  }

  private static int execute(CommandLine line, String... args) {
    try {
      return line.execute(args);
    } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
      String reason = String.valueOf(e.getMessage());
      // JNA tells first what it could not load, and where it looked; why it could not unpack it may come last
      Optional<String> full = reason.lines().filter(Cause.DISK_FULL::isToldBy).findFirst();
      return say(line, "native code cannot be loaded (" + full.or(() -> reason.lines().findFirst()).orElse("")
          + "): it is unpacked below ~/.cache, " + (full.isPresent() ? "so " + Cause.DISK_FULL.remedy()
              : "which must not be mounted noexec; XDG_CACHE_HOME names another folder, or JAVA_TOOL_OPTIONS=-Djna.tmpdir=FOLDER"),
          ExitCode.NOT_FIT);
    } catch (OutOfMemoryError e) {
      return say(line, "Java has taken the " + (Runtime.getRuntime().maxMemory() >> 20) + "MiB that it may, and needs more: take smaller"
          + " guests or fewer trials at once, or let it have more, such as by JAVA_TOOL_OPTIONS=-Xmx8g", ExitCode.NOT_FIT);
    }
  }

  private static int say(CommandLine command, String message, int exitCode) {
    command.getErr().println("mplm: " + message);
    return exitCode;
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import mplm.harness.Forked;
import mplm.harness.Mplm;
import mplm.harness.derive.RecordedRun;
import mplm.harness.derive.RunDerivation;
import mplm.harness.result.TrialRow;
import mplm.harness.support.SmallDisk;
import mplm.harness.terminal.Display;
import org.testng.annotations.Test;

/**
 * The disk of a run's folder is full, at each write in turn: a file system of a few MiB, filled but for some room. No row is lost, each command ends with one line and code 3, a run with its last lines, and all is
 * made when there is room.
 */
public class DiskFullTest {
  /** In KiB: from no write at all to all but the last picture. */
  private static final int[] ROOM = {0, 4, 40, 180, 340};

  @Test
  public void rowsSurviveAFullDiskAtEachWriteAndAllIsMadeWhenThereIsRoom() throws Exception {
    try (SmallDisk disk = SmallDisk.of(8)) {
      Forked told = Forked.of(Map.of(), disk.within(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
          System.getProperty("java.class.path"), Filling.class.getName(), disk.path().toString())));
      assertThat(told.status()).as(told.err()).isZero();
      assertThat(told.out().lines().filter(line -> line.startsWith("room "))).as(told.out()).hasSize(ROOM.length);
    }
  }

  /** No folder can be made: that is no fault of what was asked for, as a folder that cannot be used is. */
  @Test
  public void aRunThatCannotBeginOnAFullDiskIsToldSo() throws Exception {
    try (SmallDisk disk = SmallDisk.of(1, "nr_inodes=1")) {
      Forked told = Forked.of(Map.of(), disk.within(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
          System.getProperty("java.class.path"), Beginning.class.getName(), disk.path().resolve("runs").toString())));
      assertThat(told.err()).contains("UncheckedIOException").contains("No space left on device");
    }
  }

  /** Within the namespace. */
  public static final class Beginning {
    public static void main(String[] args) {
      RunFolder.create(Path.of(args[0]), "quick", Instant.EPOCH);
    }
  }

  /** Within the namespace. */
  public static final class Filling {
    private static final int KIB = 1024;
    private static final String COMPUTED = ".*(/charts/.*|index[.]html|report[.]md|timeline[.]png|timeline[.]csv|figure[.]csv|claims[.]csv)";

    /** What was called gave back, and said on standard output and standard error. */
    private record Said(Object value, String out, String err) {
      String last() {
        return out.lines().reduce("", (before, line) -> line);
      }
    }

    public static void main(String[] args) throws Exception {
      System.setProperty("java.awt.headless", "true");
      Path run = Path.of(args[0]).resolve("runs/one");
      copy(RecordedRun.unpack(), run);
      String rows = Files.readString(run.resolve("trials.csv"));
      Files.writeString(Path.of(args[0]).resolve("simulated.csv"), "of before\n");
      for (int room : ROOM) {
        removeComputed(run);
        Path ballast = fill(Path.of(args[0]), room);
        Said derive = said(out -> Mplm.run("derive", run.toString()));
        Said last = said(out -> lastLines(run, out, List.of()));
        assertThat(run.resolve("trials.csv")).as("rows with room of %d KiB", room).hasContent(rows);
        assertThat(derive.value).as(derive.err).isIn(0, 3);
        assertThat(room > 0 || derive.value.equals(3)).isTrue();
        if (derive.value.equals(3)) {
          assertThat(derive.err.lines()).singleElement().asString().startsWith("mplm: " + run + "/").contains("No space left on device", "make room");
        }
        if (room == 0) {
          simulated(Path.of(args[0]));
          merged(run, Path.of(args[0]).resolve("merged"), 3);
        }
        if (last.value.equals(false)) {
          assertThat(last.last()).isEqualTo("all trials are done; mplm derive " + run + " makes the rest of their records");
          assertThat(last.out).contains("are not all written: ", "No space left on device", "measured: MPLM took ");
        }
        Files.delete(ballast);
        System.out.println("room " + room + " KiB: derive " + derive.value + ", run " + (last.value.equals(true) ? "whole" : "not whole"));
      }
      broken(run, Path.of(args[0]));
      assertThat(said(out -> Mplm.run("derive", run.toString())).value).isEqualTo(0);
      assertThat(run.resolve("index.html")).isNotEmptyFile();
      again(run, Path.of(args[0]));
      merged(run, Path.of(args[0]).resolve("merged"), 0);
      assertThat(said(out -> lastLines(run, out, List.of())).last()).startsWith("each trial over time: ");
    }

    /** Tables, charts and reports that are there, here of one word, are made again whole or not at all. */
    private static void again(Path run, Path disk) throws IOException {
      Map<Path, byte[]> whole = new TreeMap<>();
      for (Path file : computed(run)) {
        whole.put(file, Files.readAllBytes(file));
      }
      assertThat(whole.keySet().stream().map(file -> file.getFileName().toString()))
          .contains("index.html", "report.md", "timeline.png", "timeline.csv", "claims.csv").anyMatch(name -> name.endsWith(".svg"));
      byte[] before = "before".getBytes(StandardCharsets.UTF_8);
      for (int room : ROOM) {
        for (Path file : whole.keySet()) {
          Files.write(file, before);
        }
        Path ballast = fill(disk, room);
        assertThat(said(out -> Mplm.run("derive", run.toString())).value).isIn(0, 3);
        Files.delete(ballast);
        assertThat(computed(run)).containsExactlyInAnyOrderElementsOf(whole.keySet())
            .allSatisfy(file -> assertThat(Files.readAllBytes(file)).as("%s, with room of %d KiB", file, room).isIn(before, whole.get(file)));
      }
      assertThat(said(out -> Mplm.run("derive", run.toString())).value).isEqualTo(0);
    }

    private static List<Path> computed(Path run) throws IOException {
      try (Stream<Path> files = Files.walk(run)) {
        return files.filter(path -> path.toString().matches(COMPUTED) && Files.isRegularFile(path)).toList();
      }
    }

    /** What may have taken hours is told, if it cannot be kept. */
    private static void simulated(Path disk) throws IOException {
      Said simulated = said(out -> Mplm.run("simulate", "synthetic:memory=16MiB,set=4MiB,rate=100", "--link", "100Mbit/s", "--limit", "30s", "--methods",
          "mplm,stop-and-copy", "--csv", disk.resolve("simulated.csv").toString()));
      assertThat(simulated.value).as(simulated.err).isEqualTo(3);
      assertThat(simulated.out).containsPattern("mplm +completed").containsPattern("stop-and-copy +completed");
      assertThat(simulated.err).contains("No space left on device", "make room");
      assertThat(disk.resolve("simulated.csv")).hasContent("of before\n");
      assertThat(disk.resolve("simulated.csv.new")).doesNotExist();
    }

    /** Nothing half merged stays, and it can be merged once there is room. */
    private static void merged(Path run, Path output, int status) throws IOException {
      Said merged = said(out -> Mplm.run("merge", "--output", output.toString(), run.toString()));
      assertThat(merged.value).as(merged.err).isEqualTo(status);
      assertThat(Files.exists(output)).isEqualTo(status == 0);
      assertThat(output.resolveSibling("merged.new")).doesNotExist();
      if (status != 0) {
        assertThat(merged.err.lines()).singleElement().asString().contains(output + ".new/", "No space left on device", "make room");
      }
    }

    /** Broken off by the full disk amid its last trials: why, and what runs the others, are the last lines. */
    private static void broken(Path run, Path disk) throws Exception {
      Path journal = run.resolve("trials/006-short-mg.S-precopy-0.001s-1/journal.jsonl");
      String whole = Files.readString(journal);
      Files.writeString(journal, "");
      removeComputed(run);
      Path ballast = fill(disk, 0);
      Said last = said(out -> lastLines(run, out, List.of("the run cannot go on, a trial cannot be recorded: no room")));
      assertThat(last.value).isEqualTo(false);
      assertThat(last.out.lines().toList()).endsWith("the run cannot go on, a trial cannot be recorded: no room",
          "5 of 6 trials are done; mplm run --resume " + run + " runs the others");
      Files.delete(ballast);
      Files.writeString(journal, whole);
    }

    private static boolean lastLines(Path run, PrintStream out, List<String> troubles) throws IOException {
      RunDerivation derivation = RunDerivation.of(run);
      List<TrialRow> rows = derivation.rows();
      return new LastLines(derivation, Display.on(out, false), false, troubles).say(rows);
    }

    private interface Call {
      Object of(PrintStream out) throws IOException;
    }

    private static Said said(Call call) throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      PrintStream realOut = System.out;
      PrintStream realErr = System.err;
      PrintStream shown = new PrintStream(out, true, StandardCharsets.UTF_8);
      try {
        System.setOut(shown);
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Said(call.of(shown), out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
      } finally {
        System.setOut(realOut);
        System.setErr(realErr);
      }
    }

    /** A file that leaves so many KiB. */
    private static Path fill(Path disk, int room) throws IOException {
      Path ballast = disk.resolve("ballast");
      long left = Files.getFileStore(disk).getUsableSpace() - (long) room * KIB;
      try (OutputStream out = Files.newOutputStream(ballast)) {
        for (long n = 0; n < left / KIB; n++) {
          out.write(new byte[KIB]);
        }
      }
      return ballast;
    }

    private static void removeComputed(Path run) throws IOException {
      for (Path file : computed(run)) {
        Files.delete(file);
      }
    }

    private static void copy(Path from, Path to) throws IOException {
      try (Stream<Path> files = Files.walk(from)) {
        for (Path file : files.toList()) {
          Path target = to.resolve(from.relativize(file).toString());
          if (Files.isDirectory(file)) {
            Files.createDirectories(target);
          } else {
            Files.copy(file, target);
          }
        }
      }
      RecordedRun.remove(from);
    }
  }
}

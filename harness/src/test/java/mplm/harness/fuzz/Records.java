// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import mplm.engine.guest.GuestRecord;
import mplm.engine.guest.TraceEvent;
import mplm.engine.migration.Method;
import mplm.engine.migration.MigrationResult;
import mplm.engine.qmp.QmpClient;
import mplm.engine.qmp.QmpException;
import mplm.engine.qmp.QmpMessage;
import mplm.engine.trace.TraceFile;
import mplm.harness.echo.Echo;
import mplm.harness.input.BadInput;
import mplm.harness.record.CpuRecord;
import mplm.harness.record.Journal;
import mplm.harness.record.QmpRecord;
import mplm.harness.record.SerialRecord;

/** What a guest, a hypervisor and a trial have said. */
final class Records {
  private static final String GREETING = "{\"QMP\": {}}\n{\"return\": {}, \"id\": 1}\n";
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private Records() {}

  static void trace(byte[] input) throws Exception {
    boolean raw = input.length > 0 && input[0] == 31;
    Path file = Documents.file("fuzzed.trace.gz", raw ? input : gzip(input));
    Refusal.byArgument(() -> new TraceFile(file));
  }

  private static byte[] gzip(byte[] input) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(input);
    }
    return bytes.toByteArray();
  }

  static void guest(byte[] input) throws Exception {
    Optional<GuestRecord> record = GuestRecord.parse(new String(input, ISO_8859_1), 0);
    if (record.isPresent()) {
      Refusal.byArgument(record.get()::guestTime);
      Refusal.byArgument(() -> record.get().number("n"));
      if (!GuestRecord.parse(record.get().toString(), 0).equals(record)) {
        throw new AssertionError("printed as '" + record.get() + "', which is read as another");
      }
    }
  }

  static void record(byte[] input) throws Exception {
    byte[] rest = Arrays.copyOfRange(input, Math.min(1, input.length), Math.max(1, input.length));
    Path file = Documents.file("record", rest);
    try {
      switch (input.length == 0 ? 0 : input[0] & 7) {
        case 0 -> SerialRecord.read(file);
        case 1 -> migrations(QmpRecord.read(file));
        case 2 -> Refusal.byMessage(() -> Journal.read(file));
        case 3 -> CpuRecord.read(file);
        case 4 -> Echo.read(file);
        default -> TraceEvent.of(new String(rest, ISO_8859_1).lines());
      }
    } catch (BadInput | IllegalArgumentException | IllegalStateException | NoSuchElementException | IndexOutOfBoundsException
        | ArithmeticException | JsonProcessingException | CharacterCodingException e) {
      // makes no sense: RunDerivation then says so of that trial, and goes on
    }
  }

  private static void migrations(List<QmpMessage> messages) {
    for (MigrationResult.Outcome outcome : MigrationResult.Outcome.values()) {
      MigrationResult.of(Method.parse("mplm"), false, outcome, Optional.empty(), messages);
    }
  }

  static void qmp(byte[] input) throws Exception {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    said.write(GREETING.getBytes(UTF_8));
    said.write(input);
    try (QmpClient client = QmpClient.open("fuzzed", new ByteArrayInputStream(said.toByteArray()), OutputStream.nullOutputStream(),
        message -> {}, PATIENCE)) {
      client.execute("query-status", PATIENCE);
    } catch (QmpException.NotYet e) {
      throw new AssertionError("the end of a conversation was not noticed", e);
    } catch (QmpException e) {
      // refused or died
    }
  }
}

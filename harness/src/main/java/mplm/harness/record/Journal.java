// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import mplm.engine.migration.MigrationResult;
import mplm.engine.unit.DataSize;
import mplm.harness.input.BadInput;
import mplm.harness.result.MemoryVerdict;
import mplm.harness.result.Outcome;

/**
 * The file {@code journal.jsonl} of a trial: what the controller did and found out by itself, one event per line, {@code t} seconds
 * after the trial began. The last event of a trial that came to its end is {@code end}. Thread-safe.
 */
public final class Journal implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  /** A part of a trial that is not the harness's own. */
  public enum Part {
    BOOT,
    WARM_UP,
    MIGRATION,
    MEMORY_CHECK,
    FINISH
  }

  /**
   * What a journal holds.
   *
   * @param pair of hosts on which it took place; empty if the run had but one
   * @param ssh time spent in operations over SSH, those that compare memory left out; empty in journals that do not tell it
   * @param parts how long each took, up to the end of the trial if something broke it off
   * @param used memory that the source host had had to provide when the working set stood
   * @param limit after which the migration is cancelled
   * @param noEcho why no echo was sent to the guest
   * @param absent how long the controller stood still at most since the part began in which the trial measures
   * @param migration how the migration ended
   * @param migrationReason why it did not complete
   * @param memory what the comparison of the memory found
   * @param outcome how the trial ended; empty if it did not come to its end
   * @param reason why it did not complete
   * @param all how long the trial took
   */
  public record Contents(
      Optional<String> pair,
      Optional<Duration> ssh,
      Map<Part, Duration> parts,
      Optional<DataSize> used,
      Optional<Duration> limit,
      Optional<String> noEcho,
      Optional<Duration> absent,
      Optional<MigrationResult.Outcome> migration,
      Optional<String> migrationReason,
      Optional<MemoryVerdict> memory,
      Optional<Outcome> outcome,
      Optional<String> reason,
      Duration all) {}

  private final Writer writer;
  private final long begin;
  private boolean ended;

  /** A new file; {@code begin} is when the trial began, {@link System#nanoTime}. */
  public Journal(Path file, long begin) throws IOException {
    this.writer = Files.newBufferedWriter(file);
    this.begin = begin;
  }

  /** Where the trial takes place. */
  public void on(String pair) {
    write(event("on").put("pair", pair));
  }

  /** An operation over SSH is done, such as {@code run sh} on {@code source}. */
  public void ssh(String host, String operation, Duration took) {
    write(event("ssh").put("host", host).put("operation", operation).put("s", Seconds.of(took.toNanos())));
  }

  /** A part begins; the one before has ended. */
  public void start(Part part) {
    write(event("start").put("part", part.name().toLowerCase(Locale.ROOT)));
  }

  /** The part in progress ends. */
  public void stop() {
    write(event("stop"));
  }

  /** The working set stands. */
  public void workingSet(DataSize used, Duration limit) {
    write(event("working_set").put("used_bytes", used.bytes()).put("limit_s", Seconds.of(limit.toNanos())));
  }

  /** The program's pace is known; its guest is moved after the wait, at a share of its repetition that nobody chose. */
  public void moment(Duration repetition, double share, Duration wait) {
    write(event("moment").put("repetition_s", Seconds.of(repetition.toNanos())).put("share", share)
        .put("wait_s", Seconds.of(wait.toNanos())));
  }

  /** The controller stood still for so long, and goes on. */
  public void absent(Duration length) {
    write(event("absent").put("s", Seconds.of(length.toNanos())));
  }

  /** The guest has no network. */
  public void noEcho(String why) {
    write(event("no_echo").put("reason", why));
  }

  /** The migration is over. */
  public void migrated(MigrationResult result) {
    ObjectNode event = event("migrated").put("outcome", result.outcome().name().toLowerCase(Locale.ROOT));
    result.reason().ifPresent(reason -> event.put("reason", reason));
    write(event);
  }

  /** The memory of both sides was compared. */
  public void compared(MemoryVerdict verdict) {
    ObjectNode event = event("compared").put("bytes", verdict.compared().bytes());
    event.set("areas", JSON.valueToTree(verdict.areas()));
    event.set("different", JSON.valueToTree(verdict.different()));
    write(event);
  }

  /** The trial is over; only the first end counts. */
  public synchronized void end(Outcome outcome, Optional<String> reason) {
    if (ended) {
      return;
    }
    ObjectNode event = event("end").put("outcome", outcome.toString());
    reason.ifPresent(text -> event.put("reason", text));
    write(event);
    ended = true;
  }

  @Override
  public synchronized void close() throws IOException {
    writer.close();
  }

  private ObjectNode event(String name) {
    return JSON.createObjectNode().put("t", Seconds.of(System.nanoTime() - begin)).put("event", name);
  }

  private synchronized void write(ObjectNode event) {
    try {
      writer.write(event + "\n");
      writer.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a journal; {@link BadInput} if it is damaged. One that ends amid a line, its writer killed, counts up to there. */
  public static Contents read(Path file) throws IOException {
    try {
      return contents(file);
    } catch (IllegalArgumentException | ArithmeticException | JsonProcessingException | CharacterCodingException e) {
      throw new BadInput(file + ": is not the journal of a trial, or damaged: " + String.valueOf(e.getMessage()).lines().findFirst()
          .orElse("") + " (without it the trial counts as not made)");
    }
  }

  private static Contents contents(Path file) throws IOException {
    Map<Part, Duration> parts = new EnumMap<>(Part.class);
    Map<String, JsonNode> last = new HashMap<>();
    Part running = null;
    Optional<Duration> ssh = Optional.empty();
    Optional<Duration> absent = Optional.empty();
    boolean measures = false;
    long since = 0;
    long now = 0;
    for (String text : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
      JsonNode event = text.endsWith("}") ? JSON.readTree(text) : JSON.createObjectNode();
      String name = event.path("event").asText();
      if (name.isEmpty()) {
        break;
      }
      now = Seconds.nanos(event.required("t").decimalValue());
      last.put(name, event);
      if (name.equals("ssh") && running != Part.MEMORY_CHECK) {
        ssh = Optional.of(ssh.orElse(Duration.ZERO).plusNanos(Seconds.nanos(event.required("s").decimalValue())));
      }
      if (name.equals("start") || name.equals("stop") || name.equals("end")) {
        if (running != null) {
          parts.merge(running, Duration.ofNanos(now - since), Duration::plus);
        }
        running = name.equals("start") ? Part.valueOf(event.required("part").asText().toUpperCase(Locale.ROOT)) : null;
        measures |= running == Part.MIGRATION || running == Part.FINISH;
        since = now;
      }
      if (name.equals("absent") && measures) {
        Duration length = Duration.ofNanos(Seconds.nanos(event.required("s").decimalValue()));
        absent = absent.filter(longest -> longest.compareTo(length) > 0).or(() -> Optional.of(length));
      }
    }
    Optional<JsonNode> set = Optional.ofNullable(last.get("working_set"));
    Optional<JsonNode> migrated = Optional.ofNullable(last.get("migrated"));
    Optional<JsonNode> end = Optional.ofNullable(last.get("end"));
    return new Contents(
        Optional.ofNullable(last.get("on")).map(event -> event.required("pair").asText()),
        ssh,
        parts,
        set.map(event -> new DataSize(event.required("used_bytes").asLong())),
        set.map(event -> Duration.ofNanos(Seconds.nanos(event.required("limit_s").decimalValue()))),
        Optional.ofNullable(last.get("no_echo")).map(event -> event.required("reason").asText()),
        absent,
        migrated.map(event -> MigrationResult.Outcome.valueOf(event.required("outcome").asText().toUpperCase(Locale.ROOT))),
        migrated.map(event -> event.get("reason")).map(JsonNode::asText),
        Optional.ofNullable(last.get("compared")).map(Journal::verdict),
        end.map(event -> Outcome.parse(event.required("outcome").asText())),
        end.map(event -> event.get("reason")).map(JsonNode::asText),
        Duration.ofNanos(now));
  }

  private static MemoryVerdict verdict(JsonNode event) {
    List<MemoryVerdict.Difference> different = new ArrayList<>();
    for (JsonNode one : event.required("different")) {
      List<Long> pages = new ArrayList<>();
      one.required("pages").forEach(page -> pages.add(page.asLong()));
      different.add(new MemoryVerdict.Difference(one.required("block").asLong(), pages));
    }
    List<MemoryVerdict.Area> areas = new ArrayList<>();
    // older journals have none
    event.path("areas").forEach(area -> areas.add(new MemoryVerdict.Area(area.required("name").asText(),
        area.required("at").asLong(), area.required("bytes").asInt(), area.required("exempt").asBoolean())));
    return new MemoryVerdict(new DataSize(event.required("bytes").asLong()), areas, different);
  }
}

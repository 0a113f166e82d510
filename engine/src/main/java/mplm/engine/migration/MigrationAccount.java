// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import mplm.engine.migration.MigrationResult.Outcome;
import mplm.engine.qmp.Conversation;
import mplm.engine.qmp.Conversation.Kind;
import mplm.engine.qmp.Conversation.Turn;
import mplm.engine.qmp.QmpMessage;

/**
 * What is seen of one migration, look by look, until it makes a {@link MigrationResult}. A migration in progress keeps one; {@link
 * #of} makes the same one from the recorded messages of both QEMUs.
 */
final class MigrationAccount {
  private final Method method;
  private final long begin;
  private final List<Progress> looks = new ArrayList<>();
  private JsonNode info = MissingNode.getInstance();
  private JsonNode there = MissingNode.getInstance();
  private boolean broken;
  private int recoveries;
  private Progress now = new Progress(Duration.ZERO, "none", Optional.empty(), Optional.empty());
  private Optional<Progress> last = Optional.empty();
  private Optional<Duration> ended = Optional.empty();
  private OptionalLong stop = OptionalLong.empty();
  private OptionalLong resume = OptionalLong.empty();

  /** Begun by the command at {@code begin}, of whatever clock. */
  MigrationAccount(Method method, long begin) {
    this.method = method;
    this.begin = begin;
  }

  /**
   * Makes it from the messages of both sides in order of time, at least up to the end state.
   *
   * @param held whether the guest was to stand still when it had arrived: then it did not resume by itself
   * @return empty if no migration was begun
   */
  static Optional<MigrationAccount> of(Method method, boolean held, List<QmpMessage> messages) {
    MigrationAccount account = null;
    String source = null;
    boolean running = true;
    OptionalLong stopped = OptionalLong.empty();
    for (Turn turn : Conversation.of(messages)) {
      boolean there = turn.peer().equals(source);
      if (turn.is(Kind.COMMAND, "migrate") && turn.value().path("resume").asBoolean() && account != null) {
        continue; // a post-copy whose stream broke is to go on
      } else if (turn.is(Kind.COMMAND, "migrate")) {
        account = new MigrationAccount(method, turn.time());
        source = turn.peer();
        stopped.ifPresent(account::stopped);
      } else if (turn.is(Kind.EVENT, "STOP") && method.stopsFirst() && running) {
        stopped = OptionalLong.of(turn.time());
      } else if (account == null) {
        running = turn.is(Kind.ANSWER, "query-status") ? turn.value().path("running").asBoolean() : running;
      } else if (turn.is(Kind.ANSWER, "query-migrate") && there) {
        account.look(turn.value(), turn.time());
      } else if (turn.is(Kind.ANSWER, "query-migrate")) {
        account.lookThere(turn.value());
      } else if (turn.is(Kind.EVENT, "STOP") && there && running) {
        account.stopped(turn.time());
      } else if (turn.is(Kind.EVENT, "RESUME") && !there && !held) {
        account.resumed(turn.time());
      }
    }
    return Optional.ofNullable(account);
  }

  /** An answer to {@code query-migrate} from the source. */
  Progress look(JsonNode answer, long time) {
    info = answer;
    now = Progress.of(answer, Duration.ofNanos(time - begin));
    looks.add(now);
    if (now.status().equals("postcopy-paused") || now.status().startsWith("postcopy-recover")) {
      broken = true;
    } else if (broken && (now.status().equals("postcopy-active") || now.status().equals("completed"))) {
      broken = false;
      recoveries++;
    }
    if (now.ended()) {
      ended = ended.or(() -> Optional.of(now.elapsed()));
    } else if (now.ram().isPresent()) {
      last = Optional.of(now);
    }
    return now;
  }

  /** An answer to {@code query-migrate} from the destination. */
  void lookThere(JsonNode answer) {
    there = answer;
  }

  /** The first one counts. */
  void stopped(long time) {
    stop = stop.isPresent() ? stop : OptionalLong.of(time);
  }

  /** The first one counts. */
  void resumed(long time) {
    resume = resume.isPresent() ? resume : OptionalLong.of(time);
  }

  Progress now() {
    return now;
  }

  /** Whether it was seen in post-copy: from then on the guest's pages are on both sides, unless it ended before the guest had left. */
  boolean parted() {
    return looks.stream().anyMatch(look -> look.inPostcopy() && !(look.beforePostcopy() && now.ended()));
  }

  /** The last answer, {@link MissingNode} before the first, for fields that a {@link Progress} does not have. */
  JsonNode info() {
    return info;
  }

  /** {@code completed} can precede the final numbers. */
  boolean hasFinalNumbers() {
    return info.path("total-time").asLong() != 0 && info.has("downtime");
  }

  /** {@link IllegalArgumentException} if a record has no answer with the numbers. */
  MigrationResult completed() {
    return new MigrationResult(method, Outcome.COMPLETED, Optional.empty(), elapsed(),
        milliseconds("total-time"), milliseconds("downtime"), milliseconds("setup-time"), stop, resume, last, List.copyOf(looks), end(),
        PostcopyPhase.of(info, there, sinceResume(), recoveries));
  }

  private Optional<Duration> sinceResume() {
    return resume.isEmpty() ? Optional.empty() : Optional.of(elapsed().minusNanos(resume.getAsLong() - begin));
  }

  /** Any other outcome: the times that QEMU tells then are not those of a whole migration. */
  MigrationResult result(Outcome outcome, String reason) {
    return new MigrationResult(method, outcome, Optional.of(reason), elapsed(), Optional.empty(), Optional.empty(), Optional.empty(),
        OptionalLong.empty(), OptionalLong.empty(), last, List.copyOf(looks), end());
  }

  private Duration elapsed() {
    return ended.orElse(now.elapsed());
  }

  private Optional<Duration> milliseconds(String field) {
    if (!info.has(field)) {
      throw new IllegalArgumentException("the last answer to query-migrate has no " + field);
    }
    return Optional.of(Duration.ofMillis(info.path(field).asLong()));
  }

  /** The present look, with what it does not show any more taken from the last that did. */
  private Progress end() {
    return new Progress(now.elapsed(), now.status(),
        now.ram().or(() -> last.flatMap(Progress::ram)), now.mplm().or(() -> last.flatMap(Progress::mplm)));
  }
}

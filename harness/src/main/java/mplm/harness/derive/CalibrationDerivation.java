// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.derive;

import static mplm.engine.trace.TraceHeader.PAGE_BYTES;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import mplm.engine.qmp.Conversation;
import mplm.engine.qmp.Conversation.Kind;
import mplm.engine.qmp.Conversation.Turn;
import mplm.engine.qmp.QmpMessage;
import mplm.engine.unit.DataSize;
import mplm.harness.record.Journal;
import mplm.harness.record.QmpRecord;
import mplm.harness.record.TrialFolder;
import mplm.harness.scale.WorkingSet;

/** Derives from what a calibration has recorded how its guest dirties its memory. */
public final class CalibrationDerivation {
  /** The folder of calibrations in a run's folder, one folder per experiment. */
  public static final String FOLDER = "calibrations";

  /** The pages fetched when an epoch was first seen, by the epoch's number, for each window. */
  private final SortedMap<Duration, SortedMap<Long, Long>> fetched = new TreeMap<>();
  private final List<Long> used = new ArrayList<>();

  private CalibrationDerivation(List<QmpMessage> messages) {
    Duration window = null;
    boolean counting = false;
    for (Turn turn : Conversation.of(messages)) {
      JsonNode value = turn.value();
      if (turn.kind() == Kind.COMMAND) {
        JsonNode epoch = value.path("mplm-epoch-length");
        window = epoch.isMissingNode() ? window : Duration.ofMillis(epoch.asLong());
        counting |= turn.name().equals("stop");
      } else if (turn.is(Kind.ANSWER, "query-migrate")) {
        if (counting && value.path("status").asText().equals("completed") && value.path("total-time").asLong() > 0) {
          used.add(value.path("ram").required("normal").asLong());
          counting = false;
        } else if (!counting && window != null && value.path("status").asText().equals("active") && value.has("mplm")) {
          fetched.computeIfAbsent(window, none -> new TreeMap<>())
              .putIfAbsent(value.path("mplm").required("epochs").asLong(), value.path("mplm").required("fetched").asLong());
        }
      }
    }
  }

  /** The working set in a calibration's folder; empty if the calibration did not come to a good end. */
  public static Optional<WorkingSet> of(TrialFolder folder) throws IOException {
    if (Journal.read(folder.journal()).outcome().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new CalibrationDerivation(QmpRecord.read(folder.qmp())).workingSet());
  }

  private WorkingSet workingSet() {
    DataSize all = size(used);
    SortedMap<Duration, DataSize> dirtied = new TreeMap<>();
    DataSize before = new DataSize(PAGE_BYTES);
    for (Map.Entry<Duration, SortedMap<Long, Long>> window : fetched.entrySet()) {
      DataSize size = size(samples(window.getValue()));
      // where all that a program rewrites is rewritten in each window, it is noise that is less in a longer one
      before = size.compareTo(before) < 0 ? before : size.compareTo(all) > 0 ? all : size;
      dirtied.put(window.getKey(), before);
    }
    return new WorkingSet(all, dirtied);
  }

  /** Pages of each window but the first, which begins when the log does. */
  private static List<Long> samples(SortedMap<Long, Long> fetched) {
    List<Long> samples = new ArrayList<>();
    fetched.forEach((epoch, pages) -> {
      if (epoch > 2 && fetched.containsKey(epoch - 1)) {
        samples.add(pages - fetched.get(epoch - 1));
      }
    });
    return samples;
  }

  private static DataSize size(List<Long> pages) {
    return new DataSize(Math.round(pages.stream().mapToLong(Long::longValue).average().orElseThrow(
        () -> new IllegalStateException("a calibration has counted no pages")) * PAGE_BYTES));
  }
}

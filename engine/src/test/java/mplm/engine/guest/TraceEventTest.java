// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

public class TraceEventTest {
  /** A log of QEMU 10.0.13, and the same as QEMU 11.1.1 writes it: GLib leaves out a fraction of zero. */
  @DataProvider
  public Object[][] logs() {
    return new Object[][] {
      {List.of("22867@1795944666.360141:migrate_set_state new state setup", "23039@1795944666.855263:migration_bitmap_sync_start ",
          "23039@1795944667.000000:migration_bitmap_sync_end dirty_pages 0")},
      {List.of("2026-11-29T09:31:06.360141Z migrate_set_state new state setup", "2026-11-29T09:31:06.855263Z migration_bitmap_sync_start ",
          "2026-11-29T09:31:07Z migration_bitmap_sync_end dirty_pages 0")},
    };
  }

  @Test(dataProvider = "logs")
  public void linesOfEachQemuAreTheSameEvents(List<String> log) {
    List<TraceEvent> events = TraceEvent.of(log.stream());
    assertThat(events).containsExactly(
        new TraceEvent(1_795_944_666_360_141_000L, "migrate_set_state", "new state setup"),
        new TraceEvent(1_795_944_666_855_263_000L, "migration_bitmap_sync_start", ""),
        new TraceEvent(1_795_944_667_000_000_000L, "migration_bitmap_sync_end", "dirty_pages 0"));
    assertThat(events.get(1).since(events.get(0))).isEqualTo(Duration.ofNanos(495_122_000));
  }

  @Test
  public void otherLinesAreNoEvents() {
    assertThat(TraceEvent.of(Stream.of("", "qemu-system-x86_64: terminating on signal 15", "migrate_set_state new state setup",
        "2026-11-29T09:30:19.061759Z qemu-system-x86_64: -m: too much", "2026-13-29T09:30:19Z mplm_end reason=none",
        "2026-11-29T09:30:19Zmplm_end", "1@99999999999999999999.0:mplm_end reason=none", "1@1.0000000001:mplm_end"))).isEmpty();
  }
}

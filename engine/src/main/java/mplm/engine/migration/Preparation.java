// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import static mplm.engine.unit.Patience.ANSWER;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import mplm.engine.qmp.QmpClient;
import mplm.engine.qmp.QmpException;
import mplm.engine.unit.Bandwidth;

/**
 * What is set at two QEMUs before a guest is migrated between them. {@code return-path} is on (without it QEMU's downtime ends when the
 * last byte is in its socket buffer) and QEMU's own rate limit is off unless there is one to set.
 *
 * @param maxBandwidth by which QEMU limits itself; empty if the link decides
 * @param key by which the stream is encrypted; empty for a stream that anybody on its way can read
 */
record Preparation(
    QmpClient source, QmpClient destination, Method method, Optional<Bandwidth> maxBandwidth, Optional<StreamKey> key) {
  /** {@link QmpException.Refused} if a QEMU does not take a setting. */
  void make() throws QmpException, InterruptedException {
    Map<String, Boolean> both = Map.of("return-path", true, "events", true);
    capabilities(destination, both);
    Map<String, Boolean> there = new LinkedHashMap<>();
    method.destinationCapabilities().forEach(capability -> there.put(capability, true));
    capabilities(destination, there);
    if (!method.destinationParameters().isEmpty()) {
      destination.execute("migrate-set-parameters", method.destinationParameters(), ANSWER);
    }
    capabilities(source, both);
    capabilities(source, own());
    source.execute("migrate-set-parameters", parameters(), ANSWER);
    if (key.isPresent()) {
      encrypt(source, key.orElseThrow().client());
      encrypt(destination, key.orElseThrow().server());
    }
  }

  private static void encrypt(QmpClient qemu, Map<String, Object> key) throws QmpException, InterruptedException {
    qemu.execute("object-add", key, ANSWER);
    qemu.execute("migrate-set-parameters", Map.of("tls-creds", StreamKey.ID), ANSWER);
  }

  private Map<String, Object> parameters() {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("max-bandwidth", maxBandwidth.map(Bandwidth::bytesPerSecond).orElse(0L));
    parameters.put("avail-switchover-bandwidth", 0);
    maxBandwidth.ifPresent(limit -> parameters.put("max-postcopy-bandwidth", limit.bytesPerSecond()));
    parameters.putAll(method.parameters());
    return parameters;
  }

  /** The capabilities that this method needs, on, and those that an earlier migration by another method left on, off. A stock QEMU does not know MPLM's. */
  private Map<String, Boolean> own() throws QmpException, InterruptedException {
    Map<String, Boolean> own = new LinkedHashMap<>();
    Set<String> others = new LinkedHashSet<>(Methods.capabilities());
    others.removeAll(method.capabilities());
    if (!others.isEmpty()) {
      others.retainAll(source.execute("query-migrate-capabilities", ANSWER).findValuesAsText("capability"));
    }
    others.forEach(capability -> own.put(capability, false));
    method.capabilities().forEach(capability -> own.put(capability, true));
    return own;
  }

  private static void capabilities(QmpClient qemu, Map<String, Boolean> states) throws QmpException, InterruptedException {
    if (states.isEmpty()) {
      return;
    }
    List<Map<String, Object>> list = states.entrySet().stream()
        .map(e -> Map.<String, Object>of("capability", e.getKey(), "state", e.getValue()))
        .toList();
    qemu.execute("migrate-set-capabilities", Map.of("capabilities", list), ANSWER);
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import mplm.harness.host.Host;
import mplm.harness.host.HostConfig;
import mplm.harness.host.Hosts;
import mplm.harness.host.Link;
import mplm.harness.host.Reservation;
import mplm.harness.input.BadInput;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mplm clean}. */
@Command(
    name = "clean",
    description = {
      "Removes all that the kit has put on hosts: provided files, what killed runs left, hypervisors, the link's rate.",
      "A host that a run is using is left alone."
    },
    mixinStandardHelpOptions = true)
public final class CleanCommand implements Callable<Integer> {
  @Mixin private HostsOption hosts;

  @Parameters(paramLabel = "HOST", arity = "1..*",
      description = "name of a host: its name in the hosts file; without one, source or destination, and with several pairs PAIR-source or PAIR-destination")
  private List<String> names;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Map<String, HostConfig> known = new LinkedHashMap<>();
    Map<String, Hosts> pairs = new HashMap<>();
    for (Hosts pair : hosts.required()) {
      for (HostConfig host : List.of(pair.source(), pair.destination())) {
        known.put(host.name(), host);
        pairs.put(host.name(), pair);
      }
    }
    for (String name : names) {
      if (!known.containsKey(name)) {
        throw new BadInput("unknown host '" + name + "', allowed: " + String.join(", ", known.keySet()));
      }
    }
    for (String name : names) {
      clean(pairs.get(name), known.get(name));
    }
    return 0;
  }

  private void clean(Hosts pair, HostConfig config) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    try (Host host = Host.connect(config); Reservation reservation = Reservation.take(host)) {
      for (String leftover : reservation.leftovers()) {
        out.println(config.name() + ": removing " + leftover);
      }
      List<String> stays = reservation.clear();
      if (config.equals(pair.source()) && Link.removeLeftover(pair, host)) {
        out.println(config.name() + ": removed the rate of the migration link");
      }
      out.println(config.name() + ": clean" + (stays.isEmpty() ? "" : ", but for " + String.join("; ", stays)));
      out.flush();
    }
  }
}

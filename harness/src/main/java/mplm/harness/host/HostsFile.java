// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;
import mplm.harness.input.BadValue;
import mplm.harness.input.InputFile;

/**
 * What stands in {@code hosts.yaml}: one pair of hosts with their link at the top, or several as a list.
 *
 * @param testbed how the hosts came about: {@code namespaces}, {@code rootless}, {@code machines}, {@code loopback}, or
 *     {@code none} for real ones, the default
 * @param source of the only pair, where the guest boots
 * @param destination of the only pair, where it goes
 * @param link of the only pair, what the migration stream takes
 * @param pairs instead of these three
 */
record HostsFile(String testbed, HostConfig source, HostConfig destination, LinkConfig link, List<Pair> pairs) {
  /**
   * One of several.
   *
   * @param name what rows and messages call it
   */
  record Pair(
      @JsonProperty(required = true) String name,
      @JsonProperty(required = true) HostConfig source,
      @JsonProperty(required = true) HostConfig destination,
      @JsonProperty(required = true) LinkConfig link) {

    Pair {
      if (name == null || !name.matches("[A-Za-z0-9_-]{1,20}")) {
        throw new BadValue("name", "\"" + name + "\", allowed: 1 to 20 letters, digits, _, -");
      }
      new Hosts("none", name, source, destination, link); // so that what is wrong is told as this pair's
    }
  }

  HostsFile {
    if (pairs == null) {
      new Hosts(testbed, null, source, destination, link);
    } else {
      if (source != null || destination != null || link != null) {
        throw new BadValue("pairs", "not used with source, destination and link at the top, allowed: the one or the other");
      }
      if (pairs.isEmpty() || pairs.contains(null)) {
        throw new BadValue("pairs", "empty, allowed: at least one");
      }
      refuseShared(hosts(testbed, pairs));
    }
  }

  /** Trials of different pairs run at the same time: they share no name, no work folder, no limited device, no guest's address. */
  private static void refuseShared(List<Hosts> all) {
    Map<String, String> owners = new HashMap<>();
    for (Hosts pair : all) {
      List<String> own = new ArrayList<>(List.of("the pair's name " + pair.pair()));
      for (HostConfig host : List.of(pair.source(), pair.destination())) {
        own.add("the host's name \"" + host.name() + "\"");
        own.add("the work folder " + host.workFolder() + " on " + host.where());
      }
      if (pair.link().shaping() == LinkConfig.Shaping.TC) {
        String place = pair.link().namespaces() == null ? pair.source().where() : pair.link().namespaces() + "/source";
        own.add("tc on device " + pair.tcDevice() + " of " + place);
      }
      pair.guestAddress().ifPresent(address -> own.add("the guest_address " + address));
      for (String what : own) {
        String owner = owners.put(what, pair.pair());
        if (owner != null) {
          throw new BadValue("pairs", owner + " and " + pair.pair() + " share " + what + ", allowed: one of its own for each");
        }
      }
    }
  }

  private static List<Hosts> hosts(String testbed, List<Pair> pairs) {
    return pairs.stream().map(pair -> new Hosts(testbed, pair.name, pair.source, pair.destination, pair.link)).toList();
  }

  /** Reads the file; {@link mplm.harness.input.BadInput} says what is wrong and where. */
  static List<Hosts> read(Path file) {
    HostsFile read = InputFile.read(file, HostsFile.class, Map.of(
        DataSize.class, DataSize::parse, Bandwidth.class, Bandwidth::parse, CpuList.class, CpuList::parse));
    return read.pairs == null ? List.of(new Hosts(read.testbed, null, read.source, read.destination, read.link))
        : hosts(read.testbed, read.pairs);
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import mplm.engine.unit.Durations;
import mplm.harness.host.HostConfig;
import mplm.harness.host.Hosts;
import mplm.harness.input.BadInput;
import mplm.harness.report.Setting;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.Suite;

/**
 * The folder of one run: {@code trials.csv}, {@code run.json}, {@code charts}, {@code testng}, a folder a trial in {@code trials}.
 *
 * @param path of the folder; its name is the run's id
 * @param started when the run began
 */
record RunFolder(Path path, Instant started) {
  private static final DateTimeFormatter ID = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  /** Makes a new one below {@code runs}, named after the time and the suite. */
  static RunFolder create(Path runs, String suite) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    String id = ID.format(now) + "-" + suite;
    try {
      Files.createDirectories(runs);
      for (int n = 1; ; n++) {
        try {
          return new RunFolder(Files.createDirectory(runs.resolve(n == 1 ? id : id + "-" + n)), now);
        } catch (FileAlreadyExistsException e) {
          continue; // a run of the same second
        }
      }
    } catch (IOException e) {
      throw new BadInput("output folder " + runs + " cannot be used: " + e);
    }
  }

  String id() {
    return path.getFileName().toString();
  }

  Path trials() {
    return path.resolve("trials");
  }

  /** Writes {@code run.json}: everything that the run was set to. */
  void describe(Suite suite, Setting setting, Hosts hosts, Artifact engine, Artifact guest) throws IOException {
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("run", id());
    run.put("started", started.toString());
    run.put("suite", suite.name());
    run.put("title", suite.title());
    run.put("repetitions", suite.repetitions());
    run.put("experiments", suite.experiments().stream().map(experiment -> describe(experiment, hosts)).toList());
    run.put("testbed", setting.testbed());
    run.put("shaping", setting.shaping());
    run.put("accelerator", setting.accelerator().option());
    run.put("source", describe(hosts.source()));
    run.put("destination", describe(hosts.destination()));
    hosts.guestAddress().ifPresent(address -> run.put("guest_address", address.toString()));
    hosts.noGuestNetwork().ifPresent(why -> run.put("no_guest_network", why));
    run.put("engine", engine.properties());
    run.put("guest", guest.properties());
    run.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
    new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(path.resolve("run.json").toFile(), run);
  }

  private static Map<String, Object> describe(Experiment experiment, Hosts hosts) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("name", experiment.name());
    keys.put("benchmark", experiment.benchmark().name());
    keys.put("class", experiment.problemClass());
    keys.put("vcpus", experiment.vcpus());
    keys.put("memory", experiment.memory().toString());
    keys.put("link", experiment.link().toString());
    keys.put("methods", experiment.methods().stream().map(Object::toString).toList());
    keys.put("repeats", experiment.repeats());
    keys.put("ready_within", Durations.print(experiment.readyWithin()));
    keys.put("finish_within", Durations.print(experiment.finishWithin()));
    keys.put("limit_passes", experiment.limitPasses());
    keys.put("limit_at_least", Durations.print(experiment.limitAtLeast()));
    keys.put("verify_memory", experiment.verifyMemory());
    keys.put("kernel_arguments", Kernel.arguments(experiment, hosts.guestAddress()));
    return keys;
  }

  private static Map<String, Object> describe(HostConfig host) {
    return Map.of("name", host.name(), "address", host.address(), "migration_address", host.migrationAddress());
  }
}

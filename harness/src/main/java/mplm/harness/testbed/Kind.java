// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.testbed;

import static mplm.engine.unit.Patience.ANSWER;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import mplm.engine.unit.Patience;
import mplm.harness.input.Environment;

/** How the hosts come about. */
public enum Kind {
  /** Network, mount and pid namespaces, made by root. */
  NAMESPACES(
      "two hosts in namespaces, link shaped by tc", "namespaces", "--mount", "--net", "--pid", "--mount-proc"),
  /** The same within a user namespace, made by an ordinary user. */
  ROOTLESS(
      "two hosts in namespaces of an ordinary user, link shaped by tc",
      "namespaces", "--user", "--map-current-user", "--keep-caps", "--mount", "--net", "--pid", "--mount-proc"),
  /** Two emulated machines with a KVM that boots Linux; never chosen unless it is asked for. */
  MACHINES("two emulated machines with KVM, link shaped by tc: what they do is real, how long it takes is not", "machines"),
  /** Two sshd on loopback addresses, where namespaces are forbidden. */
  LOOPBACK("two sshd on loopback addresses, migration stream through a relay: hosts are not isolated", "loopback");

  /** Tried in a namespace of its own: what the scripts need beyond the programs. */
  private static final String PROBE =
      "ip link add mplm0 type veth peer name mplm1 && tc qdisc add dev mplm0 root tbf rate 1mbit burst 256kb latency 50ms";
  private static final String PROBE_OF_MACHINES = "ip link add mplm0 type bridge && ip tuntap add dev mplm1 mode tap";

  private static final Path TAPS = Path.of("/dev/net/tun");

  private static final String INSTALL = "engine/bin/install-packages harness/packages";

  private final String description;
  private final String script;
  private final List<String> namespaces;

  Kind(String description, String script, String... namespaces) {
    this.description = description;
    this.script = script;
    this.namespaces = List.of(namespaces);
  }

  /** The kinds that this user may have, best first. */
  static List<Kind> candidates() {
    return isRoot() ? List.of(NAMESPACES, LOOPBACK) : List.of(ROOTLESS, LOOPBACK);
  }

  /** Why this machine and user cannot have it and what helps, in one line; empty when they can. */
  Optional<String> obstacle() {
    Map<String, String> packages = new LinkedHashMap<>();
    packages.put("sshd", "openssh-server");
    packages.put("ssh-keygen", "openssh-client");
    packages.put("unshare", "util-linux");
    packages.put("setpriv", "util-linux");
    if (this == MACHINES) {
      packages.put("cpio", "cpio");
      packages.put("dpkg-deb", "dpkg");
    }
    if (this != LOOPBACK) {
      packages.put("nsenter", "util-linux");
      packages.put("ip", "iproute2");
      packages.put("tc", "iproute2");
    }
    for (Map.Entry<String, String> program : packages.entrySet()) {
      if (find(program.getKey()).isEmpty()) {
        return Optional.of(
            program.getKey() + " is missing: install " + program.getValue() + ", or run " + INSTALL);
      }
    }
    return switch (this) {
      case NAMESPACES -> isRoot() ? probe() : Optional.of("needs root: use sudo, or --testbed rootless");
      case ROOTLESS -> isRoot() ? Optional.of("is for ordinary users: use --testbed namespaces") : probe();
      case MACHINES -> Files.isWritable(TAPS) ? probe()
          : Optional.of(TAPS + " is not for this user: as root, chmod 666 " + TAPS + ", as udev has it");
      case LOOPBACK -> Optional.empty();
    };
  }

  /** The command line that makes the testbed in the folder, runs the command in it and dies with its parent's thread. */
  List<String> commandLine(Path scripts, Path folder, List<String> command) {
    List<String> line = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL", "--"));
    if (this == MACHINES) { // what they are made of takes a network to build
      line.addAll(List.of("bash", scripts.resolve("machines-prepare").toString(), folder.toString()));
    }
    line.addAll(unshare());
    line.addAll(List.of("bash", scripts.resolve(script).toString(), toString(), folder.toString()));
    line.addAll(command);
    return line;
  }

  String description() {
    return description;
  }

  /** The word that stands on the command line and in hosts files. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** PATH with the folders that ordinary users of Debian lack; ip, tc and sshd are there. */
  static String path() {
    return Environment.value("PATH").orElse("/usr/bin:/bin") + ":/usr/sbin:/sbin";
  }

  private List<String> unshare() {
    Kind alike = this != MACHINES ? this : isRoot() ? NAMESPACES : ROOTLESS;
    List<String> line = new ArrayList<>(List.of("unshare"));
    line.addAll(alike.namespaces);
    line.addAll(List.of("--fork", "--kill-child"));
    return line;
  }

  private Optional<String> probe() {
    List<String> line = unshare();
    line.addAll(List.of("sh", "-c", this == MACHINES ? PROBE_OF_MACHINES : PROBE));
    ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
    builder.environment().put("PATH", path());
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      if (!process.waitFor(ANSWER.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Optional.of("no namespaces are made " + Patience.within(ANSWER));
      }
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.exitValue() == 0
          ? Optional.empty()
          : Optional.of(refusal(output.strip().lines().findFirst().orElse("no reason given")));
    } catch (IOException e) {
      return Optional.of("unshare does not start: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }

  /** What the probe's first word means: a kernel that lacks a module is no matter of permission. */
  String refusal(String said) {
    String module = said.matches(".*qdisc kind is unknown.*|.*[Uu]nknown qdisc.*") ? "sch_tbf"
        : said.matches(".*Unknown device type.*") ? "veth" : said.matches(".*Operation not supported.*") ? "veth, bridge or sch_tbf" : "";
    return module.isEmpty() ? "not permitted here (" + said + "): " + remedy()
        : "the kernel lacks " + module + " (" + said + "): as root, modprobe it, or install the kernel's extra modules;"
            + " or use --testbed loopback";
  }

  private String remedy() {
    if (!isRoot()) {
      Map<String, String> settings = new LinkedHashMap<>();
      settings.put("kernel.unprivileged_userns_clone", "0");
      settings.put("kernel.apparmor_restrict_unprivileged_userns", "1");
      settings.put("user.max_user_namespaces", "0");
      for (Map.Entry<String, String> setting : settings.entrySet()) {
        Path file = Path.of("/proc/sys", setting.getKey().replace('.', '/'));
        try {
          if (Files.exists(file) && Files.readString(file).strip().equals(setting.getValue())) {
            return "sysctl " + setting.getKey() + " is " + setting.getValue()
                + "; change it, or use sudo, or --testbed loopback";
          }
        } catch (IOException e) {
          continue; // not for this user's eyes; the general remedy remains
        }
      }
      return "use sudo, or --testbed loopback";
    }
    return "use --testbed loopback, or a machine or container with CAP_SYS_ADMIN";
  }

  private static Optional<Path> find(String program) {
    for (String folder : path().split(":")) {
      Path file = Path.of(folder, program);
      if (Files.isExecutable(file) && !Files.isDirectory(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  private static boolean isRoot() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    } catch (IOException e) {
      throw new TestbedException("/proc is not there: " + e.getMessage());
    }
  }
}

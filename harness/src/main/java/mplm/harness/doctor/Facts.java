// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.doctor;

import static mplm.engine.unit.Patience.ANSWER;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import mplm.harness.host.CpuLimit;
import mplm.harness.host.CpuList;
import mplm.harness.host.Host;
import mplm.harness.host.MemoryLimit;

/**
 * What a host tells about itself: its kernel's files as they are, and what some commands print.
 *
 * @param texts by the path of the file or the name of the command; what is not there is missing
 */
record Facts(Map<String, String> texts) {
  private static final String MARK = "=mplm= ";

  /** $1 work folder, $2 script of memory limits, $3 of CPU limits. Only a shell, sed and coreutils are needed. */
  static final String SCRIPT =
      """
      PATH=$PATH:/usr/sbin:/sbin
      # a mask that was only inherited, as with isolcpus, keeps no process from taking others: the kernel is asked for all
      allowed() { "$@" sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status 2>/dev/null; }
      printf '=mplm= inherited cpus\\n'; allowed
      printf '=mplm= allowed cpus\\n'; allowed taskset -c "$(cat /sys/devices/system/cpu/online)" || allowed
      for file in /proc/cpuinfo /proc/meminfo /proc/loadavg /proc/net/route /proc/net/ipv6_route /proc/sys/kernel/random/boot_id \\
        /sys/devices/system/cpu/online /sys/kernel/mm/transparent_hugepage/enabled /sys/kernel/mm/ksm/run \\
        /sys/devices/system/cpu/cpu0/cpufreq/scaling_governor /sys/devices/system/cpu/intel_pstate/no_turbo \\
        /sys/devices/system/cpu/cpufreq/boost /sys/devices/system/node/node*/cpulist \\
        /sys/kernel/mm/hugepages/*/free_hugepages /sys/devices/system/node/node*/hugepages/*/free_hugepages \\
        /sys/class/net/*/speed; do
        if [ -r "$file" ]; then
          printf '=mplm= %s\\n' "$file"
          case $file in
          */*route) cat "$file" ;;
          *) head -c 16000 "$file" 2>/dev/null ;; # a line per CPU, of which the first is read
          esac
          echo
        fi
      done
      printf '=mplm= cgroups\\n'; sh -c "$2" mplm ''
      printf '=mplm= cpu limits\\n'; sh -c "$3" mplm ''
      printf '=mplm= machine\\n'; uname -m
      printf '=mplm= disk\\n'; df -PB1 -- "$1"
      printf '=mplm= shm\\n'; df -PB1 /dev/shm
      printf '=mplm= tools\\n'
      for tool in bash flock taskset tc ip sudo sha256sum split mktemp readlink; do
        if command -v "$tool" >/dev/null; then echo "$tool"; fi
      done
      # what post-copy takes of the kernel: this device, or a system call that users have by a sysctl, and root has
      printf '=mplm= userfaultfd\\n'
      if [ -r /dev/userfaultfd ] && [ -w /dev/userfaultfd ]; then echo device
      elif [ "$(cat /proc/sys/vm/unprivileged_userfaultfd 2>/dev/null)" = 1 ]; then echo sysctl
      elif [ $((0x$(sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status) >> 19 & 1)) = 1 ] && grep -q ' 4294967295$' /proc/self/uid_map; then
        echo capability
      elif [ -e /proc/sys/vm/unprivileged_userfaultfd ] || [ -e /dev/userfaultfd ]; then echo forbidden; fi
      printf '=mplm= kvm\\n'; if [ -r /dev/kvm ] && [ -w /dev/kvm ]; then echo usable; elif [ -e /dev/kvm ]; then echo forbidden; fi
      """;

  static Facts of(Host host) {
    return parse(host.check(ANSWER, "sh", "-c", SCRIPT, "mplm", host.config().workFolder(), MemoryLimit.SCRIPT, CpuLimit.SCRIPT));
  }

  static Facts parse(String output) {
    Map<String, StringBuilder> texts = new LinkedHashMap<>();
    StringBuilder text = new StringBuilder();
    for (String line : output.lines().toList()) {
      if (line.startsWith(MARK)) {
        text = texts.computeIfAbsent(line.substring(MARK.length()), name -> new StringBuilder());
      } else {
        text.append(line).append('\n');
      }
    }
    Map<String, String> all = new LinkedHashMap<>();
    texts.forEach((name, lines) -> all.put(name, lines.toString().strip()));
    return new Facts(all);
  }

  /** A text that is there and not empty. */
  Optional<String> text(String name) {
    return Optional.ofNullable(texts.get(name)).filter(text -> !text.isEmpty());
  }

  boolean has(String tool) {
    return text("tools").stream().flatMap(String::lines).anyMatch(tool::equals);
  }

  /** A field of the first CPU in /proc/cpuinfo. */
  String cpu(String field) {
    return text("/proc/cpuinfo").stream().flatMap(String::lines)
        .filter(line -> line.startsWith(field) && line.substring(field.length()).stripLeading().startsWith(":"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip()).findFirst().orElse("");
  }

  boolean hasFlag(String flag) {
    return List.of(cpu("flags").split(" ")).contains(flag);
  }

  /** CPUs that are on, and that a session may use: a job or a container may have some of them. */
  List<Integer> usable() {
    return online("allowed cpus");
  }

  /** Those of them that a program gets which asks for none. */
  List<Integer> inherited() {
    return online("inherited cpus");
  }

  private List<Integer> online(String mask) {
    List<Integer> online = new ArrayList<>(text("/sys/devices/system/cpu/online").map(text -> CpuList.parse(text).cpus()).orElse(List.of()));
    text(mask).ifPresent(text -> online.retainAll(CpuList.parse(text).cpus()));
    return online;
  }

  /** The same as ranges, such as {@code 0-3,8}. */
  String usableText() {
    StringBuilder ranges = new StringBuilder();
    List<Integer> usable = usable();
    for (int n = 0; n < usable.size(); n++) {
      boolean begins = n == 0 || usable.get(n - 1) + 1 < usable.get(n);
      boolean ends = n + 1 == usable.size() || usable.get(n) + 1 < usable.get(n + 1);
      if (begins || ends) {
        ranges.append(!begins ? "-" : n == 0 ? "" : ",").append(usable.get(n));
      }
    }
    return ranges.isEmpty() ? "none" : ranges.toString();
  }

  /** The control group that leaves the session least of the CPUs' time; empty if none has a limit. */
  Optional<CpuLimit> cpuLimit() {
    return CpuLimit.tightest(text("cpu limits").orElse(""));
  }

  /** CPUs of a NUMA node; empty if there is no such node. */
  Optional<CpuList> node(int number) {
    return text("/sys/devices/system/node/node" + number + "/cpulist").map(CpuList::parse);
  }

  /** Bytes of a field of /proc/meminfo. */
  long memory(String field) {
    Matcher line = Pattern.compile("(?m)^" + field + ": +(\\d+) kB$").matcher(text("/proc/meminfo").orElse(""));
    return line.find() ? Long.parseLong(line.group(1)) * 1024 : 0;
  }

  /** The control group that leaves the session least memory; empty if none has a limit. */
  Optional<MemoryLimit> leastCgroup() {
    return MemoryLimit.parse(text("cgroups").orElse("")).stream().findFirst();
  }

  /** Free bytes of the file system, {@code disk} or {@code shm}. */
  long free(String fileSystem) {
    String[] lines = text(fileSystem).orElse("").split("\n");
    String[] words = lines[lines.length - 1].split("\\s+");
    return words.length > 3 && words[3].matches("\\d+") ? Long.parseLong(words[3]) : 0;
  }

  /** Free huge pages of that size, on that node if it is not null. */
  long freeHugePages(long bytes, Integer node) {
    String folder = node == null ? "/sys/kernel/mm/hugepages" : "/sys/devices/system/node/node" + node + "/hugepages";
    return text(folder + "/hugepages-" + bytes / 1024 + "kB/free_hugepages").map(Long::parseLong).orElse(0L);
  }

  /** The average of the last minute. */
  double load() {
    return text("/proc/loadavg").map(text -> Double.parseDouble(text.split(" ")[0])).orElse(0.0);
  }

  /** The device that leads to an IPv4 address, by the longest prefix; empty if none does, and for a name. */
  Optional<String> deviceTo(String address) {
    if (address.matches("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
      return deviceTo6(address);
    }
    if (!address.matches("\\d{1,3}(\\.\\d{1,3}){3}")) {
      return Optional.empty();
    }
    if (address.startsWith("127.")) {
      return Optional.of("lo"); // in a table of its own
    }
    long target = Stream.of(address.split("\\.")).mapToLong(Long::parseLong).reduce(0, (sum, octet) -> sum << 8 | octet);
    long longest = -1;
    Optional<String> device = Optional.empty();
    for (String line : text("/proc/net/route").orElse("").lines().skip(1).toList()) {
      List<String> words = List.of(line.trim().split("\\s+"));
      if (words.size() < 8) {
        continue;
      }
      long mask = address(words.get(7));
      if ((target & mask) == address(words.get(1)) && mask > longest) {
        longest = mask;
        device = Optional.of(words.get(0));
      }
    }
    return device;
  }

  /** A line of {@code ipv6_route}: network, length of its prefix, source and its, next hop, metric, two counts, flags, device; hex. */
  private Optional<String> deviceTo6(String address) {
    BigInteger target;
    try {
      target = new BigInteger(1, InetAddress.getByName(address).getAddress());
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
    int longest = -1;
    Optional<String> device = Optional.empty();
    for (String line : text("/proc/net/ipv6_route").orElse("").lines().toList()) {
      String[] words = line.trim().split("\\s+");
      if (words.length < 10) {
        continue;
      }
      int prefix = Integer.parseInt(words[1], 16);
      boolean refused = words[5].equals("ffffffff"); // the kernel's own last entry
      if (!refused && prefix > longest && new BigInteger(words[0], 16).xor(target).shiftRight(128 - prefix).signum() == 0) {
        longest = prefix;
        device = Optional.of(words[9]);
      }
    }
    return device;
  }

  /** The kernel prints the address as the host's own words, little-endian here. */
  private static long address(String hex) {
    return Integer.toUnsignedLong(Integer.reverseBytes(Integer.parseUnsignedInt(hex, 16)));
  }

  /** The speed of a network device in Mbit/s; empty where the device knows none. */
  OptionalLong speedMbit(String device) {
    return text("/sys/class/net/" + device + "/speed").stream().mapToLong(Long::parseLong).filter(speed -> speed > 0).findFirst();
  }
}

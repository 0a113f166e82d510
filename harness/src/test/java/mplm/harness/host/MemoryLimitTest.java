// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import mplm.harness.Forked;
import org.testng.annotations.Test;

/** Control groups as Linux shows them, below a folder, read by the script that hosts run. */
public class MemoryLimitTest extends ControlGroups {
  private static final String GIB = Long.toString(1L << 30);

  private List<MemoryLimit> read(Path root) throws Exception {
    Forked forked = Forked.of(Map.of(), List.of("sh", "-c", MemoryLimit.SCRIPT, "mplm", root.toString()));
    assertThat(forked.err()).isEmpty();
    return MemoryLimit.parse(forked.out());
  }

  /** A job in a batch system's group: what files keep in memory is given up for it, and its parent has less left than itself. */
  @Test
  public void theTightestOfAllGroupsAboveIsFirst() throws Exception {
    Path root = machine("second", "0::/slurm/job_1\n");
    Path job = root.resolve("sys/fs/cgroup/slurm/job_1");
    group(job, Map.of("memory.max", "4294967296", "memory.current", "4000000000", "memory.stat",
        "anon 900000000\nfile 3100000000\nactive_file 100000000\ninactive_file 2900000000\nslab_reclaimable 5000000",
        "memory.events.local", "low 0\nmax 9\noom 2\noom_kill 1"));
    group(job.getParent(), Map.of("memory.max", GIB, "memory.current", GIB, "memory.stat", "inactive_file 24000000"));
    group(job.getParent().getParent(), Map.of("memory.stat", "anon 1"));
    assertThat(read(root)).containsExactly(
        new MemoryLimit(job.getParent() + "/memory.max", 24_000_000, 0),
        new MemoryLimit(job + "/memory.max", 4_294_967_296L - 995_000_000, 2));
    List<MemoryLimit> before = read(root);
    assertThat(MemoryLimit.reached(before, before)).isEmpty();
    group(job.getParent(), Map.of("memory.events.local", "oom 1"));
    assertThat(MemoryLimit.reached(before, read(root))).map(MemoryLimit::file).contains(job.getParent() + "/memory.max");
  }

  /** Version 1, with memory beside another controller, and within a container, which does not see the folders that it is named by. */
  @Test
  public void groupsOfTheFirstVersionCountToo() throws Exception {
    Path root = machine("first", "9:name=systemd:/\n4:cpuset,memory:/docker/f00\n0::/\n");
    Path top = root.resolve("sys/fs/cgroup/memory");
    group(top, Map.of("memory.limit_in_bytes", "1500000000", "memory.usage_in_bytes", "1400000000", "memory.stat",
        "inactive_file 1\ntotal_inactive_file 300000000\ntotal_active_file 100000000"));
    assertThat(read(root)).containsExactly(new MemoryLimit(top + "/memory.limit_in_bytes", 500_000_000, 0));
  }

  @Test
  public void noLimitIsNone() throws Exception {
    Path root = machine("none", "4:memory:/\n0::/\n");
    group(root.resolve("sys/fs/cgroup"), Map.of("memory.max", "max", "memory.current", "1", "memory.stat", ""));
    group(root.resolve("sys/fs/cgroup/memory"), Map.of("memory.limit_in_bytes", "9223372036854771712", "memory.usage_in_bytes", "0",
        "memory.stat", "total_inactive_file 8192"));
    assertThat(read(root)).isEmpty();
    assertThat(read(machine("bare", ""))).isEmpty();
  }
}

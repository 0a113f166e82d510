// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mplm.harness.Forked;
import org.testng.annotations.Test;

/** Control groups as Linux shows them, below a folder, read by the script that hosts run. */
public class CpuLimitTest extends ControlGroups {
  private Optional<CpuLimit> read(Path root) throws Exception {
    Forked forked = Forked.of(Map.of(), List.of("sh", "-c", CpuLimit.SCRIPT, "mplm", root.toString()));
    assertThat(forked.err()).isEmpty();
    return CpuLimit.tightest(forked.out());
  }

  @Test
  public void theTightestOfAllGroupsAboveCounts() throws Exception {
    Path root = machine("second", "0::/slurm/job_1\n");
    Path job = root.resolve("sys/fs/cgroup/slurm/job_1");
    group(job, Map.of("cpu.max", "400000 100000"));
    group(job.getParent(), Map.of("cpu.max", "150000 100000"));
    group(job.getParent().getParent(), Map.of("cpu.max", "max 100000"));
    assertThat(read(root)).contains(new CpuLimit(1.5, job.getParent() + "/cpu.max"));
  }

  /** Version 1, with two controllers in one hierarchy, and within a container, which does not see the folders that it is named by. */
  @Test
  public void groupsOfTheFirstVersionCountToo() throws Exception {
    Path root = machine("first", "9:name=systemd:/\n4:cpu,cpuacct:/docker/f00\n3:cpuset:/\n0::/\n");
    Path top = root.resolve("sys/fs/cgroup/cpu");
    group(top, Map.of("cpu.cfs_quota_us", "50000", "cpu.cfs_period_us", "100000"));
    assertThat(read(root)).contains(new CpuLimit(0.5, top + "/cpu.cfs_quota_us"));
  }

  @Test
  public void noLimitIsNone() throws Exception {
    Path root = machine("none", "2:cpuacct:/\n1:cpu:/\n0::/\n");
    group(root.resolve("sys/fs/cgroup"), Map.of("cpu.max", "max 100000"));
    group(root.resolve("sys/fs/cgroup/cpu"), Map.of("cpu.cfs_quota_us", "-1", "cpu.cfs_period_us", "100000"));
    assertThat(read(root)).isEmpty();
    assertThat(read(machine("bare", ""))).isEmpty();
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import mplm.engine.migration.Method;
import mplm.engine.migration.Methods;
import mplm.engine.scheduler.Scheduler;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;
import mplm.engine.unit.Patience;
import mplm.harness.artifact.Artifacts;
import mplm.harness.derive.RecordedRun;
import mplm.harness.host.Hosts;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.NpbConfigs;
import mplm.harness.suite.Suite;
import mplm.harness.support.InFolder;
import mplm.harness.support.OneRound;
import mplm.harness.terminal.Display;
import org.testng.annotations.Test;

/**
 * A Linux guest of suite smoke's size by each method, in a testbed whose hosts file {@code MPLM_HOSTS} names. Its program is the writer:
 * it writes at a rate, whatever the machine is busy with, so that pages are sent again, and it looks at all of a page before it writes it
 * anew, so that it verifies its own memory where nobody else can.
 */
@Test(groups = {"testbed", "long"}, timeOut = 1_800_000)
public class EachMethodIT extends InFolder {
  private static final Path CLONE = Path.of("..").toAbsolutePath().normalize();
  private static final Duration SOON = Patience.of(Duration.ofSeconds(60));

  /**
   * In half a second the link takes less than the program writes to, so that three rounds are made: in the third XBZRLE has pages to
   * encode, though few but the kernel's get shorter by it. Features that QEMU does not take together are apart; dirty-limit, which needs
   * KVM, is in {@code KvmIT}.
   */
  private static final List<String> PRECOPY = List.of("precopy:0.5s", "precopy:0.5s,auto-converge", "precopy:0.5s,xbzrle=64MiB",
      "precopy:0.5s,multifd=2", "precopy:0.5s,multifd=2/zlib", "precopy:0.5s,auto-converge,xbzrle=64MiB",
      "precopy:0.5s,auto-converge,multifd=2");

  /**
   * By what they begin with, nothing ends soon: each rule has to act, and what it comes to ends the migration of any guest that writes to
   * 16 MiB. Post-copy begins before pre-copy could have ended.
   */
  private static final List<String> RULED = List.of("nova:downtime=2s,delay=0.5s", "kubevirt:window=2s,first=1ms",
      "kubevirt-steps:initial=1ms,downtime=2s,levels=5,cooldown=1s", "small-gain:first=1ms", "stop-and-copy", "postcopy:after=0pass",
      "postcopy:after=1pass,first=1ms", "postcopy:after=1pass,first=1ms,preempt");

  /** Each policy of MPLM too. */
  private static List<Method> methods() {
    return Stream.of(PRECOPY, RULED, Scheduler.policies().stream().map(policy -> "mplm:policy=" + policy).toList()).flatMap(List::stream)
        .map(Method::parse).toList();
  }

  /** All are but a guest that stays, dirty-limit, and the method that another test of this run adds for a while. */
  @Test
  public void eachMethodIsAmongThem() {
    List<Methods.Form> forms = Methods.forms().stream().filter(form -> form != OneRound.FORM).toList();
    assertThat(methods()).extracting(Method::name)
        .containsAll(forms.stream().map(Methods.Form::name).filter(name -> !name.equals("unmigrated")).toList());
    assertThat(methods().stream().flatMap(method -> method.capabilities().stream()).toList()).containsAll(
        forms.stream().flatMap(form -> form.capabilities().stream()).filter(capability -> !capability.equals("dirty-limit")).toList());
  }

  @Test
  public void aGuestMovesByEachMethodAndItsMemoryIsEqual() throws Exception {
    Hosts hosts = Hosts.read(Path.of(System.getenv("MPLM_HOSTS")));
    // post-copy takes userfaultfd, which only root has on any machine
    boolean root = hosts.testbed().equals("namespaces");
    List<Method> methods = methods().stream().filter(method -> root || !method.capabilities().contains("postcopy-ram")).toList();
    Experiment experiment = new Experiment("each", new NpbConfigs(CLONE.resolve("npb-configs")).benchmark("writer"), "S", 1,
        DataSize.parse("256MiB"), Bandwidth.parse("200Mbit/s"), methods, true, SOON, SOON, 4, SOON, true);
    Artifacts artifacts = Artifacts.make(CLONE.resolve("engine/qemu/build"), CLONE.resolve("guest-images/build"), null);
    boolean good = SuiteRun.run(RunRequest.of(new Suite("each", "a guest by each method", 1, List.of(experiment))), List.of(hosts),
        artifacts, folder, Display.on(System.out, false));
    Path run;
    try (Stream<Path> found = Files.list(folder)) {
      run = found.filter(Files::isDirectory).findFirst().orElseThrow();
    }
    List<Map<String, String>> rows = RecordedRun.rows(run);
    assertThat(rows).extracting(row -> row.get("method"))
        .containsExactlyInAnyOrderElementsOf(methods.stream().map(Method::toString).toList());
    assertThat(rows).allSatisfy(row -> {
      String method = row.get("method");
      assertThat(row).as(method).containsEntry("outcome", "completed").containsEntry("verification", "successful");
      if (Method.parse(method).canBeHeld()) {
        assertThat(row).as(method).containsEntry("memory_compared", "equal").containsEntry("memory_missing", "");
      } else {
        // the row says that its memory was not compared, and why the program's verdict stands for that; and it did go by post-copy
        assertThat(row).as(method).containsEntry("memory_compared", "no")
            .hasEntrySatisfying("memory_missing", why -> assertThat(why).contains("cannot be held").contains("program's verification"))
            .hasEntrySatisfying("postcopy_s", length -> assertThat(length).isNotEmpty());
      }
    });
    assertThat(good).isTrue();
  }
}

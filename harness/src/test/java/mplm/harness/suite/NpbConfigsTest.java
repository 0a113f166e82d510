// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import mplm.engine.guest.Accelerator;
import mplm.engine.migration.Method;
import mplm.engine.migration.Methods;
import mplm.engine.unit.DataSize;
import mplm.harness.input.BadInput;
import mplm.harness.paper.Published;
import mplm.harness.scale.WorkingSet;
import mplm.harness.support.InFolder;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

public class NpbConfigsTest extends InFolder {
  private static final Path SHIPPED = Path.of("../npb-configs");


  @BeforeClass
  public void writeBenchmark() throws IOException {
    Files.createDirectory(folder.resolve("suites"));
    Files.writeString(folder.resolve("mg.yaml"), """
        benchmark: mg
        title: a benchmark
        source: this test
        paper: {rho: 6.8, pass: 27s, epoch: 3s}
        classes:
          S: {iterations: 4, memory_mib: 4, grid: 32}
          A: {iterations: 4, memory_mib: 433, grid: 256}
        """);
  }

  @BeforeClass(dependsOnMethods = "writeBenchmark")
  public void writeBenchmarkOfNoPaper() throws IOException {
    Files.writeString(folder.resolve("own.yaml"), """
        benchmark: own
        title: a benchmark
        source: this test
        classes:
          S: {iterations: 4, memory_mib: 4}
        """);
  }

  @Test
  public void everyShippedSuiteAndBenchmarkIsRight() {
    NpbConfigs configs = new NpbConfigs(SHIPPED);
    assertThat(configs.suites()).contains("quick", "smoke");
    configs.suites().forEach(name -> assertThat(configs.suite(name).plan(1)).isNotEmpty());
    assertThat(configs.benchmarks()).contains("mg");
    configs.benchmarks().forEach(name -> assertThat(configs.benchmark(name).name()).isEqualTo(name));
  }

  @Test
  public void theExamplesOfCustomWorkloadsAreRight() {
    NpbConfigs examples = new NpbConfigs(SHIPPED.resolve("examples"));
    assertThat(examples.benchmarks()).containsExactlyInAnyOrder("idle", "kv", "lu")
        .allSatisfy(name -> assertThat(examples.benchmark(name).workload()).isNotNull());
    Benchmark lu = examples.benchmark("lu");
    assertThat(lu.workload().ready()).contains("Time step");
    assertThat(lu.classes().get("A").memory()).isEqualTo(DataSize.parse("42MiB"));
  }

  @Test
  public void anUnknownKeyOfACustomWorkloadIsTold() throws IOException {
    Path configs = Files.createTempDirectory(folder, "lu");
    String right = Files.readString(SHIPPED.resolve("examples/lu.yaml"));
    Path file = Files.writeString(configs.resolve("lu.yaml"), right.replace("  failure:", "  wrong:"));
    assertThatThrownBy(() -> new NpbConfigs(configs).benchmark("lu")).isInstanceOf(BadInput.class)
        .hasMessageStartingWith(file + ":").hasMessageEndingWith(
            "workload.wrong: unknown key, allowed: failure, iteration, ready, success");
  }

  @Test
  public void quickComparesStockAtThreeDowntimesWithMplm() {
    Suite quick = new NpbConfigs(SHIPPED).suite("quick");
    Experiment measured = quick.experiments().get(0);
    Experiment verified = quick.experiments().get(1);
    assertThat(measured.methods()).extracting(Method::name)
        .containsExactlyInAnyOrder("precopy", "precopy", "precopy", "mplm", "unmigrated");
    assertThat(measured.methods()).extracting(Method::toString).contains("precopy:0.3s", "mplm");
    assertThat(measured.verifyMemory()).isFalse();
    // a verified trial of every method that moves the guest
    assertThat(verified.verifyMemory()).isTrue();
    assertThat(verified.methods())
        .containsExactlyInAnyOrderElementsOf(measured.methods().stream().filter(m -> !m.name().equals("unmigrated")).toList());
  }

  /** Each at the size whose values are published, and each with a published value to compare with. */
  @Test
  public void paperIsThePublishedMatrixAtFullSize() {
    Suite paper = new NpbConfigs(SHIPPED).suite("paper");
    assertThat(paper.plan(1)).hasSize(320);
    assertThat(paper.experiments()).extracting(Experiment::name).containsExactly("MG", "IS", "SP", "BT");
    for (Experiment experiment : paper.experiments()) {
      assertThat(Published.deviations(experiment, Accelerator.KVM)).isEmpty();
      assertThat(experiment.repeats()).isFalse();
      List<Published.Point> points = Published.read().of(experiment.benchmark().name());
      assertThat(experiment.methods()).hasSameSizeAs(points);
      assertThat(points).allSatisfy(point -> assertThat(experiment.methods())
          .contains(Method.parse(point.mplm() ? "mplm" : "precopy:" + point.maxTolerableDowntime().getAsDouble() + "s")));
      // the program, not the limit, ends a migration that does not converge
      assertThat(points).allSatisfy(point ->
          assertThat(point.total().orElse(0)).isLessThan(experiment.limitAtLeast().toSeconds() / 2.0));
    }
  }

  /** The same matrix, of which each experiment has its proportions, and none a time or a link of its own. */
  @Test
  public void scaledIsThePublishedMatrixInProportion() {
    Suite scaled = new NpbConfigs(SHIPPED).suite("scaled");
    Suite paper = new NpbConfigs(SHIPPED).suite("paper");
    assertThat(scaled.plan(1)).hasSize(32);
    assertThat(scaled.hasUnmeasured()).isTrue();
    for (int i = 0; i < 4; i++) {
      Experiment experiment = scaled.experiments().get(i);
      assertThat(experiment.methods()).isEqualTo(paper.experiments().get(i).methods());
      assertThat(experiment.benchmark()).isEqualTo(paper.experiments().get(i).benchmark());
      assertThat(experiment.link()).isNull();
      assertThat(experiment.repeats()).isTrue();
      assertThat(experiment.limitPasses()).isEqualTo(8);
    }
  }

  @Test
  public void aMeasuredExperimentHasItsLinkAndTimesAndKnowsThePapers() {
    Experiment unmeasured = new NpbConfigs(SHIPPED).suite("scaled").experiments().get(0);
    // a pass of 9 s dirties enough in an epoch
    DataSize used = DataSize.parse("90MiB");
    DataSize dirtied = new DataSize(Math.round(used.bytes() * unmeasured.benchmark().paper().dirtiedInEpoch()));
    Experiment measured = unmeasured.measured(new WorkingSet(used, new TreeMap<>(Map.of(Duration.ofSeconds(1), dirtied))));
    assertThat(measured.link()).hasToString("83886kbit/s");
    assertThat(measured.methods()).extracting(Method::toString).startsWith("precopy:0.1s", "precopy:0.333s")
        .endsWith("mplm:epoch=1s");
    assertThat(measured.methods().stream().map(measured::original)).containsExactlyElementsOf(unmeasured.methods());
    assertThat(measured.limit(DataSize.parse("230MiB"))).isEqualTo(Duration.ofSeconds(73));
    assertThat(measured.title()).endsWith("MiB ballast, 83886kbit/s, scaled");
    Published.Point mplm = Published.read().of(measured).stream().filter(Published.Point::mplm).findFirst().orElseThrow();
    assertThat(mplm.downtime()).hasValue(21.21 / 3);
  }

  @Test
  public void aPlanGoesThroughTheMethodsOnceARepetitionInAnOrderThatTheSeedGives() {
    List<Method> methods = Stream.of("mplm", "precopy:1s", "precopy:2s", "precopy:3s").map(Method::parse).toList();
    Suite suite = new NpbConfigs(SHIPPED).suite("smoke").withMethods(methods).withRepetitions(20);
    List<PlannedTrial> plan = suite.plan(1);
    Set<List<Method>> orders = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      List<PlannedTrial> repetition = plan.subList(4 * i, 4 * i + 4);
      assertThat(repetition).extracting(PlannedTrial::method).containsExactlyInAnyOrderElementsOf(methods);
      assertThat(repetition).extracting(PlannedTrial::repetition).containsOnly(i + 1);
      orders.add(repetition.stream().map(PlannedTrial::method).toList());
    }
    assertThat(orders).hasSizeGreaterThan(5);
    assertThat(suite.plan(1)).isEqualTo(plan).isNotEqualTo(suite.plan(2));
    PlannedTrial fourth = plan.get(3);
    assertThat(fourth.name()).isEqualTo("MG mg.S " + fourth.method() + " #1");
    assertThat(fourth.fileName()).matches("004-MG-mg\\.S-(mplm|precopy-[123]s)-1");
  }

  @Test
  public void theLimitIsSomePassesOfUsedMemoryButNeverLessThanGiven() {
    Experiment experiment = new NpbConfigs(SHIPPED).suite("smoke").experiments().get(0);
    long aPass = experiment.link().bytesPerSecond();
    assertThat(experiment.limit(new DataSize(100 * aPass))).isEqualTo(Duration.ofSeconds(100L * experiment.limitPasses()));
    assertThat(experiment.limit(new DataSize(1))).isEqualTo(experiment.limitAtLeast());
  }

  @DataProvider
  public Object[][] mistakes() {
    return new Object[][] {
      {"vcpus: 1", "vcpus: 1\n    vcpu: 1", "14: experiments.0.vcpu: unknown key, allowed: ballast, benchmark, class, finish_within, "
          + "iterations, limit_at_least, limit_passes, link, memory, methods, name, ready_within, repeats, scaled, vcpus, verify_memory"},
      {"    vcpus: 1\n", "", "10: experiments.0.vcpus: missing; there are: benchmark, class, finish_within, "
          + "limit_at_least, limit_passes, link, memory, methods, name, ready_within, repeats, verify_memory"},
      {"repetitions: 1", "repetitions: 0", "8: repetitions: 0, allowed: 1 to 10000"},
      {"repetitions: 1", "repetitions: 2000000000", "8: repetitions: 2000000000, allowed: 1 to 10000"},
      {"repetitions: 1", "repetitions: 99999999999", "8: repetitions: \"99999999999\" is not allowed, allowed: a smaller whole number"},
      {"experiments:\n", "experiments:\n  -\n", "9: experiments: one is empty, allowed: a mapping each"},
      {"repetitions: 1", "repetitions: one", "8: repetitions: \"one\" is not allowed, allowed: a whole number"},
      {"benchmark: mg", "benchmark: ft", "11: experiments.0.benchmark: unknown benchmark 'ft', allowed: mg, own"},
      {"class: S", "class: Z", "12: experiments.0.class: unknown class 'Z' of mg, allowed: S, A"},
      {"class: S", "class: A", "14: experiments.0.memory: mg class A does not fit a guest of 256MiB: the program takes 433MiB, "
          + "the kernel 96MiB and 1/32 of the memory"},
      {"memory: 256MiB", "memory: 256", "14: experiments.0.memory: '256' is not a data size: it takes a number and one of B, KiB, "
          + "MiB, GiB, TiB, such as 512MiB"},
      {"vcpus: 1", "vcpus: 0", "13: experiments.0.vcpus: a guest has 1 to 255 vCPUs, not 0"},
      {"link: 200Mbit/s", "link: fast", "15: experiments.0.link: 'fast' is not a bandwidth: it takes a number and one of bit/s, "
          + "kbit/s, Mbit/s, Gbit/s, such as 150Mbit/s"},
      {"\"precopy:20s\"", "\"precopy:-1s\"", "16: experiments.0.methods.0: method 'precopy:-1s': '-1s' is not a duration: it takes "
          + "a number and one of ns, us, ms, s, min, h, such as 0.3s"},
      {"\"precopy:20s\"", "\"mplm\"", "16: experiments.0.methods: [mplm, mplm], allowed: at least one, each once"},
      {"\"precopy:20s\"", "\"hybrid\"", "16: experiments.0.methods.0: method 'hybrid': a method is "
          + Methods.texts() + ", such as precopy:0.3s or mplm:epoch=1s,share=25"},
      {"limit_passes: 4", "limit_passes: 2", "20: experiments.0.limit_passes: 2, allowed: 3 or more"},
      {"repeats: true", "repeats: often", "17: experiments.0.repeats: \"often\" is not allowed, allowed: true, false"},
      {"ready_within: 120s", "ready_within: -3s", "18: experiments.0.ready_within: '-3s' is not a duration: it takes a number and "
          + "one of ns, us, ms, s, min, h, such as 0.3s"},
      {"    link: 200Mbit/s\n", "", "10: experiments.0.link: missing, allowed: a rate, or in its place scaled: paper"},
      {"link: 200Mbit/s", "link: 200Mbit/s\n    scaled: paper", "15: experiments.0.link: 200Mbit/s, allowed: nothing, since a "
          + "scaled experiment's link follows from its guest"},
      {"link: 200Mbit/s", "scaled: half", "15: experiments.0.scaled: 'half' is unknown, allowed: paper"},
      {"benchmark: mg\n    class: S", "benchmark: own\n    scaled: paper\n    class: S",
          "12: experiments.0.scaled: the paper's proportions of own are not known, allowed: a benchmark with the key paper"},
      {"memory: 256MiB", "memory: 256MiB\n    ballast: 149MiB", "15: experiments.0.ballast: mg class S does not fit a guest of "
          + "256MiB: the program takes 4MiB, the ballast 149MiB, the kernel 96MiB and 1/32 of the memory"},
      {"memory: 256MiB", "memory: 256MiB\n    ballast: 1000B", "15: experiments.0.ballast: 1000B, allowed: a multiple of 1MiB"},
      {"memory: 256MiB", "memory: 256MiB\n    ballast: much", "15: experiments.0.ballast: 'much' is not a data size: it takes a "
          + "number and one of B, KiB, MiB, GiB, TiB, such as 512MiB"},
      {"vcpus: 1", "vcpus: 1\n    iterations: 4", "14: experiments.0.iterations: 4, allowed: 1 to 3, or to leave it out for all 4"},
      {"name: MG", "name: a/b", "10: experiments.0.name: 'a/b', allowed: letters, digits, '.', '_', '-'"},
    };
  }

  @Test(dataProvider = "mistakes")
  public void aMistakeIsToldInOneLineWithItsPlace(String right, String wrong, String told) throws IOException {
    String text = """
        # SPDX-License-Identifier: GPL-2.0-or-later
        #
        # comment
        #
        #
        #
        title: "one"
        repetitions: 1
        experiments:
          - name: MG
            benchmark: mg
            class: S
            vcpus: 1
            memory: 256MiB
            link: 200Mbit/s
            methods: ["precopy:20s", "mplm"]
            repeats: true
            ready_within: 120s
            finish_within: 60s
            limit_passes: 4
            limit_at_least: 60s
            verify_memory: true
        """;
    assertThat(text).contains(right);
    Path file = folder.resolve("suites/mine.yaml");
    Files.writeString(file, text);
    assertThat(new NpbConfigs(folder).suite("mine").plan(1)).hasSize(2);
    Files.writeString(file, text.replaceFirst(Pattern.quote(right), wrong));
    assertThatThrownBy(() -> new NpbConfigs(folder).suite("mine"))
        .isInstanceOf(BadInput.class)
        .hasMessage(file + ":" + told);
  }

  /** A suite of one's own need not be put into the clone. */
  @Test
  public void aSuiteIsFoundByItsPath() throws Exception {
    Path folder = Files.createTempDirectory("mplm-suites");
    Path file = folder.resolve("my-own.yaml");
    try {
      Files.copy(Path.of("../npb-configs/suites/smoke.yaml"), file);
      NpbConfigs configs = new NpbConfigs(Path.of("../npb-configs"));
      Suite own = configs.suite(file.toString());
      assertThat(own.name()).isEqualTo("my-own");
      assertThat(own.asked()).isEqualTo(file.toString());
      assertThat(configs.suite("../npb-configs/suites/smoke.yaml").asked()).isEqualTo("npb-configs/suites/smoke.yaml");
      assertThat(own.experiments()).isEqualTo(configs.suite("smoke").experiments());
      Path odd = Files.move(file, folder.resolve("my own.yaml"));
      assertThatThrownBy(() -> configs.suite(odd.toString())).isInstanceOf(BadInput.class).hasMessageContaining("allowed: letters");
      Files.delete(odd);
      assertThatThrownBy(() -> configs.suite(file.toString())).isInstanceOf(BadInput.class)
          .hasMessageStartingWith("suite " + file + ": no such file").hasMessageContaining("smoke");
    } finally {
      Files.deleteIfExists(file);
      Files.delete(folder);
    }
  }

  /** As an editor of 1999 saves it. */
  @Test
  public void aSuiteInAnotherEncodingIsToldHowToSaveIt() throws Exception {
    Path file = Files.createTempFile("mplm-latin", ".yaml");
    try {
      Files.write(file, "title: Schön\n".getBytes(StandardCharsets.ISO_8859_1));
      assertThatThrownBy(() -> new NpbConfigs(SHIPPED).suite(file.toString())).isInstanceOf(BadInput.class)
          .hasMessage(file + ": is not text in UTF-8: save it so (iconv -f LATIN1 -t UTF-8)");
    } finally {
      Files.delete(file);
    }
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import mplm.engine.LocalQemu;
import mplm.engine.SlowRelay;
import mplm.engine.guest.Hypervisor;
import mplm.engine.guest.MemoryBacking;
import mplm.engine.migration.MigrationResult.Outcome;
import mplm.engine.qmp.QmpException;
import mplm.engine.scheduler.Knobs;
import mplm.engine.scheduler.Replay;
import mplm.engine.scheduler.Scheduler;
import mplm.engine.unit.DataSize;
import org.testng.SkipException;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Two real QEMUs on this machine, a guest of firmware alone whose memory holds noise. */
public class QemuMigrationTest {
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Method PRECOPY = new Precopy(Duration.ofMillis(300));

  private final List<AutoCloseable> open = new ArrayList<>();
  private LocalQemu source;
  private LocalQemu destination;

  @AfterMethod(alwaysRun = true)
  public void close() throws Exception {
    for (AutoCloseable resource : open) {
      resource.close();
    }
    open.clear();
  }

  @Test
  public void precopyMovesTheRunningGuest() throws Exception {
    start(true);
    List<Progress> seen = new ArrayList<>();
    MigrationResult result = run(PRECOPY, Route.DIRECT, LONG, seen::add);
    assertThat(result.outcome()).as("%s", result).isEqualTo(Outcome.COMPLETED);
    assertThat(status(source)).isEqualTo("postmigrate");
    assertThat(status(destination)).isEqualTo("running");
    assertThat(result.totalTime().orElseThrow()).isPositive().isLessThanOrEqualTo(result.elapsed().plusMillis(10));
    assertThat(result.downtime().orElseThrow()).isLessThanOrEqualTo(result.totalTime().orElseThrow());
    assertThat(result.downtimeSeen().orElseThrow()).isPositive().isLessThan(result.elapsed());
    assertThat(result.end().ram().orElseThrow().transferred().bytes()).isPositive();
    assertThat(seen).isNotEmpty().last().extracting(Progress::status).isEqualTo("completed");
  }

  @DataProvider
  public Object[][] stockMethods() {
    return new Object[][] {{"precopy:0.3s,auto-converge"}, {"precopy:0.3s,auto-converge=50/20/90,multifd=2"}, {"precopy:0.3s,xbzrle=64MiB"},
        {"precopy:0.3s,multifd=2"}, {"precopy:0.3s,multifd=3/zlib"}, {"nova"}, {"kubevirt"}, {"kubevirt-steps"}, {"small-gain"}, {"stop-and-copy"}};
  }

  /** QEMU takes the settings of each method, at both sides, and the guest arrives as it was. */
  @Test(dataProvider = "stockMethods")
  public void everyMethodMovesTheMemory(String method) throws Exception {
    start(false);
    MigrationResult result = new Migration(source.qmp(), destination.qmp(), Method.parse(method), "127.0.0.1", Route.DIRECT, LONG,
        Optional.empty(), true).run(progress -> { });
    assertThat(result.outcome()).as("%s", result).isEqualTo(Outcome.COMPLETED);
    assertThat(status(destination)).isEqualTo("paused");
    assertThat(Files.mismatch(source.memory(), destination.memory())).isEqualTo(-1);
  }

  @Test
  public void aGuestThatIsStoppedFirstStandsStillAllTheTime() throws Exception {
    start(true);
    MigrationResult result = run(new StopAndCopy(), relay(20_000_000), LONG, progress -> { });
    assertThat(result.outcome()).as("%s", result).isEqualTo(Outcome.COMPLETED);
    assertThat(status(source)).isEqualTo("postmigrate");
    assertThat(status(destination)).isEqualTo("running");
    assertThat(result.downtimeSeen().orElseThrow()).isGreaterThanOrEqualTo(result.totalTime().orElseThrow());
  }

  @Test
  public void aGuestThatIsStoppedFirstGoesOnAtTheSourceIfItsMigrationIsCancelled() throws Exception {
    start(true);
    MigrationResult result = run(new StopAndCopy(), relay(1_000_000), Duration.ofSeconds(1), progress -> { });
    assertThat(result.outcome()).as("%s", result).isEqualTo(Outcome.NOT_CONVERGED);
    assertThat(status(source)).isEqualTo("running");
  }

  @DataProvider
  public Object[][] postcopies() {
    return new Object[][] {{"postcopy:after=0pass"}, {"postcopy:after=0pass,preempt"}};
  }

  /** The guest runs at the destination before its memory is there, and then all of it is. */
  @Test(dataProvider = "postcopies")
  public void postcopyMovesTheGuestAndThenItsMemory(String method) throws Exception {
    startForPostcopy();
    MigrationResult result = run(Method.parse(method), relay(20_000_000), LONG, progress -> { });
    assertThat(result.outcome()).as("%s", result).isEqualTo(Outcome.COMPLETED);
    assertThat(result.looks()).extracting(Progress::status).contains("active", "postcopy-active");
    PostcopyPhase phase = result.postcopy().orElseThrow();
    assertThat(phase.sent().bytes()).isGreaterThan(32 << 20);
    assertThat(phase.recoveries()).isZero();
    assertThat(phase.blocktime()).isPresent();
    assertThat(phase.length().orElseThrow()).isGreaterThan(result.downtimeSeen().orElseThrow()).isLessThan(result.elapsed());
    assertThat(status(source)).isEqualTo("postmigrate");
    assertThat(status(destination)).isEqualTo("running");
    assertThatTheNoiseHasArrived();
  }

  /** QEMU 11.1 counts fetches, not passes. Of an idle guest little is left after one, or nothing. */
  @Test
  public void postcopyAfterAPassHasLittleToMove() throws Exception {
    startForPostcopy();
    MigrationResult result = run(Method.parse("postcopy:after=1pass"), relay(20_000_000), LONG, progress -> { });
    assertThat(result.outcome()).as("%s", result).isEqualTo(Outcome.COMPLETED);
    assertThat(result.postcopy().map(phase -> phase.sent().bytes()).orElse(0L)).isLessThan(32 << 20);
  }

  /** A link that is cut may say so, or not. */
  @DataProvider
  public Object[][] breaks() {
    return new Object[][] {{true}, {false}};
  }

  /**
   * The stream is made anew. Before the guest runs at the destination QEMU 10.0 cannot, and ends there; 11.1 cannot before the source has
   * heard of it.
   */
  @Test(dataProvider = "breaks")
  public void postcopyGoesOnAfterItsLinkBroke(boolean tells) throws Exception {
    startForPostcopy();
    List<SlowRelay> relays = new ArrayList<>();
    Route route = listening -> {
      relays.add(relay(20_000_000));
      return relays.get(relays.size() - 1).to(listening);
    };
    MigrationResult result = run(Method.parse("postcopy:after=0pass"), route, LONG, progress -> {
      boolean runsThere = destination.qmp().events().stream().anyMatch(event -> event.name().equals("RESUME"));
      if (progress.status().equals("postcopy-active") && runsThere && relays.size() == 1) {
        if (tells) {
          cut(relays.get(0));
        } else {
          relays.get(0).goSilent();
        }
      }
    });
    assertThat(result.outcome()).as("%s", result).isEqualTo(Outcome.COMPLETED);
    assertThat(result.postcopy().orElseThrow().recoveries()).isPositive();
    assertThat(status(destination)).isEqualTo("running");
    assertThatTheNoiseHasArrived();
  }

  @Test
  public void aGuestWhoseDestinationDiesInPostcopyIsLost() throws Exception {
    startForPostcopy();
    MigrationResult result = run(Method.parse("postcopy:after=0pass"), relay(5_000_000), LONG, progress -> {
      if (progress.status().equals("postcopy-active")) {
        destination.kill();
      }
    });
    assertThat(result.outcome()).as("%s", result).isEqualTo(Outcome.LOST);
    assertThat(result.reason().orElseThrow()).contains("destination").doesNotContain("\n");
    assertThat(status(source)).as("it cannot go on").isNotEqualTo("running");
  }

  /** What a method's text says of QEMU is what QEMU says. QEMU 11.1 takes it with multifd. */
  @Test
  public void qemuTakesPostcopyWithNeitherMultifdNorMplm() throws Exception {
    start(true);
    boolean first = source.qmp().execute("query-version", SOON).at("/qemu/major").asInt() == 10;
    for (String other : first ? List.of("multifd", "mplm") : List.of("mplm")) {
      assertThatThrownBy(() -> source.qmp().execute("migrate-set-capabilities", Map.of("capabilities", List.of(
          Map.of("capability", "postcopy-ram", "state", true), Map.of("capability", other, "state", true))), SOON))
          .isInstanceOf(QmpException.Refused.class).hasMessageContaining(other.equals("mplm")
              ? "MPLM is not compatible with postcopy-ram" : "Postcopy is not yet compatible with multifd");
    }
  }

  @DataProvider
  public Object[][] cancelled() {
    List<String> methods = new ArrayList<>(List.of("precopy:0.3s,auto-converge,xbzrle=64MiB", "postcopy:after=1pass", "postcopy:after=1pass,preempt"));
    Arrays.stream(stockMethods()).forEach(method -> methods.add((String) method[0]));
    Scheduler.policies().forEach(policy -> methods.add("mplm:policy=" + policy));
    return methods.stream().map(method -> new Object[] {method}).toArray(Object[][]::new);
  }

  @DataProvider
  public Object[][] pairs() {
    return new Object[][] {{"multifd", "xbzrle", "multifd=2,xbzrle=64MiB"}, {"dirty-limit", "auto-converge", "dirty-limit,auto-converge"}};
  }

  /** The kit refuses them before it asks any QEMU, so its words are held against those of one. */
  @Test(dataProvider = "pairs")
  public void featuresThatDoNotGoTogetherAreRefusedInQemusWords(String one, String other, String features) throws Exception {
    start(true);
    Throwable refused = catchThrowable(() -> source.qmp().execute("migrate-set-capabilities", Map.of("capabilities", List.of(
        Map.of("capability", one, "state", true), Map.of("capability", other, "state", true))), SOON));
    assertThat(refused).isInstanceOf(QmpException.Refused.class);
    Throwable told = catchThrowable(() -> Method.parse("precopy:0.3s," + features));
    assertThat(told).isInstanceOf(IllegalArgumentException.class);
    assertThat(refused).hasMessageContaining(told.getMessage().replaceFirst(".*QEMU: ", ""));
  }

  /** Nobody is told to go on at the destination. */
  @Test(dataProvider = "cancelled")
  public void anyMethodCanBeCancelledAndTheGuestStays(String method) throws Exception {
    if (method.startsWith("postcopy")) {
      startForPostcopy();
    } else {
      start(true);
    }
    MigrationResult result = run(Method.parse(method), relay(1_000_000), Duration.ofSeconds(1), progress -> { });
    assertThat(result.outcome()).as("%s", result).isEqualTo(Outcome.NOT_CONVERGED);
    assertThat(result.resume()).isEmpty();
    assertThat(status(source)).isEqualTo("running");
    // the cancel itself may break the stream first
    assertThat(source.qmp().execute("query-migrate", SOON).path("status").asText()).isIn("cancelled", "failed");
  }

  /** What is left of it at the source is no guest any more: the limit, which would cancel, has nothing to say. */
  @Test
  public void postcopyIsNotCancelledOnceTheGuestHasLeft() throws Exception {
    startForPostcopy();
    Duration limit = Duration.ofSeconds(5);
    MigrationResult result = run(Method.parse("postcopy:after=0pass"), relay(5_000_000), limit, progress -> { });
    assertThat(result.outcome()).as("%s", result).isEqualTo(Outcome.COMPLETED);
    assertThat(result.elapsed()).isGreaterThan(limit);
    assertThatTheNoiseHasArrived();
  }

  @Test
  public void aFeatureThatTheHostHasNotIsRefusedInQemusWords() throws Exception {
    start(true);
    assertThatThrownBy(() -> run(Method.parse("precopy:0.3s,dirty-limit"), Route.DIRECT, LONG, progress -> { }))
        .isInstanceOf(QmpException.Refused.class).hasMessageContaining("dirty-limit requires KVM with accelerator property");
    assertThat(status(source)).isEqualTo("running");
  }

  @Test
  public void theMemoryArrivesAsItWas() throws Exception {
    start(false);
    MigrationResult result = run(PRECOPY, Route.DIRECT, LONG, progress -> { });
    assertThat(result.outcome()).as("%s", result).isEqualTo(Outcome.COMPLETED);
    assertThat(result.resume()).isEmpty();
    assertThat(Files.mismatch(source.memory(), destination.memory())).isEqualTo(-1);
  }

  @Test
  public void aLinkTooSlowEndsAtTheLimitAndTheGuestStays() throws Exception {
    start(true);
    MigrationResult result = run(PRECOPY, relay(1_000_000), Duration.ofSeconds(1), progress -> { });
    assertThat(result.outcome()).as("%s", result).isEqualTo(Outcome.NOT_CONVERGED);
    assertThat(result.reason().orElseThrow()).startsWith("not converged after 1s");
    assertThat(result.end().ram().orElseThrow().remaining().bytes()).isPositive();
    assertThat(status(source)).isEqualTo("running");
  }

  /** Nearly all is left for the stop, some seconds; QEMU answers nothing meanwhile, and that is not a failure. */
  @Test
  public void theDowntimeSeenIsQemusOwn() throws Exception {
    start(true);
    MigrationResult result = run(new Precopy(Duration.ofSeconds(2000)), relay(20_000_000), LONG, progress -> { });
    assertThat(result.outcome()).as("%s", result).isEqualTo(Outcome.COMPLETED);
    double seen = result.downtimeSeen().orElseThrow().toMillis();
    double qemus = result.downtime().orElseThrow().toMillis();
    assertThat(qemus).isGreaterThan(1000);
    assertThat(seen / qemus).as("%f ms seen, %f ms told", seen, qemus).isBetween(0.8, 1.25);
  }

  @Test
  public void aLinkThatBreaksIsAFailureWithAReason() throws Exception {
    start(true);
    SlowRelay relay = relay(1_000_000);
    MigrationResult result = run(PRECOPY, relay, LONG, progress -> {
      if (!progress.ended()) {
        cut(relay);
      }
    });
    assertThat(result.outcome()).as("%s", result).isEqualTo(Outcome.FAILED);
    assertThat(result.reason().orElseThrow()).startsWith("source: ").doesNotContain("\n");
    assertThat(status(source)).isEqualTo("running");
  }

  /** Over a link so slow that each of Nova's steps has its time. */
  @Test
  public void novaRaisesTheMaximumTolerableDowntimeOfARealMigrationInSteps() throws Exception {
    start(true);
    Nova nova = (Nova) Method.parse("nova:downtime=100ms,steps=4,delay=200ms");
    Set<Long> limits = new LinkedHashSet<>();
    MigrationResult result = run(nova, relay(1_000_000), Duration.ofSeconds(4), progress -> limits.add(downtimeLimit()));
    assertThat(result.outcome()).as("%s", result).isEqualTo(Outcome.NOT_CONVERGED);
    List<Long> all = IntStream.rangeClosed(0, 4)
        .mapToObj(step -> nova.limit(Duration.ofMillis(400L * step + 200), DataSize.parse("256MiB")).toMillis()).toList();
    // on a machine that is busy for as long as a step takes, nobody sees that step
    assertThat(List.copyOf(limits)).isSubsetOf(all).isSorted().hasSizeGreaterThan(2).endsWith(all.get(4));
  }

  private long downtimeLimit() {
    try {
      return source.qmp().execute("query-migrate-parameters", SOON).path("downtime-limit").asLong();
    } catch (QmpException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** But of dirty-limit, which needs KVM. */
  @Test
  public void eachMethodIsAmongThoseThatAreCancelled() {
    List<Method> all = Arrays.stream(cancelled()).map(of -> Method.parse((String) of[0])).toList();
    assertThat(all).extracting(Method::name).containsAll(Methods.forms().stream().map(Methods.Form::name)
        .filter(name -> !name.equals("unmigrated")).toList());
    assertThat(all.stream().flatMap(method -> method.capabilities().stream()).toList()).contains("auto-converge", "xbzrle", "multifd");
  }

  @Test
  public void aRefusedSettingIsTold() throws Exception {
    start(true);
    Migration migration = new Migration(source.qmp(), destination.qmp(), PRECOPY, "no.such.host.invalid", Route.DIRECT, LONG);
    assertThatThrownBy(() -> migration.run(progress -> { })).isInstanceOf(QmpException.Refused.class)
        .hasMessageContaining("no.such.host.invalid");
  }

  @DataProvider
  public Object[][] policies() {
    return Scheduler.policies().stream().map(policy -> new Object[] {policy}).toArray(Object[][]::new);
  }

  /** Over a link slow enough for several epochs: same memory, same scheduler, and the very page sequence of the replay. */
  @Test(dataProvider = "policies")
  public void mplmSendsWhatTheReplaySends(String policy) throws Exception {
    start(false, "-trace", "mplm_*");
    String capabilities = source.qmp().execute("query-migrate-capabilities", SOON).toString();
    if (!capabilities.contains("\"mplm\"")) {
      throw new SkipException("this QEMU has no MPLM");
    }
    MigrationResult result = run(Method.parse("mplm:epoch=50ms,batch=10,policy=" + policy), relay(20_000_000), LONG, progress -> { });
    assertThat(result.outcome()).as("%s", result).isEqualTo(Outcome.COMPLETED);
    assertThat(Files.mismatch(source.memory(), destination.memory())).isEqualTo(-1);
    MplmFigures figures = result.end().mplm().orElseThrow();
    assertThat(figures.schedulerHash()).isEqualTo(Scheduler.sourceHash());
    assertThat(figures.policy()).isEqualTo(policy);
    assertThat(figures.end()).isEqualTo(Set.of("paper", "cold").contains(policy) ? "nondirty-empty" : "planned");
    Replay.Report replay = Replay.of(source.log());
    assertThat(replay.migrations()).isEqualTo(1);
    assertThat(replay.picks()).isEqualTo(figures.dirtySent() + figures.nondirtySent());
    assertThat(replay.fetches()).isEqualTo(figures.epochs() - 1).isPositive();
    assertThat(replay.left()).isZero();
    if (policy.equals("foresight")) {
      assertThat(replay.forecasts()).as("epochs at which a period was seen").isPositive();
      assertThat(figures.forecast()).hasValueSatisfying(forecast -> assertThat(forecast.period()).isPositive());
    } else {
      assertThat(replay.forecasts()).isZero();
      assertThat(figures.forecast()).isEmpty();
    }
  }

  /** QEMU states its defaults and its policies in a schema of its own; they are the scheduler's. */
  @Test
  public void qemusDefaultsAndPoliciesAreTheSchedulers() throws Exception {
    start(false);
    JsonNode parameters = source.qmp().execute("query-migrate-parameters", SOON);
    if (!parameters.has("mplm-policy")) {
      throw new SkipException("this QEMU has no MPLM");
    }
    assertThat(parameters.path("mplm-policy").asText()).isEqualTo(Scheduler.policies().get(0));
    assertThat(new Knobs(
        Duration.ofMillis(parameters.path("mplm-epoch-length").asLong()), parameters.path("mplm-batch-pages").asInt(),
        parameters.path("mplm-dirty-share").asInt(), parameters.path("mplm-first-epoch-nondirty").asBoolean(),
        parameters.path("mplm-strict-scan").asBoolean())).isEqualTo(Knobs.PAPER);
    JsonNode schema = source.qmp().execute("query-qmp-schema", SOON);
    JsonNode settings = named(schema, named(schema, "migrate-set-parameters").path("arg-type").asText()).path("members");
    JsonNode policies = named(schema, named(settings, "mplm-policy").path("type").asText()).path("values");
    List<String> names = new ArrayList<>();
    policies.forEach(policy -> names.add(policy.asText()));
    assertThat(names).isEqualTo(Scheduler.policies());
  }

  private static JsonNode named(JsonNode list, String name) {
    for (JsonNode one : list) {
      if (one.path("name").asText().equals(name)) {
        return one;
      }
    }
    throw new AssertionError("no " + name + " in the schema");
  }

  @DataProvider
  public Object[][] methods() {
    return new Object[][] {{PRECOPY}, {Mplm.PAPER}};
  }

  @Test(dataProvider = "methods")
  public void theMemoryArrivesAsItWasByAnEncryptedStream(Method method) throws Exception {
    start(false);
    String key = StreamKey.fresh();
    MigrationResult result = run(method, Route.DIRECT, LONG, key, key);
    assertThat(result.outcome()).as("%s", result).isEqualTo(Outcome.COMPLETED);
    assertThat(Files.mismatch(source.memory(), destination.memory())).isEqualTo(-1);
    for (LocalQemu side : List.of(source, destination)) {
      assertThat(side.qmp().execute("query-migrate-parameters", SOON).path("tls-creds").asText()).isEqualTo(StreamKey.ID);
    }
  }

  /** What a plain stream does show. */
  @Test
  public void anEncryptedStreamShowsNothingOfTheGuest() throws Exception {
    for (boolean encrypted : new boolean[] {false, true}) {
      start(true);
      SlowRelay relay = relay(20_000_000);
      String key = StreamKey.fresh();
      MigrationResult result = encrypted ? run(PRECOPY, relay, Duration.ofSeconds(1), key, key)
          : run(PRECOPY, relay, Duration.ofSeconds(1), progress -> { });
      assertThat(result.outcome()).as("%s", result).isEqualTo(Outcome.NOT_CONVERGED);
      // of the noise, above what firmware writes to
      byte[] memory = Files.readAllBytes(source.memory());
      String noise = latin(Arrays.copyOfRange(memory, 2 << 20, (2 << 20) + 64));
      String heard = latin(relay.heard());
      assertThat(heard.length()).isGreaterThan(4 << 20);
      assertThat(heard.startsWith("QEVM")).as("QEMU's magic, encrypted: %b", encrypted).isEqualTo(!encrypted);
      assertThat(heard.contains(noise)).as("the guest's memory, encrypted: %b", encrypted).isEqualTo(!encrypted);
      // a handshake record of TLS
      assertThat(heard.charAt(0) == 22).isEqualTo(encrypted);
    }
  }

  @Test
  public void aDestinationWithAnotherKeyGetsNothing() throws Exception {
    start(true);
    SlowRelay relay = relay(20_000_000);
    MigrationResult result = run(PRECOPY, relay, LONG, StreamKey.fresh(), StreamKey.fresh());
    assertThat(result.outcome()).as("%s", result).isEqualTo(Outcome.FAILED);
    assertThat(result.reason().orElseThrow()).startsWith("source: ").contains("TLS").doesNotContain("\n");
    assertThat(status(source)).isEqualTo("running");
    assertThat(status(destination)).isEqualTo("inmigrate");
    assertThat(relay.heard().length).isLessThan(4096);
  }

  private void start(boolean resumed, String... more) throws Exception {
    Hypervisor from = LocalQemu.firmwareGuest().withMore(more);
    source = LocalQemu.start("source", from);
    open.add(source);
    destination = LocalQemu.start("destination", LocalQemu.destinationOf(from).withMore().withStarted(resumed));
    open.add(destination);
    source.qmp().execute("cont", SOON);
  }

  /** The destination's memory is anonymous: of files, post-copy takes those of tmpfs alone. */
  private void startForPostcopy() throws Exception {
    Hypervisor from = LocalQemu.firmwareGuest();
    source = LocalQemu.start("source", from);
    open.add(source);
    destination = LocalQemu.start("destination", LocalQemu.destinationOf(from).withMemory(MemoryBacking.PLAIN));
    open.add(destination);
    source.qmp().execute("cont", SOON);
  }

  private void assertThatTheNoiseHasArrived() throws Exception {
    Path there = destination.folder().resolve("noise");
    // firmware writes below, and moves itself far above
    int from = 8 << 20;
    int size = 24 << 20;
    destination.qmp().execute("pmemsave", Map.of("val", from, "size", size, "filename", there.toString()), SOON);
    byte[] sent = Arrays.copyOfRange(Files.readAllBytes(source.memory()), from, from + size);
    assertThat(Arrays.mismatch(Files.readAllBytes(there), sent)).isEqualTo(-1);
  }

  private MigrationResult run(Method method, Route route, Duration limit, Consumer<Progress> observer) throws Exception {
    return new Migration(source.qmp(), destination.qmp(), method, "127.0.0.1", route, limit).run(observer);
  }

  /** By a stream whose key is in a file of each side. */
  private MigrationResult run(Method method, Route route, Duration limit, String sourceKey, String destinationKey) throws Exception {
    Files.writeString(source.folder().resolve(StreamKey.FILE), sourceKey);
    Files.writeString(destination.folder().resolve(StreamKey.FILE), destinationKey);
    StreamKey key = new StreamKey(source.folder().toString(), destination.folder().toString());
    return new Migration(source.qmp(), destination.qmp(), method, "127.0.0.1", route, limit, Optional.of(key), false).run(progress -> { });
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private SlowRelay relay(int bytesPerSecond) throws IOException {
    SlowRelay relay = new SlowRelay(bytesPerSecond);
    open.add(relay);
    return relay;
  }

  private static void cut(SlowRelay relay) {
    try {
      relay.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String status(LocalQemu qemu) throws Exception {
    return qemu.qmp().execute("query-status", SOON).path("status").asText();
  }
}

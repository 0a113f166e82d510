// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import mplm.harness.support.InFolder;
import mplm.harness.support.SmallDisk;
import org.testng.SkipException;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** What the kit's builds say of a machine that cannot hold them, and of each other. */
public class BuildsTest extends InFolder {
  private static final Path CLONE = Path.of("").toAbsolutePath().getParent();

  @DataProvider
  public Object[][] builds() {
    return new Object[][] {{"engine/qemu/build", "engine: "}, {"guest-images/build", "guest-images: "}};
  }

  @Test(dataProvider = "builds")
  public void aDiskThatIsTooSmallIsToldInOneLineBeforeAnythingIsFetched(String build, String who) throws Exception {
    try (SmallDisk disk = SmallDisk.of(4)) {
      Forked told = Forked.of(Map.of("MPLM_CACHE", disk.path().toString()), disk.within(List.of(CLONE.resolve(build).toString())));

      assertThat(told.err().lines()).as(told.err()).singleElement().asString().startsWith(who)
          .contains("takes", " MiB in " + disk.path(), "make room", "MPLM_CACHE");
      assertThat(told.status()).isEqualTo(3);
      assertThat(told.out()).isEmpty();
    }
  }

  @DataProvider
  public Object[][] noCaches() {
    List<List<String>> who = List.of(List.of("engine/qemu/build", "--hash"), List.of("guest-images/build"),
        List.of("harness/testbed/machine-image", "12"), List.of("mplm", "run", "quick", "--dry-run"));
    Map<String, String> faults = Map.of("cache", "is no absolute path", "/var/my cache", "has white space or a colon",
        "/var/a:b", "has white space or a colon");
    return who.stream().flatMap(line -> faults.entrySet().stream().map(fault -> new Object[] {line, fault.getKey(), fault.getValue()}))
        .toArray(Object[][]::new);
  }

  /** Each would make another cache per working directory, or fail in the middle of QEMU's build. */
  @Test(dataProvider = "noCaches")
  public void aFolderThatCannotBeTheCacheIsToldInOneLine(List<String> script, String cache, String fault) throws Exception {
    List<String> line = new ArrayList<>(script);
    String program = line.remove(0);
    Map<String, String> environment = Map.of("MPLM_CACHE", cache);
    Forked told;
    if (program.equals("mplm")) {
      told = Forked.mplm(environment, List.of("-XX:TieredStopAtLevel=1"), line.toArray(String[]::new));
    } else {
      line.add(0, CLONE.resolve(program).toString());
      told = Forked.of(environment, line);
    }

    assertThat(told.err().lines()).as(told.err()).singleElement().asString().contains("environment variable MPLM_CACHE: '" + cache + "' "
        + fault, "name a folder for the cache in MPLM_CACHE, such as /var/cache/mplm");
    assertThat(told.status()).isEqualTo(2);
  }

  /** Else {@code mplm --version} would name an engine that nobody has. */
  @Test
  public void theHashIsToldWithoutABuildAndIsThatOfTheEngine() throws Exception {
    String given = System.getenv("MPLM_ENGINE");
    if (given == null) {
      throw new SkipException("MPLM_ENGINE names no engine; make test builds one");
    }
    Properties engine = new Properties();
    try (Reader text = Files.newBufferedReader(Path.of(given, "engine.properties"))) {
      engine.load(text);
    }
    String version = engine.getProperty("qemu.version").replaceFirst("^(\\d+\\.\\d+).*", "$1");

    Path cache = folder.resolve("none");
    Forked told = Forked.of(Map.of("MPLM_CACHE", cache.toString()),
        List.of(CLONE.resolve("engine/qemu/build").toString(), "--qemu", version, "--hash"));

    assertThat(told.status()).as(told.err()).isZero();
    assertThat(engine.getProperty("engine.hash")).startsWith(told.out().replaceFirst(" .*\n", ""));
    assertThat(cache).doesNotExist();
  }

  @DataProvider
  public Object[][] toolchains() {
    return new Object[][] {
        {"as it is", "exec %s \"$@\"", true},
        {"another compiler", "if [ \"$1\" = --version ]; then echo cc of tomorrow; else exec %s \"$@\"; fi", false},
        {"another library", "if [ \"$1\" = -print-file-name=libz.a ]; then echo \"$0\"; else exec %s \"$@\"; fi", false}};
  }

  /** What a machine links into the engine is part of it: an upgrade of either makes another engine, and so another hash in each row. */
  @Test(dataProvider = "toolchains")
  public void theHashIsOfTheCompilerAndTheLibrariesToo(String name, String script, boolean same) throws Exception {
    List<String> hash = List.of(CLONE.resolve("engine/qemu/build").toString(), "--hash");
    String path = System.getenv("PATH");
    Path real = Arrays.stream(path.split(":")).map(below -> Path.of(below, "cc")).filter(Files::isExecutable).findFirst()
        .orElseThrow(() -> new SkipException("no C compiler here"));
    Path cc = Files.writeString(Files.createDirectories(folder.resolve("bin")).resolve("cc"), "#!/bin/sh\n" + script.formatted(real) + "\n");
    assertThat(cc.toFile().setExecutable(true)).isTrue();

    String before = Forked.of(Map.of(), hash).out();
    Forked told = Forked.of(Map.of("PATH", cc.getParent() + ":" + path), hash);

    assertThat(told.status()).as(told.err()).isZero();
    assertThat(told.out().equals(before)).as(name + ": " + before + told.out()).isEqualTo(same);
  }

  @DataProvider
  public Object[][] waiters() {
    return new Object[][] {
        {List.of("engine/qemu/build"), "engine", "engine: waiting: another build has "},
        {List.of("guest-images/build"), "guest", "guest-images: waiting: another build has "},
        {List.of("harness/testbed/machine-image", "12"), "machines", "machine-image: waiting: another that makes one has "}};
  }

  /** Not in silence: a build takes ten minutes, and who waits for it wants to know for what. */
  @Test(dataProvider = "waiters", timeOut = 120_000)
  public void whoWaitsForAnothersBuildIsToldSo(List<String> script, String what, String said) throws Exception {
    Path lock = Files.createDirectories(folder.resolve(what)).resolve("lock");
    List<String> line = new ArrayList<>(script);
    line.set(0, CLONE.resolve(script.get(0)).toString());
    Process other = new ProcessBuilder("flock", lock.toString(), "sh", "-c", "echo holds; exec cat").start();
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().put("MPLM_CACHE", folder.toString());
    assertThat(other.inputReader().readLine()).isEqualTo("holds");
    Process build = builder.start();
    try {
      assertThat(build.errorReader().readLine()).isEqualTo(said + lock);
    } finally {
      // the one that waits first, or it would begin to build
      build.descendants().forEach(ProcessHandle::destroyForcibly);
      build.destroyForcibly().waitFor();
      other.destroyForcibly().waitFor();
    }
  }

  /** A run by an engine that stands there, beside a build of another, begins at once. */
  @Test(timeOut = 120_000)
  public void whoNeedsNoBuildWaitsForNone() throws Exception {
    String build = CLONE.resolve("engine/qemu/build").toString();
    String hash = Forked.of(Map.of(), List.of(build, "--hash")).out().replaceFirst(" .*\n", "");
    Path cache = folder.resolve("built");
    Path engine = Files.createDirectories(cache.resolve("engine").resolve(hash));
    Files.createFile(engine.resolve("engine.properties"));
    Process other = new ProcessBuilder("flock", cache.resolve("engine/lock").toString(), "sh", "-c", "echo holds; exec cat").start();
    try {
      assertThat(other.inputReader().readLine()).isEqualTo("holds");

      Forked told = Forked.of(Map.of("MPLM_CACHE", cache.toString()), List.of("timeout", "60", build));

      assertThat(told.status()).as(told.err()).isZero();
      assertThat(told.out()).isEqualTo(engine + "\n");
    } finally {
      other.destroyForcibly().waitFor();
    }
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.rig;

import static mplm.engine.unit.Patience.ANSWER;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import mplm.engine.guest.Accelerator;
import mplm.engine.guest.GuestException;
import mplm.engine.guest.GuestShape;
import mplm.engine.guest.Hypervisor;
import mplm.engine.unit.DataSize;
import mplm.engine.unit.Patience;
import mplm.harness.host.Cause;
import mplm.harness.host.HostConfig;
import mplm.harness.host.HostException;
import mplm.harness.host.NotRecorded;
import mplm.harness.host.Output;
import mplm.harness.machine.Machine;

/**
 * Whether hardware runs the guest: answered by booting one. A device that is there, and opens, may still not run Linux; so there
 * are three rungs, of which only the last one counts and the others tell what is wrong.
 */
public final class UsableKvm {
  /**
   * A working KVM boots these guests in about a second. What is later is taken for a KVM that runs no Linux, which says nothing and
   * never ends: to wait longer for it would slow every run on such a machine, so slow hosts need {@link Patience}.
   */
  private static final Duration BOOT = Patience.of(Duration.ofSeconds(12));

  private static final DataSize SMALL = DataSize.parse("256MiB");

  /** QEMU quits at once if it has come so far. $@ its command line. */
  private static final String QUIT =
      "printf '{\"execute\": \"qmp_capabilities\"}{\"execute\": \"quit\"}' | \"$@\" -chardev stdio,id=qmp -mon chardev=qmp,mode=control";

  /** What hosts answered, so that a process asks none twice: a KVM that runs no Linux answers by silence, each time. */
  private static final Map<Asked, Optional<String>> ANSWERS = new ConcurrentHashMap<>();

  /** All that decides whether a guest boots there, until the host is booted again. */
  private record Asked(String boot, HostConfig host, String binary, String kernel) {
    static Asked of(Rig.Side side) {
      String boot = side.host().check(ANSWER, "cat", "/proc/sys/kernel/random/boot_id").strip();
      return new Asked(boot, side.host().config(), side.binary(), side.kernel());
    }
  }

  private UsableKvm() {}

  /** Why a host of the rig has no usable KVM, in one line; empty if both have. */
  public static Optional<String> obstacle(Rig rig, Path logs) {
    List<CompletableFuture<Optional<String>>> both = Stream.of(rig.source(), rig.destination())
        .map(side -> CompletableFuture.supplyAsync(() -> answer(side, logs)))
        .toList();
    try {
      return both.stream().map(CompletableFuture::join).flatMap(Optional::stream).findFirst();
    } catch (CompletionException e) {
      throw e.getCause() instanceof HostException cause ? cause : e;
    }
  }

  private static Optional<String> answer(Rig.Side side, Path logs) {
    Asked asked = Asked.of(side);
    Optional<String> known = ANSWERS.get(asked);
    if (known == null) {
      known = linux(side, logs);
      ANSWERS.put(asked, known);
    }
    return known;
  }

  /** The first rung: why QEMU does not get a virtual machine from the device, in one line; empty if it does. */
  public static Optional<String> device(Rig.Side side) {
    return opens(side, "kvm");
  }

  /** Whether the device has a dirty ring, which QEMU then takes. */
  public static boolean dirtyRing(Rig.Side side) {
    return opens(side, "kvm," + Hypervisor.DIRTY_RING).isEmpty();
  }

  private static Optional<String> opens(Rig.Side side, String accelerator) {
    Output output = side.host().run(ANSWER, "sh", "-c", QUIT, "mplm", side.binary(), "-accel", accelerator, "-machine", "none",
        "-nodefaults", "-display", "none");
    return output.exitStatus() == 0 ? Optional.empty()
        : Optional.of(output.stderr().lines().findFirst().orElse("QEMU ended with status " + output.exitStatus()));
  }

  /** The second rung: why a boot sector does not run, in one line; empty if it does. */
  public static Optional<String> bootSector(Rig.Side side, Path logs) {
    Path image = recorded("boot sector", side,
        () -> Files.write(logs.resolve("boot-sector." + side.host().name()), BootSector.image()));
    String there = side.host().provide(image);
    return boot(side, logs, "boot-sector", work -> Hypervisor.source(side.binary(), side.firmware(), Accelerator.KVM,
        shape(side), Optional.empty(), work).withMore(BootSector.arguments(there).toArray(String[]::new)));
  }

  /** The third rung: why the kit's Linux does not reach its init, in one line; empty if it does. */
  public static Optional<String> linux(Rig.Side side, Path logs) {
    String arguments = Kernel.arguments("none", "none", 1, false);
    return boot(side, logs, "kvm", work -> side.hypervisor(Accelerator.KVM, shape(side), arguments, work));
  }

  private static GuestShape shape(Rig.Side side) {
    return new GuestShape(1, atLeastOnePage(SMALL, side));
  }

  /** More where pages are huge. */
  static DataSize atLeastOnePage(DataSize memory, Rig.Side... sides) {
    return Stream.of(sides).map(side -> side.host().config().hugePages()).filter(Objects::nonNull)
        .reduce(memory, (one, other) -> one.compareTo(other) < 0 ? other : one);
  }

  /** What keeps any guest from booting there, and says nothing of KVM. */
  private static final Set<Cause> OF_THE_HOST = EnumSet.of(Cause.DISK_FULL, Cause.SHARED_MEMORY_FULL, Cause.READ_ONLY, Cause.NOT_EXECUTABLE,
      Cause.NO_FORWARDING, Cause.AFFINITY, Cause.TOLD_TO_END, Cause.NO_PROCESSES, Cause.OUT_OF_MEMORY, Cause.CONTROLLER_STOOD, Cause.LOST, Cause.ABSENT);

  /** Boots a guest; why it did not boot, in one line. */
  private static Optional<String> boot(Rig.Side side, Path logs, String what, Function<String, Hypervisor> hypervisor) {
    try {
      Path folder = recorded(what, side, () -> Files.createDirectories(logs.resolve(what + "-" + side.host().name())));
      try (Machine machine = Machine.start(side.host(), hypervisor, Machine.Records.logs(folder), Optional.empty())) {
        return machine.use(() -> {
          machine.resume();
          machine.serial().await("boot", BOOT);
          return Optional.empty();
        });
      } catch (GuestException.NotYet e) {
        return Optional.of(side.host().name() + ": the guest did not boot " + Patience.within(BOOT));
      }
    } catch (NotRecorded e) {
      throw e; // which says nothing of its KVM
    } catch (IOException | HostException e) {
      String why = e.getMessage().lines().findFirst().orElse("no word");
      if (Cause.of(why).filter(OF_THE_HOST::contains).isPresent()) {
        throw new HostException(side.host().name(), "KVM cannot be tried: " + why);
      }
      return Optional.of(why);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostException(side.host().name(), "interrupted while KVM was tried");
    }
  }

  private interface Local {
    Path write() throws IOException;
  }

  private static Path recorded(String what, Rig.Side side, Local file) {
    try {
      return file.write();
    } catch (IOException e) {
      throw new NotRecorded(side.host().name(), what, e);
    }
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import mplm.engine.guest.Accelerator;
import mplm.engine.guest.GuestShape;
import mplm.engine.unit.DataSize;
import mplm.harness.host.HostException;

/** Whether hardware runs the guest: answered by booting one. A device that is there, and opens, may still not run Linux. */
final class UsableKvm {
  /** With working KVM this guest boots in about a second. */
  private static final Duration BOOT = Duration.ofSeconds(12);

  private static final GuestShape SMALL = new GuestShape(1, DataSize.parse("256MiB"));

  private UsableKvm() {}

  /** Why a host of the rig has no usable KVM, in one line; empty if both have. */
  static Optional<String> obstacle(Rig rig, Path logs) {
    List<CompletableFuture<Optional<String>>> both = Stream.of(rig.source(), rig.destination())
        .map(side -> CompletableFuture.supplyAsync(() -> obstacle(rig, side, logs)))
        .toList();
    try {
      return both.stream().map(CompletableFuture::join).flatMap(Optional::stream).findFirst();
    } catch (CompletionException e) {
      throw e.getCause() instanceof HostException cause ? cause : e;
    }
  }

  private static Optional<String> obstacle(Rig rig, Rig.Side side, Path logs) {
    String arguments = Kernel.arguments("none", "none", SMALL.vcpus(), false);
    try {
      Path folder = Files.createDirectories(logs.resolve("kvm-" + side.host().name()));
      try (Machine machine = Machine.start(
          side.host(),
          workFolder -> rig.hypervisor(side, Accelerator.KVM, SMALL, arguments, workFolder),
          Machine.Records.logs(folder),
          Optional.empty())) {
        machine.resume();
        machine.serial().await("boot", BOOT);
        return Optional.empty();
      }
    } catch (IOException | HostException e) {
      return Optional.of(e.getMessage().lines().findFirst().orElse("no word"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostException(side.host().name(), "interrupted while KVM was tried");
    }
  }
}

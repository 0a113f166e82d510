// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.machine;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import mplm.engine.unit.Patience;

/**
 * Looks at a trial's hypervisors from aside. One that is stopped, or sends nothing of a stopped guest, answers nothing, and to wait
 * for it could take the trial's whole limit: all are killed then, which ends every wait. A thread of its own; it ends when closed.
 */
public final class Watch implements AutoCloseable {
  private static final Duration EVERY = Duration.ofMillis(500);
  /** A guest's last memory takes CPU time to send, on any link that can carry a migration. */
  private static final Duration STILL = Patience.of(Duration.ofSeconds(10));

  private static final long END_MS = 5_000;

  private final List<Machine> machines = new CopyOnWriteArrayList<>();
  private final Consumer<String> fault;
  private final Thread thread = new Thread(this::look, "watch");
  private volatile Machine moving;
  private volatile boolean closed;

  /** @param fault is told what is wrong, before anything is killed */
  public Watch(Consumer<String> fault) {
    this.fault = fault;
    thread.setDaemon(true);
    thread.start();
  }

  /** Watches this one too from now on. */
  public void add(Machine machine) {
    machines.add(machine);
  }

  /** Whether the guest of this one is being moved to the other's host. */
  public void moving(Machine source, boolean begins) {
    moving = begins ? source : null;
  }

  private void look() {
    try {
      while (!closed) {
        Optional<String> wrong = machines.stream().map(this::wrong).flatMap(Optional::stream).findFirst();
        if (wrong.isPresent()) {
          fault.accept(wrong.orElseThrow());
          machines.forEach(Machine::kill);
          return;
        }
        Thread.sleep(EVERY.toMillis());
      }
    } catch (InterruptedException e) {
      return; // closed
    }
  }

  private Optional<String> wrong(Machine machine) {
    if (machine.isStopped()) {
      return Optional.of(machine.stopped());
    }
    if (machine == moving && machine.idleFor().compareTo(STILL) >= 0) {
      return Optional.of("migration link: no progress, " + machine.host().name() + " could send nothing of the stopped guest for "
          + STILL.toSeconds() + " s");
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(END_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

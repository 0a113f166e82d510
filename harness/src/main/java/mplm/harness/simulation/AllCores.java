// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import mplm.harness.input.BadInput;

/** A thread per core, for tasks that do not depend on each other. */
public final class AllCores implements AutoCloseable {
  /** Is told after each task, by any thread, how many are done. */
  @FunctionalInterface
  public interface Progress {
    void done(int tasks);
  }

  private final ExecutorService pool =
      Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors(), task -> new Thread(task, "simulate"));

  /** The results in the order of the tasks. {@link BadInput} in place of a task's {@link IllegalArgumentException}. */
  public <T> List<T> run(List<Callable<T>> tasks) throws Exception {
    return run(tasks, done -> {});
  }

  /** The same, and tells {@code progress} of each task that is done. */
  public <T> List<T> run(List<Callable<T>> tasks, Progress progress) throws Exception {
    AtomicInteger done = new AtomicInteger();
    List<Future<T>> futures = new ArrayList<>();
    for (Callable<T> task : tasks) {
      futures.add(pool.submit(() -> {
        T result = task.call();
        progress.done(done.incrementAndGet());
        return result;
      }));
    }
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IllegalArgumentException wrong) {
        throw new BadInput(wrong.getMessage());
      }
      if (e.getCause() instanceof OutOfMemoryError none) {
        throw none;
      }
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  /** Ends what is not done. */
  @Override
  public void close() {
    pool.shutdownNow();
  }
}

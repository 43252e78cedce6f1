package io.hawser.workload;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** One end of a conversation on a thread of its own; whoever waits has a deadline. */
final class Background {
  private static final long DEADLINE_NS = 30_000_000_000L;
  private static final long LOOK_EVERY_NS = 1_000_000;

  /** What an end does. */
  interface Work {
    void run() throws IOException;
  }

  private final FutureTask<Boolean> task;

  private Background(Work work) {
    task =
        new FutureTask<>(() -> {
          work.run();
          return true;
        });
    Thread.ofPlatform().daemon().name("workload-test").start(task);
  }

  static Background start(Work work) {
    return new Background(work);
  }

  boolean isDone() {
    return task.isDone();
  }

  /** Waits for its end; throws what it threw. */
  void join() throws IOException {
    try {
      task.get(DEADLINE_NS, TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new AssertionError(e.getCause());
    } catch (TimeoutException | InterruptedException e) {
      throw new AssertionError("it did not end", e);
    }
  }

  /** Waits until it is so. */
  static void await(String what, BooleanSupplier isSo) {
    long sinceNs = System.nanoTime();
    while (!isSo.getAsBoolean()) {
      if (System.nanoTime() - sinceNs > DEADLINE_NS) {
        throw new AssertionError("did not come: " + what);
      }
      LockSupport.parkNanos(LOOK_EVERY_NS);
    }
  }
}

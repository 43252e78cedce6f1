package io.hawser.bench;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** The other end's thread; closing waits for its end and passes its failure on. */
final class Background implements AutoCloseable {
  /** What it does. */
  @FunctionalInterface
  interface Work {
    void run() throws IOException;
  }

  private final FutureTask<Boolean> result;

  private Background(FutureTask<Boolean> result) {
    this.result = result;
  }

  static Background start(String name, Work work) {
    FutureTask<Boolean> result =
        new FutureTask<>(() -> {
          work.run();
          return true;
        });
    Thread.ofPlatform().daemon().name(name).start(result);
    return new Background(result);
  }

  /**
   * Passes its failure on, if it has ended by one.
   *
   * @throws IOException that failure
   */
  void check() throws IOException {
    if (result.isDone()) {
      close();
    }
  }

  @Override
  public void close() throws IOException {
    try {
      result.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IOException("the other end failed: " + e.getCause(), e);
    }
  }
}

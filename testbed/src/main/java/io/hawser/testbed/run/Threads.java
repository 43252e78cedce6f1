package io.hawser.testbed.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** The application threads of a run; what one of them throws is told at the end. */
final class Threads {
  /** Something an application does. */
  @FunctionalInterface
  interface Work {
    void run() throws IOException;
  }

  private final List<CompletableFuture<Void>> all = new ArrayList<>();

  /** Starts work of the client's or the server's. */
  void start(boolean client, String name, Work work) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name((client ? Ends.CLIENT_THREADS : Ends.SERVER_THREADS) + "-" + name)
        .start(() -> {
          try {
            work.run();
            done.complete(null);
          } catch (IOException | RuntimeException | Error e) {
            done.completeExceptionally(e);
          }
        });
    all.add(done);
  }

  /** Whether all have ended. */
  boolean areDone() {
    return all.stream().allMatch(CompletableFuture::isDone);
  }

  /** What went wrong first; empty if nothing. */
  String error() {
    for (CompletableFuture<Void> one : all) {
      if (one.isCompletedExceptionally()) {
        try {
          one.join();
        } catch (CompletionException e) {
          Throwable cause = e.getCause() == null ? e : e.getCause();
          return cause instanceof IOException
              ? String.valueOf(cause.getMessage())
              : cause.toString();
        }
      }
    }
    return "";
  }
}

package io.hawser.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * What an idle MPTCP connection holds: of Hawser's heap, its socket included, and of the kernel's
 * slab caches. Each has carried a byte there and back.
 */
final class MemoryBench implements Bench {
  private static final int CONNECTIONS = 2000;
  private static final int WARM_UP = 50;

  /** By what the kernel takes. */
  private static final Goal GOAL = Goal.atMost(4, 2, 1);

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public String description() {
    return "Heap of an idle connection and its socket, beside the kernel's memory for one.";
  }

  @Override
  public List<Row> run(BenchSettings settings, Consumer<String> progress) throws IOException {
    Figures bytes = new Figures(settings.runs());
    try (Congestion _ = Congestion.allow(settings.congestion())) {
      for (int i = 0; i < settings.runs(); i++) {
        StringBuilder line = new StringBuilder(Figures.label(i));
        for (Pair.Kind kind : Pair.Kind.values()) {
          double each = bytes.put(kind, i, bytesOfOne(kind, settings));
          line.append(String.format(Locale.ROOT, "   %s %.0f bytes", kind.text, each));
        }
        progress.accept(line.toString());
      }
    }
    return List.of(
        bytes.row(
            "memory of an idle connection, client",
            "bytes",
            Pair.Kind.HAWSER_CLIENT,
            GOAL,
            Level.HARD),
        bytes.row(
            "memory of an idle connection, server",
            "bytes",
            Pair.Kind.HAWSER_SERVER,
            GOAL,
            Level.MUST));
  }

  /** Of one end: with two kernels both are the kernel's. */
  private static double bytesOfOne(Pair.Kind kind, BenchSettings settings) throws IOException {
    boolean kernels = kind == Pair.Kind.KERNELS;
    List<Stream> open = new ArrayList<>(4 * CONNECTIONS);
    try (Pair pair = Pair.open(kind, PairOptions.of(settings).withPaths(1))) {
      add(pair, WARM_UP, open);
      long before = kernels ? Slab.bytes() : LiveHeap.bytes();
      add(pair, CONNECTIONS, open);
      long after = kernels ? Slab.bytes() : LiveHeap.bytes();
      for (Stream stream : open) {
        stream.close();
      }
      return (double) (after - before) / CONNECTIONS / (kernels ? 2 : 1);
    }
  }

  private static void add(Pair pair, int count, List<Stream> to) throws IOException {
    byte[] one = new byte[1];
    for (int i = 0; i < count; i++) {
      Stream near = pair.asClient(pair::connect);
      near.write(one, 0, 1);
      Stream far = pair.accept();
      far.readFully(one, 1);
      far.write(one, 0, 1);
      near.readFully(one, 1);
      to.add(near);
      to.add(far);
    }
  }
}

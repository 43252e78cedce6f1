package io.hawser.socket;

import io.hawser.core.Listener;
import io.hawser.core.NewsSink;
import io.hawser.core.Stack;
import io.hawser.core.api.Connection;
import io.hawser.wire.BufferPool;
import io.hawser.wire.OutgoingPacket;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketDevice;
import io.hawser.wire.PacketMeta;
import io.hawser.wire.PacketSink;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Drives one {@link Stack} over one {@link PacketDevice} in real time, on one daemon thread that
 * owns both: packets in, commands, packets out, news, and then sleep until the next of these is
 * due.
 *
 * <p>Other threads use {@link #call} and {@link #submit} to act on the stack and its connections,
 * and {@link ConnectionSignal} after reading and writing. Commands of one thread run in order, and
 * after the signals it gave before.
 */
public final class StackLoop implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(StackLoop.class.getName());
  private static final int BATCH_PACKETS = 64;
  private static final long BACK_PRESSURE_NS = 500_000;
  private static final long LATEST_NS = 3_600_000_000_000L;

  /** What can be done with the stack, on the loop's thread. */
  @FunctionalInterface
  public interface Task<T extends @Nullable Object> {
    T run(Stack stack, long nowNs);
  }

  /** A task whose result nobody awaits. */
  @FunctionalInterface
  public interface Command {
    void run(Stack stack, long nowNs);

    /** The loop ended before its turn came; on any thread. */
    default void lost() {}
  }

  private static final int RUNNING = 0;
  private static final int SLEEPING = 1;

  // The zero of nanoTime is arbitrary and may lie ahead; the stack gets positive times.
  private static final long ORIGIN_NS = Math.min(0, System.nanoTime() - 1_000_000_000L);

  private final Stack stack;
  private final PacketDevice device;
  private final BufferPool buffers;
  private final Thread thread;
  private final AtomicInteger state = new AtomicInteger(RUNNING);
  private final AtomicReference<@Nullable ConnectionSignal> signals = new AtomicReference<>();
  private final ConcurrentLinkedQueue<Pending> commands = new ConcurrentLinkedQueue<>();
  private final Set<NewsListener> endWatchers = ConcurrentHashMap.newKeySet();
  private final CountingSink sink;
  private final NewsSink news = new Dispatcher();
  private final PacketMeta meta = new PacketMeta();
  private final Vigil vigil = new Vigil(Runtime.getRuntime().availableProcessors());

  // The loop's own: where the next packet goes, and whether one is in it already.
  private PacketBuffer buffer;
  private boolean packetWaits;

  private volatile boolean stopping;
  private volatile boolean stopped;
  private volatile @Nullable Throwable failure;

  private StackLoop(String name, Stack stack, PacketDevice device, BufferPool buffers) {
    this.stack = stack;
    this.device = device;
    this.buffers = buffers;
    this.sink = new CountingSink(device);
    this.buffer = buffers.large();
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
  }

  /** Takes over stack and device, and starts. The pool is the one the stack was made with. */
  public static StackLoop start(String name, Stack stack, PacketDevice device, BufferPool buffers) {
    StackLoop loop = new StackLoop(name, stack, device, buffers);
    loop.thread.start();
    return loop;
  }

  /** The time that the stack is told: nanoTime, where that is positive as on Linux. */
  public static long nowNs() {
    return System.nanoTime() - ORIGIN_NS;
  }

  /** False once the loop was closed or has failed. */
  public boolean isRunning() {
    return !stopping;
  }

  /** What ended the loop, if it was not {@link #close}. */
  public @Nullable Throwable failure() {
    return failure;
  }

  /**
   * Runs a task on the loop's thread and waits for its result; exceptions of the task pass. On the
   * loop's own thread it runs at once. Not interruptible.
   *
   * @throws IOException if the loop has ended
   */
  public <T extends @Nullable Object> T call(Task<T> task) throws IOException {
    if (isLoopThread()) {
      return task.run(stack, nowNs());
    }
    Call<T> call = new Call<>(task);
    offer(call);
    return call.await();
  }

  /** Runs a command on the loop's thread, soon; drops it if the loop has ended. */
  public void submit(Command command) {
    offer(new Submitted(command));
  }

  /** Makes the signal for a connection of this stack; one for each, kept by its owner. */
  public ConnectionSignal signal(Connection connection) {
    return new ConnectionSignal(this, connection);
  }

  /**
   * Calls the listener with every bit when the loop has ended, at once if it has. The listeners
   * attached to connections hear of it anyway; this is for those of stack listeners.
   */
  public void watchEnd(NewsListener listener) {
    endWatchers.add(listener);
    if (stopping) {
      tell(listener, NewsListener.EVERYTHING);
    }
  }

  /** Ends {@link #watchEnd}. */
  public void unwatchEnd(NewsListener listener) {
    endWatchers.remove(listener);
  }

  /** True on the thread that owns the stack. */
  public boolean isLoopThread() {
    return Thread.currentThread() == thread;
  }

  /** Aborts every connection, sends their resets, closes the device; idempotent. */
  @Override
  public void close() {
    stopping = true;
    wake();
    boolean interrupted = false;
    while (!isLoopThread() && thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  IOException ended() {
    Throwable cause = failure;
    return cause == null
        ? new IOException("the network stack was closed")
        : new IOException("the network stack has failed: " + cause.getMessage(), cause);
  }

  private void offer(Pending command) {
    commands.add(command);
    if (stopped) {
      failCommands();
    } else {
      wake();
    }
  }

  void push(ConnectionSignal signal) {
    ConnectionSignal head;
    do {
      head = signals.get();
      signal.next = head;
    } while (!signals.compareAndSet(head, signal));
    wake();
  }

  private void wake() {
    if (state.get() == SLEEPING && state.compareAndSet(SLEEPING, RUNNING)) {
      device.wakeup();
    }
  }

  // ---- the loop's thread ----

  private void run() {
    try {
      while (!stopping) {
        turn();
      }
      buffer.release();
    } catch (RuntimeException | Error e) {
      failure = e;
      LOG.log(System.Logger.Level.ERROR, "the network stack has failed; its sockets are dead", e);
    } finally {
      stopping = true;
      end();
    }
  }

  private void turn() {
    long nowNs = nowNs();
    int count = 0;
    while (count < BATCH_PACKETS && (packetWaits || device.read(buffer, meta))) {
      packetWaits = false;
      stack.receive(buffer, meta, nowNs);
      if (!buffer.isUnshared()) {
        buffer.release();
        buffer = buffers.large();
      }
      count++;
    }
    runCommands(nowNs);
    sink.refused = false;
    stack.poll(nowNs, sink);
    stack.news(news);
    if (count < BATCH_PACKETS) {
      pause();
    }
  }

  /** Until there is work: awake if it is likely to come soon, else asleep. */
  private void pause() {
    long deadlineNs = stack.nextDeadlineNs();
    long startNs = nowNs();
    long timeoutNs = -1;
    if (deadlineNs != Long.MAX_VALUE) {
      timeoutNs = deadlineNs <= startNs ? 0 : Math.min(deadlineNs - startNs, LATEST_NS);
    }
    if (sink.refused && timeoutNs >= 0) {
      // The device is full: it ends the wait when it has room, or we try again soon.
      timeoutNs = Math.max(timeoutNs, BACK_PRESSURE_NS);
    }
    if (timeoutNs == 0) {
      return;
    }
    long lookNs = vigil.lookNs();
    if (lookNs == 0) {
      sleep(timeoutNs);
    } else if (!look(startNs, timeoutNs < 0 ? lookNs : Math.min(lookNs, timeoutNs))) {
      sleep(timeoutNs < 0 ? timeoutNs : Math.max(1, startNs + timeoutNs - nowNs()));
    }
    vigil.waited(nowNs() - startNs);
  }

  /** Looks for work; true if there is some, or a timer is due. */
  private boolean look(long startNs, long durationNs) {
    do {
      packetWaits = device.read(buffer, meta);
      if (packetWaits || signals.get() != null || !commands.isEmpty() || stopping) {
        return true;
      }
      // Whoever gives us work may want this processor.
      Thread.yield();
    } while (nowNs() - startNs < durationNs);
    return durationNs < Vigil.LONGEST_NS;
  }

  private void sleep(long timeoutNs) {
    state.set(SLEEPING);
    if (signals.get() == null && commands.isEmpty() && !stopping) {
      device.await(timeoutNs);
    }
    state.set(RUNNING);
  }

  private void runCommands(long nowNs) {
    while (true) {
      Pending command = commands.poll();
      // A thread's signals come before its next command.
      actOnSignals(nowNs);
      if (command == null) {
        return;
      }
      command.run(stack, nowNs);
    }
  }

  private void actOnSignals(long nowNs) {
    if (signals.get() == null) {
      return;
    }
    ConnectionSignal signal = signals.getAndSet(null);
    while (signal != null) {
      ConnectionSignal next = signal.next;
      signal.next = null;
      signal.act(nowNs);
      signal = next;
    }
  }

  private void end() {
    long nowNs = nowNs();
    try {
      endWatchers.forEach(watcher -> tell(watcher, NewsListener.EVERYTHING));
      for (Connection connection : stack.connections()) {
        tell(connection.attachment(), NewsListener.EVERYTHING);
      }
      stack.abortAll(nowNs);
      stack.poll(nowNs, sink);
      stack.news(news);
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.DEBUG, "while ending", e);
    } finally {
      device.close();
      stopped = true;
      failCommands();
    }
  }

  private void failCommands() {
    for (Pending p = commands.poll(); p != null; p = commands.poll()) {
      p.fail(ended());
    }
  }

  private static void tell(@Nullable Object attachment, int what) {
    if (attachment instanceof NewsListener listener) {
      try {
        listener.news(what);
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "a listener to news has failed", e);
      }
    }
  }

  private static final class Dispatcher implements NewsSink {
    @Override
    public void news(Connection connection, int what) {
      tell(connection.attachment(), what);
    }

    @Override
    public void acceptable(Listener listener) {
      tell(listener.attachment(), NewsListener.ACCEPTABLE);
    }
  }

  /** Remembers whether the device refused a packet. */
  private static final class CountingSink implements PacketSink {
    private final PacketDevice device;
    boolean refused;

    CountingSink(PacketDevice device) {
      this.device = device;
    }

    @Override
    public boolean emit(OutgoingPacket packet) {
      boolean sent = device.emit(packet);
      refused |= !sent;
      return sent;
    }

    @Override
    public boolean refusesBySource() {
      return device.refusesBySource();
    }
  }

  // ---- commands ----

  private interface Pending {
    void run(Stack stack, long nowNs);

    void fail(IOException cause);
  }

  private record Submitted(Command command) implements Pending {
    @Override
    public void run(Stack stack, long nowNs) {
      try {
        command.run(stack, nowNs);
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "a command to the stack has failed", e);
      }
    }

    @Override
    public void fail(IOException cause) {
      command.lost();
    }
  }

  private static final class Call<T extends @Nullable Object> implements Pending {
    private final Task<T> task;
    private final Parking parking = new Parking();
    private volatile boolean done;
    private @Nullable T result;
    private @Nullable Throwable thrown;

    Call(Task<T> task) {
      this.task = task;
    }

    @Override
    public void run(Stack stack, long nowNs) {
      try {
        result = task.run(stack, nowNs);
      } catch (RuntimeException | Error e) {
        thrown = e;
      }
      done = true;
      parking.wake();
    }

    @Override
    public void fail(IOException cause) {
      thrown = cause;
      done = true;
      parking.wake();
    }

    @SuppressWarnings("NullAway") // the result is null only if T is nullable
    T await() throws IOException {
      parking.awaitUninterruptibly(() -> done);
      switch (thrown) {
        case null -> {
          return result;
        }
        case IOException e -> throw new IOException(e.getMessage(), e);
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> throw new IllegalStateException(thrown);
      }
    }
  }
}

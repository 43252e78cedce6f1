package io.hawser.linux;

import io.hawser.wire.DeviceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A network namespace: interfaces, addresses, routes and sysctls of its own, kept open by a
 * descriptor.
 *
 * <p>A thread belongs to one namespace. {@link #run} therefore works on a thread made for the call;
 * sockets and TUN devices made there stay in the namespace and may be used from any thread. A
 * thread started there inherits the namespace and keeps it alive; do not start virtual threads
 * there (their carriers would stay in it). An anonymous namespace ends with the last descriptor,
 * process or socket in it, so nothing of it outlives this program, whatever ends it; it works under
 * {@code unshare -Urn} too.
 */
public final class NetworkNamespace implements AutoCloseable {
  private static final String RUN_DIRECTORY = "/run/netns/";
  private static final String OWN = "/proc/thread-self/ns/net";
  private static final String REMEDY =
      "; it takes root or CAP_SYS_ADMIN: use sudo, or start the program under `unshare -Urn`";

  private final @Nullable String name;
  private final int fd;
  private final @Nullable Leftovers owner;
  private final AtomicBoolean closed = new AtomicBoolean();

  private NetworkNamespace(@Nullable String name, int fd, @Nullable Leftovers owner) {
    this.name = name;
    this.fd = fd;
    this.owner = owner;
  }

  /** Makes a namespace without a name; its loopback interface is up. */
  public static NetworkNamespace anonymous() {
    NetworkNamespace made = onNewThread("hawser-netns-new", NetworkNamespace::unshared);
    made.loopbackUp();
    return made;
  }

  private static NetworkNamespace unshared() {
    int result = Libc.unshare(Libc.CLONE_NEWNET);
    if (result < 0) {
      throw new DeviceException(
          "cannot make a network namespace (" + Errno.name(-result) + ")" + REMEDY);
    }
    return current();
  }

  /**
   * Makes a namespace with a name that {@code ip netns} knows; {@link #close} deletes it, and so
   * does the next program's {@link Leftovers#sweep} if this one is killed.
   */
  public static NetworkNamespace create(String name) {
    checkName(name);
    Leftovers leftovers = Leftovers.ofThisProcess();
    try {
      leftovers.make(new Leftover.Namespace(name), () -> add(name));
    } catch (DeviceException e) {
      leftovers.isGone(new Leftover.Namespace(name));
      throw e;
    }
    NetworkNamespace made = open(name, leftovers);
    made.loopbackUp();
    return made;
  }

  private static void add(String name) {
    String _ = Command.run("ip", "netns", "add", name);
  }

  private void loopbackUp() {
    int result =
        run(() -> {
          try (InterfaceControl control = new InterfaceControl()) {
            return control.up("lo");
          }
        });
    if (result < 0) {
      throw new DeviceException("cannot take lo up in " + this + ": " + Errno.name(-result));
    }
  }

  /**
   * The number of an interface in this namespace.
   *
   * @throws DeviceException if there is none of this name
   */
  public int interfaceIndex(String device) {
    int index =
        run(() -> {
          try (InterfaceControl control = new InterfaceControl()) {
            return control.index(device);
          }
        });
    if (index < 0) {
      throw new DeviceException("no interface " + device + " in " + this);
    }
    return index;
  }

  /** Opens a namespace that {@code ip netns} knows; {@link #close} leaves it alone. */
  public static NetworkNamespace open(String name) {
    checkName(name);
    return open(name, null);
  }

  private static NetworkNamespace open(String name, @Nullable Leftovers owner) {
    int fd = Libc.open(RUN_DIRECTORY + name, Libc.O_RDONLY | Libc.O_CLOEXEC);
    if (fd < 0) {
      throw new DeviceException(
          "cannot open the network namespace "
              + name
              + " ("
              + Errno.name(-fd)
              + "): "
              + (fd == -Errno.ENOENT
                  ? "there is none; `ip netns list` shows those there are"
                  : "may this user read " + RUN_DIRECTORY + name + "?"));
    }
    return new NetworkNamespace(name, fd, owner);
  }

  /** The namespace of a process. */
  public static NetworkNamespace ofProcess(long pid) {
    return opened("/proc/" + pid + "/ns/net");
  }

  /** The namespace this program was started in. */
  public static NetworkNamespace ofThisProcess() {
    return ThisProcess.NAMESPACE;
  }

  private static final class ThisProcess {
    static final NetworkNamespace NAMESPACE = opened("/proc/self/ns/net");
    static final String ID = NAMESPACE.id();
  }

  /** Whether the program's first thread, and so a child by default, is in this namespace. */
  boolean isThisProcess() {
    return this == ThisProcess.NAMESPACE || id().equals(ThisProcess.ID);
  }

  /** The calling thread's namespace. */
  public static NetworkNamespace current() {
    return opened(OWN);
  }

  private static NetworkNamespace opened(String path) {
    int fd = Libc.open(path, Libc.O_RDONLY | Libc.O_CLOEXEC);
    if (fd < 0) {
      throw new DeviceException("cannot open " + path + ": " + Errno.name(-fd));
    }
    return new NetworkNamespace(null, fd, null);
  }

  /** Deletes a named namespace, if there is one. */
  public static void delete(String name) {
    checkName(name);
    Path file = Path.of(RUN_DIRECTORY + name);
    if (Files.exists(file)) {
      try {
        Command.run("ip", "netns", "del", name);
      } catch (DeviceException e) {
        // At the JVM's end two threads may tidy up at once; what counts is that it is gone.
        if (Files.exists(file)) {
          throw e;
        }
      }
    }
  }

  private static void checkName(String name) {
    if (!name.matches("[A-Za-z0-9_][A-Za-z0-9_.-]*")) {
      throw new DeviceException(
          "'" + name + "' cannot name a namespace: letters, digits, '_', '-' and '.' only");
    }
  }

  /** The name, or null. */
  public @Nullable String name() {
    return name;
  }

  /**
   * A path that stands for the namespace in commands run by this user while this program lives:
   * {@code ip link set eth1 netns PATH}, {@code nsenter --net=PATH}.
   */
  public String path() {
    return name != null
        ? RUN_DIRECTORY + name
        : "/proc/" + ProcessHandle.current().pid() + "/fd/" + fd;
  }

  /** The kernel's number for the namespace, as {@code net:[4026531840]}. */
  public String id() {
    return idAt("/proc/self/fd/" + fd);
  }

  /** The number of the calling thread's namespace. */
  static String currentId() {
    return idAt(OWN);
  }

  private static String idAt(String link) {
    try {
      // Not the link's text: of a named namespace's descriptor that is the name's path.
      return "net:[" + Files.getAttribute(Path.of(link), "unix:ino") + "]";
    } catch (IOException e) {
      throw new UncheckedIOException("cannot identify a network namespace", e);
    }
  }

  /**
   * Runs a task in the namespace, on a thread of its own, and waits for its result. An interrupt of
   * the caller is passed on to the task, whose end is still waited for.
   *
   * @throws CompletionException with a checked exception of the task as the cause; unchecked ones
   *     pass as they are
   */
  public <T extends @Nullable Object> T run(Callable<T> task) {
    if (closed.get()) {
      throw new DeviceException("the network namespace " + this + " is closed");
    }
    return onNewThread(
        "hawser-in-" + (name != null ? name : "netns-" + fd),
        () -> {
          int result = Libc.setns(fd, Libc.CLONE_NEWNET);
          // Whoever is there already needs no right to enter.
          if (result < 0 && !id().equals(currentId())) {
            throw new DeviceException(
                "cannot enter the network namespace "
                    + this
                    + " ("
                    + Errno.name(-result)
                    + ")"
                    + REMEDY);
          }
          return task.call();
        });
  }

  /** {@link #run} for a task without result. */
  public void run(Runnable task) {
    Object _ =
        run(() -> {
          task.run();
          return 0;
        });
  }

  /** A thread that changed its namespace is never used again: it ends with its task. */
  private static <T extends @Nullable Object> T onNewThread(String name, Callable<T> task) {
    FutureTask<T> future = new FutureTask<>(task);
    Thread thread = Thread.ofPlatform().daemon().name(name).start(future);
    waitFor(thread);
    try {
      return future.get();
    } catch (InterruptedException e) {
      throw new AssertionError("the task has ended", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      if (cause instanceof Error error) {
        throw error;
      }
      throw new CompletionException(cause);
    }
  }

  /** Until the thread is no more, not only its task: it keeps the namespace alive. */
  private static void waitFor(Thread thread) {
    boolean interrupted = Thread.interrupted();
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
        thread.interrupt();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Starts a program in the namespace; the builder's command is changed. */
  public Process start(ProcessBuilder program) {
    try {
      return Command.start(program.command(Command.in(this, program.command())));
    } catch (IOException e) {
      throw new DeviceException("cannot start a program in " + this + ": " + e.getMessage());
    }
  }

  /**
   * Runs a command in the namespace to its end; its output.
   *
   * @throws DeviceException with the command's error text if it fails
   */
  public String exec(String... command) {
    return Command.run(this, Arrays.asList(command));
  }

  /** Ends the programs that run in the namespace, this one apart: it would outlive its name. */
  public void endProcesses() {
    if (!isThisProcess()) {
      endProcesses(id());
    }
  }

  private static void endProcesses(String id) {
    long own = ProcessHandle.current().pid();
    ProcessHandle.allProcesses()
        .filter(process -> process.pid() != own && isIn(process, id))
        .forEach(ProcessHandle::destroyForcibly);
  }

  private static boolean isIn(ProcessHandle process, String id) {
    try {
      Path link = Path.of("/proc/" + process.pid() + "/ns/net");
      return Files.readSymbolicLink(link).toString().equals(id);
    } catch (IOException e) {
      return false;
    }
  }

  /** The same for one with a name, if there is one. */
  static void endProcessesOf(String name) {
    if (Files.exists(Path.of(RUN_DIRECTORY + name))) {
      try (NetworkNamespace namespace = open(name)) {
        String id = namespace.id();
        if (!id.equals(currentId()) && !id.equals(ThisProcess.ID)) {
          endProcesses(id);
        }
      }
    }
  }

  /** Lets the namespace go; deletes it if {@link #create} made it. Idempotent. */
  @Override
  public void close() {
    if (this != ThisProcess.NAMESPACE && closed.compareAndSet(false, true)) {
      Libc.close(fd);
      if (name != null && owner != null) {
        delete(name);
        owner.isGone(new Leftover.Namespace(name));
      }
    }
  }

  @Override
  public String toString() {
    return name != null ? name : "netns@fd" + fd;
  }
}

package io.hawser.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.wire.DeviceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is written down is undone: by its maker, or by the next program if the maker was killed. */
@Timeout(30)
class LeftoversTest {
  @TempDir Path directory;
  private Process other;

  @BeforeEach
  void startAnotherProcess() throws IOException {
    other = new ProcessBuilder("sleep", "100").start();
  }

  @AfterEach
  void endIt() {
    other.destroyForcibly();
  }

  /** A change whose undoing makes a file. */
  private Leftover marker(String name) {
    return new Leftover.ByCommand("touch " + directory.resolve(name));
  }

  private boolean wasUndone(String name) {
    return Files.exists(directory.resolve(name));
  }

  private long lists() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(f -> f.toString().endsWith(".leftovers")).count();
    }
  }

  @Test
  void killed_sweep_undoesWhatIsLeftLastFirstAndOnce() throws Exception {
    Leftovers theirs = Leftovers.of(directory, other.pid());
    theirs.willMake(marker("a"));
    theirs.willMake(marker("b"));
    theirs.willMake(marker("c"));
    theirs.isGone(marker("b"));
    assertThat(Leftovers.sweep(directory)).isEmpty();
    assertThat(wasUndone("a")).isFalse();

    other.destroyForcibly().waitFor();
    List<String> found = Leftovers.sweep(directory);
    assertThat(found).containsExactly(marker("a").line(), marker("c").line());
    assertThat(wasUndone("a")).isTrue();
    assertThat(wasUndone("b")).isFalse();
    assertThat(wasUndone("c")).isTrue();
    assertThat(Leftovers.sweep(directory)).isEmpty();
    assertThat(lists()).isZero();
  }

  @Test
  void killed_whileWritingALine_theRestIsUndone() throws Exception {
    Leftovers theirs = Leftovers.of(directory, other.pid());
    theirs.willMake(marker("a"));
    try (Stream<Path> files = Files.list(directory)) {
      Files.writeString(files.findFirst().orElseThrow(), "+sysc", StandardOpenOption.APPEND);
    }
    other.destroyForcibly().waitFor();
    assertThat(Leftovers.sweep(directory)).containsExactly(marker("a").line());
  }

  @Test
  void processNumberReused_sweep_isNotTakenForTheOldProcess() throws Exception {
    Leftovers.of(directory, other.pid()).willMake(marker("a"));
    Path file;
    try (Stream<Path> files = Files.list(directory)) {
      file = files.findFirst().orElseThrow();
    }
    ProcessMark now = ProcessMark.of(other.pid());
    ProcessMark before =
        new ProcessMark(
            now.pid(),
            now.startTicks() - 1,
            now.bootId(),
            now.pidNamespace(),
            now.networkNamespace());
    Files.writeString(file, Files.readString(file).replace(now.line(), before.line()));
    assertThat(Leftovers.sweep(directory)).hasSize(1);
  }

  @Test
  void anotherBoot_sweep_forgetsWithoutUndoing() throws Exception {
    ProcessMark now = ProcessMark.of(other.pid());
    Path file = directory.resolve("1-1.leftovers");
    Files.writeString(
        file, now.line().replace(now.bootId(), "before") + "\n+" + marker("a").line() + "\n");
    assertThat(Leftovers.sweep(directory)).isEmpty();
    assertThat(wasUndone("a")).isFalse();
    assertThat(file).doesNotExist();
  }

  @Test
  void anotherContainer_sweep_leavesItsList() throws Exception {
    ProcessMark now = ProcessMark.of(other.pid());
    Path file = directory.resolve("1-1.leftovers");
    Files.writeString(
        file,
        now.line().replace(now.pidNamespace(), "pid:[1]") + "\n+" + marker("a").line() + "\n");
    assertThat(Leftovers.sweep(directory)).isEmpty();
    assertThat(file).exists();
  }

  @Test
  void undoAll_fromTheMaker_undoesAndDeletesTheList() throws IOException {
    Leftovers own = Leftovers.of(directory, ProcessHandle.current().pid());
    own.willMake(marker("a"));
    assertThat(lists()).isEqualTo(1);
    own.undoAll();
    own.undoAll();
    assertThat(wasUndone("a")).isTrue();
    assertThat(lists()).isZero();
  }

  @Test
  void undo_ofOneThatFails_othersAreUndone() {
    Leftovers own = Leftovers.of(directory, ProcessHandle.current().pid());
    own.willMake(marker("a"));
    own.willMake(new Leftover.Sysctl("net/hw/no_such", "1"));
    own.willMake(new Leftover.ByCommand("ip link del hw-no-such"));
    own.undoAll();
    assertThat(wasUndone("a")).isTrue();
    assertThat(own.present()).isEmpty();
  }

  @Test
  void line_ofEveryKind_isReadBack() {
    List<Leftover> all =
        List.of(
            new Leftover.Namespace("hwx"),
            new Leftover.Device("hwx0"),
            new Leftover.Sysctl("net/ipv4/tcp_rmem", "4096 131072 6291456"),
            new Leftover.ByCommand("ip rule del from 10.0.0.1 table 7"));
    for (Leftover one : all) {
      assertThat(Leftover.parse(one.line())).isEqualTo(one);
    }
    for (String bad : List.of("", "netns", "sysctl a", "nonsense 1 2")) {
      assertThat(Leftover.parse(bad)).isNull();
    }
  }

  @Test
  @NeedsNetworkNamespaces
  void namedNamespace_closed_isGoneAndCrossedOut() {
    String name = "hwlinuxtest" + ProcessHandle.current().pid();
    try (NetworkNamespace namespace = NetworkNamespace.create(name)) {
      assertThat(Leftovers.ofThisProcess().present()).contains(new Leftover.Namespace(name));
      assertThat(namespace.exec("ip", "-o", "link")).contains("lo");
    } catch (io.hawser.wire.DeviceException e) {
      // Under `unshare -Urn` nobody may make named namespaces.
      assertThat(e).hasMessageContaining("netns add");
    }
    assertThat(Path.of("/run/netns/" + name)).doesNotExist();
    assertThat(Leftovers.ofThisProcess().present()).doesNotContain(new Leftover.Namespace(name));
  }

  @Test
  void endOfTheProgram_waitsForWhatIsBeingMade_takesItBack_andLetsNobodyMakeMore(
      @TempDir Path folder) throws Exception {
    Path made = folder.resolve("made");
    Leftovers leftovers = Leftovers.of(folder, ProcessHandle.current().pid());
    CountDownLatch making = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Thread maker =
        Thread.ofPlatform()
            .start(() ->
                leftovers.make(
                    new Leftover.ByCommand("rm " + made),
                    () -> {
                      making.countDown();
                      create(made, goOn);
                    }));
    making.await();
    Thread end = Thread.ofPlatform().start(leftovers::end);
    // It cannot end before the file is made, and takes the file away then.
    goOn.countDown();
    end.join();
    maker.join();
    assertThat(made).doesNotExist();
    assertThat(leftovers.present()).isEmpty();
    assertThatThrownBy(
            () -> leftovers.make(new Leftover.ByCommand("rm " + made), () -> create(made, goOn)))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("the program is ending");
    assertThat(made).doesNotExist();
  }

  private static void create(Path file, CountDownLatch when) {
    try {
      when.await();
      Files.createFile(file);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

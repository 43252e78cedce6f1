package io.hawser.core.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The rules of docs/architecture.md, checked on the compiled classes; each rule is shown to bite on
 * classes planted for it.
 */
class HouseTest {
  private static final Path CORE = Path.of("target/classes");
  private static final Path WIRE = Path.of("../wire/target/classes");
  private static final Path HERE = Path.of("target/test-classes/io/hawser/core/house");
  private static final String ROOT = "io.hawser.core";
  private static final String PLANTED = "io.hawser.core.house.planted";

  @Test
  void core_isPure() throws IOException {
    assertThat(Purity.findings(CORE, true)).isEmpty();
  }

  @Test
  void wire_isPureButForCaptureFiles() throws IOException {
    List<String> found = Purity.findings(WIRE, false);
    found.removeIf(
        f -> f.startsWith("io/hawser/wire/Pcap") && f.matches(".*: java/(io|nio/.*)/.*"));
    assertThat(found).isEmpty();
  }

  @Test
  void emptyFolder_isNoProof() throws IOException {
    assertThat(CORE.resolve("io/hawser/core/Stack.class")).exists();
    assertThat(WIRE.resolve("io/hawser/wire/SeqNum.class")).exists();
  }

  @Test
  void purity_plantedClass_everyBreachIsFound() throws IOException {
    List<String> found = new ArrayList<>();
    Purity.findings(ClassFile.of().parse(HERE.resolve("Planted.class")), true, found);
    String name = Planted.class.getName().replace('.', '/') + ": ";
    assertThat(found)
        .contains(
            name + "java/lang/System.nanoTime",
            name + "java/lang/System.currentTimeMillis",
            name + "java/lang/System.identityHashCode",
            name + "java/time/Instant.now",
            name + "java/lang/Thread",
            name + "java/util/Random",
            name + "java/util/HashMap",
            name + "java/util/HashSet",
            name + "java/util/Set.of",
            name + "java/util/Map.of",
            name + "java/lang/Math.pow",
            name + "java/lang/Math.cbrt",
            name + "java/util/concurrent/locks/ReentrantLock",
            name + "java/net/InetAddress",
            name + "java/io/IOException",
            name + "java/nio/channels/SocketChannel",
            name + "java/nio/file/Files",
            name + "synchronized in breakAll",
            name + "synchronized in hidden");
  }

  /** Which packages of a core must not see which; "" is the core's own package. */
  private static List<ArchRule> layers(String core) {
    return List.of(
        never(core, "tcp", "mptcp", "sched", "pm", ""),
        never(core, "mptcp", ""),
        never(core, "cc", "tcp", "mptcp", "sched", "pm", "buffer", ""),
        never(core, "sched", "tcp", "mptcp", "cc", "pm", "buffer", ""),
        never(core, "pm", "tcp", "mptcp", "cc", "sched", "buffer", ""),
        never(core, "buffer", "tcp", "mptcp", "cc", "sched", "pm", ""),
        never(core, "time", "tcp", "mptcp", "cc", "sched", "pm", "buffer", ""),
        never(core, "api", "tcp", "mptcp", "cc", "sched", "pm", "buffer", ""));
  }

  private static ArchRule never(String core, String from, String... to) {
    String[] targets = Arrays.stream(to).map(t -> within(core, t)).toArray(String[]::new);
    return noClasses()
        .that()
        .resideInAPackage(within(core, from))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(targets);
  }

  private static String within(String core, String part) {
    return part.isEmpty() ? core : core + "." + part;
  }

  private static ArchRule noCircles(String core) {
    return slices().matching(core + ".(*)..").should().beFreeOfCycles();
  }

  @Test
  void layers_pointDown() {
    JavaClasses classes = new ClassFileImporter().importPath(CORE);
    for (ArchRule rule : layers(ROOT)) {
      rule.check(classes);
    }
    noCircles(ROOT).check(classes);
  }

  @Test
  void layers_plantedTree_everyRuleBites() {
    JavaClasses planted = new ClassFileImporter().importPath(HERE.resolve("planted"));
    for (ArchRule rule : layers(PLANTED)) {
      assertThat(rule.evaluate(planted).hasViolation()).as(rule.getDescription()).isTrue();
    }
    assertThat(noCircles(PLANTED).evaluate(planted).hasViolation()).isTrue();
  }
}

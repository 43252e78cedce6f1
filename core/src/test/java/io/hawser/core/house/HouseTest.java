package io.hawser.core.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The rules of docs/architecture.md, checked on the compiled classes; each rule is shown to bite.
 */
class HouseTest {
  private static final Path CORE = Path.of("target/classes");
  private static final Path WIRE = Path.of("../wire/target/classes");
  private static final JavaClasses CLASSES = new ClassFileImporter().importPath(CORE);

  @Test
  void core_isPure() throws IOException {
    assertThat(Purity.findings(CORE, true)).isEmpty();
  }

  @Test
  void wire_isPureButForCaptureFiles() throws IOException {
    assertThat(Purity.findings(WIRE, false))
        .allMatch(f -> f.startsWith("io/hawser/wire/Pcap"), "only capture files do I/O");
  }

  @Test
  void purity_plantedClass_isFound() throws IOException {
    List<String> found = new ArrayList<>();
    Path planted = Path.of("target/test-classes/io/hawser/core/house/Planted.class");
    Purity.findings(ClassFile.of().parse(planted), true, found);
    assertThat(found)
        .anyMatch(f -> f.contains("System.nanoTime"))
        .anyMatch(f -> f.contains("java/lang/Thread"))
        .anyMatch(f -> f.contains("java/util/HashMap"))
        .anyMatch(f -> f.contains("Math.pow"))
        .anyMatch(f -> f.contains("java/util/concurrent/locks/"))
        .anyMatch(f -> f.contains("synchronized in "));
  }

  private static ArchRule never(String from, String... to) {
    return noClasses()
        .that()
        .resideInAnyPackage(from)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(to);
  }

  @Test
  void layers_pointDown() {
    String core = "io.hawser.core";
    never(core + ".tcp", core + ".mptcp", core + ".sched", core + ".pm", core).check(CLASSES);
    never(core + ".cc", core + ".tcp", core + ".mptcp", core).check(CLASSES);
    never(core + ".sched", core + ".tcp", core + ".mptcp", core).check(CLASSES);
    never(core + ".pm", core + ".tcp", core + ".mptcp", core).check(CLASSES);
    never(core + ".mptcp", core).check(CLASSES);
    never(core + ".buffer", core + ".tcp", core + ".mptcp", core + ".cc").check(CLASSES);
  }

  @Test
  void packages_haveNoCircle() {
    slices().matching("io.hawser.core.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void layers_wrongRule_isNoticed() {
    assertThatThrownBy(() -> never("io.hawser.core.mptcp", "io.hawser.core.tcp").check(CLASSES))
        .isInstanceOf(AssertionError.class);
  }
}

package io.hawser.linux;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class RequirementTest {
  @Test
  void whatIsMissing_skips_butFailsWhereAllIsRequired() {
    assertThatThrownBy(() -> Requirement.orSkip("a test of the rule", "a thing", false))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("a thing");
    assertThatThrownBy(() -> Requirement.orSkip("a test of the rule", "a thing", true))
        .isInstanceOf(AssertionError.class)
        .hasMessage("HAWSER_REQUIRE_ALL=1, but: a thing");
    assertThatCode(() -> Requirement.orSkip("a test of the rule", "", true))
        .doesNotThrowAnyException();
  }
}

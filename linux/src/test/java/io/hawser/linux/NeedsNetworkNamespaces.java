package io.hawser.linux;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/**
 * A test that makes network namespaces and TUN devices: as root, or under {@code unshare -Urn}
 * where all may open /dev/net/tun. Elsewhere {@link Requirement} decides what becomes of it.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsNetworkNamespaces.Condition.class)
public @interface NeedsNetworkNamespaces {

  /** Tries once whether a namespace with a TUN device can be made. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      String missing = Requirement.missingNamespaces();
      try {
        Requirement.orSkip(context.getDisplayName(), missing);
        return ConditionEvaluationResult.enabled("network namespaces and TUN work");
      } catch (TestAbortedException e) {
        return ConditionEvaluationResult.disabled(missing);
      }
    }
  }
}

package io.hawser.testbed;

import io.hawser.linux.NetworkNamespace;
import io.hawser.wire.DeviceException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The test makes network namespaces and TUN devices; where that cannot be it is skipped, loudly,
 * and never in CI.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsNetworkNamespaces.Condition.class)
public @interface NeedsNetworkNamespaces {

  /** Tries once whether it can be. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      String missing = missing();
      if (missing.isEmpty()) {
        return ConditionEvaluationResult.enabled("namespaces can be made");
      }
      if ("1".equals(System.getenv("HAWSER_REQUIRE_ALL"))) {
        throw new AssertionError("HAWSER_REQUIRE_ALL=1, but " + missing);
      }
      System.err.println("SKIPPED " + context.getDisplayName() + ": " + missing);
      return ConditionEvaluationResult.disabled(missing);
    }

    private static String missing() {
      if (!Files.exists(Path.of("/dev/net/tun"))) {
        return "there is no /dev/net/tun (modprobe tun)";
      }
      try (NetworkNamespace namespace = NetworkNamespace.anonymous()) {
        return namespace.path().isEmpty() ? "no namespace" : "";
      } catch (DeviceException e) {
        return String.valueOf(e.getMessage());
      }
    }
  }
}

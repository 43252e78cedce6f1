package io.hawser.linux;

import io.hawser.wire.DeviceException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A test that makes network namespaces and TUN devices: as root, or under {@code unshare -Urn}
 * where all may open /dev/net/tun. Elsewhere it is skipped with a line on stderr; with {@code
 * HAWSER_REQUIRE_ALL=1} it fails.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsNetworkNamespaces.Condition.class)
public @interface NeedsNetworkNamespaces {

  /** Tries once whether a namespace with a TUN device can be made. */
  final class Condition implements ExecutionCondition {
    private static @Nullable String known;

    // Not in a static initializer: the trial runs code of this class on another thread.
    private static synchronized String missing() {
      String answer = known;
      if (answer == null) {
        answer = tryIt();
        known = answer;
      }
      return answer;
    }

    private static String tryIt() {
      try (NetworkNamespace namespace = NetworkNamespace.anonymous();
          TunDevice device =
              namespace.run(() -> TunDevice.open("hwprobe0", TunOptions.create().plain()))) {
        return device.name().equals("hwprobe0") ? "" : "the TUN device has another name";
      } catch (DeviceException e) {
        return String.valueOf(e.getMessage());
      }
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      String missing = missing();
      if (missing.isEmpty()) {
        return ConditionEvaluationResult.enabled("network namespaces and TUN work");
      }
      if ("1".equals(System.getenv("HAWSER_REQUIRE_ALL"))) {
        throw new AssertionError("HAWSER_REQUIRE_ALL=1, but: " + missing);
      }
      System.err.println("SKIPPED " + context.getDisplayName() + ": " + missing);
      return ConditionEvaluationResult.disabled(missing);
    }
  }
}

package io.hawser.core.faults;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.CancellationToken;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherExecutionRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** One test class, run on a stack with or without a fault until something turns red. */
final class FaultyRun {
  private static final String TIME_LIMIT = "junit.jupiter.execution.timeout.default";
  private static final String TIME_LIMIT_THREAD =
      "junit.jupiter.execution.timeout.thread.mode.default";

  private final Planting loader;
  private int ran;
  private @Nullable String red;

  private FaultyRun(Planting loader) {
    this.loader = loader;
  }

  /** Runs it and tells what came of it. */
  static FaultyRun of(@Nullable Fault fault, String testClass) throws ClassNotFoundException {
    FaultyRun run = new FaultyRun(new Planting(fault));
    run.run(testClass);
    return run;
  }

  private void run(String testClass) throws ClassNotFoundException {
    LauncherDiscoveryRequest what =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectClass(loader.loadClass(testClass)))
            .configurationParameter(TIME_LIMIT, "10 s")
            .configurationParameter(TIME_LIMIT_THREAD, "SEPARATE_THREAD")
            .build();
    CancellationToken enough = CancellationToken.create();
    Launcher launcher = LauncherFactory.create();
    launcher.execute(
        LauncherExecutionRequestBuilder.request(what)
            .cancellationToken(enough)
            .listeners(
                new TestExecutionListener() {
                  @Override
                  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                    ran += test.isTest() ? 1 : 0;
                    if (result.getStatus() == TestExecutionResult.Status.FAILED && red == null) {
                      red = name(test);
                      enough.cancel();
                    }
                  }
                })
            .build());
  }

  private static String name(TestIdentifier test) {
    return test.getSource()
        .filter(MethodSource.class::isInstance)
        .map(source -> ((MethodSource) source).getMethodName())
        .orElse(test.getDisplayName());
  }

  /** Whether the method that was to fail exists. */
  boolean isPlanted() {
    return loader.isPlanted();
  }

  /** Tests that were run. */
  int ran() {
    return ran;
  }

  /** The first test that failed, or null. */
  @Nullable String red() {
    return red;
  }
}

package io.hawser.dashboard;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** For a source that can only be watched. */
record NoControls(String title) implements Controls {
  @Override
  public List<LinkState> links() {
    return List.of();
  }

  @Override
  public void change(String link, String change) throws IOException {
    throw new IOException(title + " can only be watched: there is no link " + link);
  }

  @Override
  public List<ScenarioChoice> scenarios() {
    return List.of();
  }

  @Override
  public void start(String scenario, String stack) throws IOException {
    throw new IOException(title + " can only be watched: it runs no scenarios");
  }

  @Override
  public void stop() {}

  @Override
  public @Nullable String running() {
    return null;
  }

  @Override
  public List<FinishedRun> finished() {
    return List.of();
  }
}

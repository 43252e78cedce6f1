package io.hawser.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.event.Event;
import io.hawser.report.RunFolder;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReportCommandTest {
  @TempDir Path folder;

  private final StringWriter errors = new StringWriter();

  private int run(String... arguments) {
    CommandLine line = Main.commandLine();
    line.setErr(new PrintWriter(errors, true));
    return line.execute(arguments);
  }

  @Test
  void makesThePageAgainAndComparesRuns() throws Exception {
    RunFolder run = RunFolder.create(folder, "run");
    run.sink().accept(new Event.RunStarted(0, "s", "Title", "tcp", "real", 1, 1, 0, List.of()));
    run.sink().accept(new Event.TransferSample(1, "bulk", 1));
    run.sink().accept(new Event.RunEnded(1_000_000_000, ""));
    Path page = run.finish(new RunFolder.Options(false, false));
    Files.delete(page);
    Path out = folder.resolve("side-by-side");
    assertThat(run("report", run.path().toString(), "--no-png", "--compare", out.toString()))
        .isZero();
    assertThat(page).exists();
    assertThat(out.resolve("comparison.html")).exists();
  }

  @Test
  void aFolderWithoutSamplesIsOneLine() {
    assertThat(run("report", folder.toString())).isEqualTo(Main.FAILURE);
    assertThat(errors.toString().lines())
        .containsExactly(
            "hawser: " + folder + " is not the folder of a run: it has no events.jsonl");
  }
}

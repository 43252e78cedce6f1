package io.hawser.report;

import io.hawser.event.Event;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Makes folders of made-up runs to look at: {@code SamplePages FOLDER}. */
final class SamplePages {
  private SamplePages() {}

  public static void main(String[] args) throws Exception {
    Path base = Files.createDirectories(Path.of(args[0]));
    boolean gif = args.length > 1;
    List<Path> runs = new ArrayList<>();
    for (String stack : List.of("tcp", "mptcp-kernel", "hawser", "hawser/mptcp-kernel", "sctp")) {
      for (int repetition = 1; repetition <= 3; repetition++) {
        boolean first = repetition == 1 && stack.equals("hawser");
        runs.add(make(base, "link-cut", SyntheticRun.linkCut(stack, repetition, 1), gif && first));
      }
    }
    make(base, "voip", SyntheticRun.voice("hawser", 1), false);
    make(base, "crowded", SyntheticRun.crowded(3), false);
    Path page = ComparisonPage.write(Files.createDirectories(base.resolve("compare")), runs);
    System.out.println(page);
    System.out.println(RunFolder.summary(runs.get(6)).text());
    System.out.println(Comparison.of(summaries(runs)).text());
  }

  private static List<RunSummary> summaries(List<Path> runs) throws Exception {
    List<RunSummary> summaries = new ArrayList<>();
    for (Path run : runs) {
      summaries.add(RunFolder.summary(run));
    }
    return summaries;
  }

  private static Path make(Path base, String name, List<Event> events, boolean gif)
      throws Exception {
    RunFolder folder = RunFolder.create(base, name);
    SyntheticRun.play(events, folder.sink());
    System.out.println(folder.finish(new RunFolder.Options(true, gif)));
    return folder.path();
  }
}

package io.hawser.cli;

import io.hawser.cli.demo.Demo;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hawser demo}. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description =
        "Show the main job: a transfer over one path, over two, and with one of them cut.")
final class DemoCommand implements Callable<Integer> {
  @Option(
      names = "--links",
      paramLabel = "MBIT,MBIT",
      defaultValue = "40,20",
      description = "Rates of the links in Mbit/s (${DEFAULT-VALUE}).")
  String links = "";

  @Option(
      names = "--cut",
      paramLabel = "SECONDS",
      defaultValue = "2",
      description = "When the first link is cut in the third run (${DEFAULT-VALUE}).")
  double cut;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "8",
      description = "How long each run sends (${DEFAULT-VALUE}).")
  long seconds;

  @Option(
      names = "--capture",
      paramLabel = "DIR",
      description = "Write a pcapng file of each run to this folder.")
  @Nullable Path capture;

  @Option(
      names = "--in-process",
      description = "Both ends Hawser, in this process: no root, no Linux needed.")
  boolean inProcess;

  @Override
  public Integer call() throws Exception {
    boolean linux = System.getProperty("os.name", "").startsWith("Linux");
    Demo demo = new Demo(System.out, links, cut, seconds, capture, inProcess || !linux);
    return demo.run() ? 0 : Main.FAILURE;
  }
}

package io.hawser.cli;

import io.hawser.cli.testbed.TestbedCommand;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code hawser}. */
@Command(
    name = "hawser",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = "Multipath TCP for the JVM: one connection over many networks at once.",
    synopsisSubcommandLabel = "COMMAND")
public final class Main implements Runnable {
  private static final List<Class<?>> COMMANDS =
      List.of(
          DemoCommand.class,
          ListenCommand.class,
          ConnectCommand.class,
          DriverCommand.class,
          BenchCommand.class,
          TestbedCommand.class,
          DashboardCommand.class,
          MeterCommand.class,
          Iperf3Command.class,
          SimCommand.class,
          ReportCommand.class,
          FuzzCommand.class,
          SoakCommand.class,
          CommandLine.HelpCommand.class);

  /** Exit status after a failure; wrong usage is 2. */
  static final int FAILURE = 1;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of an error.")
  boolean debug;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  /** Runs a command and exits with its status. */
  public static void main(String[] args) {
    int status = commandLine(args).execute(args);
    System.out.flush();
    if (status != 0) {
      System.exit(status);
    }
  }

  /** All that these words need. */
  static CommandLine commandLine(String... args) {
    Main main = new Main();
    CommandLine line = new CommandLine(main);
    List<String> words = List.of(args);
    boolean isHelp = words.contains(Subcommands.name(CommandLine.HelpCommand.class));
    List<String> rest = Subcommands.add(line, COMMANDS, isHelp ? List.of() : words);
    CommandLine testbed = line.getSubcommands().get(Subcommands.name(TestbedCommand.class));
    if (testbed != null) {
      List<String> _ = Subcommands.add(testbed, TestbedCommand.COMMANDS, rest);
    }
    CommandLine bench = line.getSubcommands().get(Subcommands.name(BenchCommand.class));
    if (bench != null) {
      BenchCommand.addBenches(bench);
    }
    line.setUsageHelpAutoWidth(true);
    line.setParameterExceptionHandler(Main::wrongUsage);
    line.setExecutionExceptionHandler((failure, at, parsed) -> {
      if (main.debug) {
        failure.printStackTrace(at.getErr());
      }
      at.getErr().println(Failures.oneLine(failure));
      return FAILURE;
    });
    return line;
  }

  private static int wrongUsage(ParameterException wrong, String[] args) {
    CommandLine at = wrong.getCommandLine();
    at.getErr().println("hawser: " + wrong.getMessage());
    if (wrong instanceof UnmatchedArgumentException unmatched
        && !unmatched.getSuggestions().isEmpty()) {
      at.getErr().println("hawser: did you mean " + unmatched.getSuggestions().getFirst() + "?");
    }
    at.getErr().println("Try '" + at.getCommandSpec().qualifiedName() + " --help'.");
    return 2;
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** The version written into the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"hawser " + number()};
    }

    /** Such as 0.1.0. */
    static String number() {
      String version = Main.class.getPackage().getImplementationVersion();
      return version == null ? "development" : version;
    }
  }
}

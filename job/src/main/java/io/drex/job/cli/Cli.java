package io.drex.job.cli;

import io.drex.job.config.Secrets;
import io.drex.job.config.Settings;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.spark.conf.ConfigException;
import io.drex.spark.conf.KeyNames;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Parses a command, runs its verb, and turns what went wrong into a message and an exit code. */
public final class Cli {
  private static final Logger LOG = LoggerFactory.getLogger(Cli.class);

  private final Map<String, Verb> verbs = new LinkedHashMap<>();
  private final Map<String, String> sparkEntries;
  private final Console console;
  private final CommandLine commandLine;

  /**
   * @param sparkEntries configuration of the JVM or its session; entries that are not ours are
   *     ignored
   */
  public Cli(List<Verb> verbs, Map<String, String> sparkEntries, Console console) {
    verbs.forEach(verb -> this.verbs.put(verb.name(), verb));
    this.sparkEntries =
        sparkEntries.entrySet().stream()
            .filter(entry -> entry.getKey().startsWith("spark.drex."))
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    this.console = console;
    this.commandLine = new CommandLine(root(verbs)).setUsageHelpAutoWidth(true);
  }

  /** Runs one command; never throws for what a user can get wrong. */
  public ExitCode run(String... arguments) {
    try {
      return dispatch(commandLine.parseArgs(arguments));
    } catch (UnmatchedArgumentException e) {
      return fail(ExitCode.USAGE, unmatched(e), null);
    } catch (ParameterException | ConfigException e) {
      return fail(ExitCode.USAGE, message(e), null);
    } catch (JobException e) {
      return fail(e.exitCode(), message(e), e.getCause());
    } catch (Exception e) { // Spark throws checked exceptions that its methods do not declare
      return unexpected(e);
    }
  }

  private ExitCode dispatch(ParseResult parsed) {
    ParseResult sub = parsed.subcommand();
    if (sub == null) {
      commandLine.usage(parsed.isUsageHelpRequested() ? console.out() : console.err());
      return parsed.isUsageHelpRequested() ? ExitCode.OK : ExitCode.USAGE;
    }
    Verb verb = verbs.get(sub.commandSpec().name());
    if (verb == null) {
      commandLine.usage(console.out());
      return ExitCode.OK;
    }
    if (sub.isUsageHelpRequested()) {
      sub.commandSpec().commandLine().usage(console.out());
      return ExitCode.OK;
    }
    return verb.run(invocation(verb, sub));
  }

  private Invocation invocation(Verb verb, ParseResult parsed) {
    Settings settings =
        new Settings(
            sparkEntries,
            parsed.matchedOptionValue("--config", (String) null),
            parsed.matchedOptionValue("--set", List.<String>of()),
            KeyOptions.entries(parsed, verb.keys()));
    Set<String> own =
        verb.ownOptions().stream()
            .map(Verb.OwnOption::name)
            .filter(parsed::hasMatchedOption)
            .collect(Collectors.toSet());
    return new Invocation(settings, own, parsed.matchedPositionalValue(0, null), console);
  }

  private static CommandSpec root(List<Verb> verbs) {
    CommandSpec root = CommandSpec.create().name("drex-job");
    root.usageMessage()
        .description("Bulk LLM inference on Spark with early exits. Each verb has its own --help.");
    root.addOption(help());
    verbs.forEach(verb -> root.addSubcommand(verb.name(), command(verb)));
    CommandSpec help = CommandSpec.create().name("help");
    help.usageMessage().description("Shows the verbs.");
    root.addSubcommand("help", help);
    return root;
  }

  private static CommandSpec command(Verb verb) {
    CommandSpec command = CommandSpec.create().name(verb.name());
    command.usageMessage().description(verb.summary()).sortOptions(false).abbreviateSynopsis(true);
    command.addOption(help());
    if (!verb.keys().isEmpty()) {
      command.addOption(
          OptionSpec.builder("--config")
              .type(String.class)
              .paramLabel("file")
              .description("JSON file of settings: a local file or a Hadoop URI.")
              .build());
      command.addOption(
          OptionSpec.builder("--set")
              .type(List.class)
              .auxiliaryTypes(String.class)
              .paramLabel("key=value")
              .description("One setting, by its key; may be repeated.")
              .build());
    }
    verb.ownOptions()
        .forEach(
            own ->
                command.addOption(OptionSpec.builder(own.name()).description(own.doc()).build()));
    if (!verb.argument().isEmpty()) {
      command.addPositional(
          PositionalParamSpec.builder()
              .index("0")
              .arity("0..1")
              .type(String.class)
              .paramLabel(verb.argument())
              .build());
    }
    KeyOptions.add(command, verb.keys());
    return command;
  }

  private static OptionSpec help() {
    return OptionSpec.builder("-h", "--help").usageHelp(true).description("Shows this.").build();
  }

  private String unmatched(UnmatchedArgumentException e) {
    String word = e.getUnmatched().get(0);
    int equals = word.indexOf('=');
    String shown = word.startsWith("-") && equals > 0 ? word.substring(0, equals) : word;
    if (!shown.startsWith("-")) {
      return shown.contains(" ") || e.getCommandLine() != commandLine
          ? "unexpected argument after '" + e.getCommandLine().getCommandName() + "'; see --help"
          : "unknown verb '"
              + shown
              + "'; did you mean '"
              + KeyNames.nearest(shown, names())
              + "'?";
    }
    Set<String> options = new TreeSet<>(e.getCommandLine().getCommandSpec().optionsMap().keySet());
    return "unknown option '"
        + shown
        + "'; did you mean '"
        + KeyNames.nearest(shown, options)
        + "'?";
  }

  private Set<String> names() {
    return new TreeSet<>(commandLine.getSubcommands().keySet());
  }

  private ExitCode fail(ExitCode code, String message, @Nullable Throwable cause) {
    console.err().println("drex-job: " + message);
    if (cause != null) {
      LOG.debug("exit {}", code.number(), cause);
    }
    return code;
  }

  /** Nobody foresaw it, so whoever looks into it needs the trace. */
  private ExitCode unexpected(Exception e) {
    StringWriter trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace));
    return fail(ExitCode.FAILURE, Secrets.mask(trace.toString().strip()), null);
  }

  private static String message(Throwable e) {
    return Secrets.mask(String.valueOf(e.getMessage()));
  }
}

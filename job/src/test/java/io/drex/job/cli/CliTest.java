package io.drex.job.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.spark.conf.ConfigKey;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

class CliTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Echo echo = new Echo();

  @Test
  void optionsAreTheRegistrysKeys() {
    assertThat(run("echo", "--slots", "7", "--id-col", "a", "--id-col=b,c", "--final"))
        .isEqualTo(ExitCode.OK);

    assertThat(echo.config.value(ConfigKeys.SLOTS)).isEqualTo(7);
    assertThat(echo.config.value(ConfigKeys.ID_COL)).containsExactly("a", "b", "c");
    assertThat(echo.config.value(ConfigKeys.FINAL)).isTrue();
  }

  @Test
  void optionsBeatSetsAndSparkEntries() {
    assertThat(run("echo", "--set", "slots=3", "--set", "threads=2", "--slots=4"))
        .isEqualTo(ExitCode.OK);

    assertThat(echo.config.value(ConfigKeys.SLOTS)).isEqualTo(4);
    assertThat(echo.config.value(ConfigKeys.THREADS)).isEqualTo(2);
    assertThat(echo.config.value(ConfigKeys.POLICY)).isEqualTo("full_depth");
  }

  @Test
  void aFlagMayBeSwitchedOff() {
    run("echo", "--token-stats=false");

    assertThat(echo.config.value(ConfigKeys.TOKEN_STATS)).isFalse();
  }

  @Test
  void namesTheNearestOptionOfAnUnknownOne() {
    assertThat(run("echo", "--slot=c4n4ry")).isEqualTo(ExitCode.USAGE);

    assertThat(error()).isEqualTo("drex-job: unknown option '--slot'; did you mean '--slots'?");
  }

  @Test
  void namesTheNearestKeyOfAnUnknownOne() {
    assertThat(run("echo", "--set", "polcy=x")).isEqualTo(ExitCode.USAGE);

    assertThat(error())
        .isEqualTo("drex-job: unknown configuration key 'polcy'; did you mean 'policy'?");
  }

  @Test
  void namesTheNearestVerbOfAnUnknownOne() {
    assertThat(run("ecko")).isEqualTo(ExitCode.USAGE);

    assertThat(error()).isEqualTo("drex-job: unknown verb 'ecko'; did you mean 'echo'?");
  }

  @Test
  void saysWhatAValueMustBe() {
    assertThat(run("echo", "--slots", "many")).isEqualTo(ExitCode.USAGE);

    assertThat(error())
        .isEqualTo(
            "drex-job: --slots (spark.drex.engine.slots) must be a whole number in [1, 65536],"
                + " not 'many'");
  }

  @Test
  void anOptionNeedsItsValueAndMayBeGivenOnce() {
    assertThat(run("echo", "--slots")).isEqualTo(ExitCode.USAGE);
    assertThat(run("echo", "--slots=1", "--slots=2")).isEqualTo(ExitCode.USAGE);

    assertThat(error()).contains("--slots").contains("once");
  }

  @Test
  void endsWithTheVerbsExitCodeAndMasksItsMessage() {
    echo.failure = new JobException(ExitCode.INPUT, "no file s3a://me:c4n4ry@bucket/in");

    assertThat(run("echo")).isEqualTo(ExitCode.INPUT);
    assertThat(error()).isEqualTo("drex-job: no file s3a://***@bucket/in");
  }

  @Test
  void anUnforeseenFailureIsExitCodeOne() {
    echo.failure = new IllegalStateException("broken with s3a://id:c4n4ry@bucket");

    assertThat(run("echo")).isEqualTo(ExitCode.FAILURE);
    assertThat(error())
        .startsWith("drex-job: java.lang.IllegalStateException: broken with s3a://***@bucket")
        .as("whoever looks into it needs the trace")
        .contains("at io.drex.job.cli.CliTest");
  }

  @Test
  void helpListsVerbsAndEveryKeyWithItsMeaning() {
    assertThat(run("--help")).isEqualTo(ExitCode.OK);
    assertThat(run("help")).isEqualTo(ExitCode.OK);
    assertThat(output()).contains("echo").contains("Shows the verbs.");

    assertThat(run("echo", "--help")).isEqualTo(ExitCode.OK);
    for (ConfigKey<?> key : ConfigKeys.ALL) {
      assertThat(output()).contains(key.option()).contains("spark.drex." + key.group() + ".*");
    }
    assertThat(run()).isEqualTo(ExitCode.USAGE);
  }

  private ExitCode run(String... arguments) {
    Console console = new Console(print(out), print(err));
    Map<String, String> spark =
        Map.of("spark.drex.engine.policy", "full_depth", "spark.app.name", "x");
    return new Cli(List.of(echo, new VersionVerb()), spark, console).run(arguments);
  }

  private static PrintStream print(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private String output() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String error() {
    return err.toString(StandardCharsets.UTF_8).strip();
  }

  /** Keeps the configuration that it was run with. */
  private static final class Echo implements Verb {
    DrexConfig config = DrexConfig.of(Map.of());
    @org.jspecify.annotations.Nullable RuntimeException failure;

    @Override
    public String name() {
      return "echo";
    }

    @Override
    public String summary() {
      return "Keeps its configuration.";
    }

    @Override
    public List<ConfigKey<?>> keys() {
      return ConfigKeys.ALL;
    }

    @Override
    public ExitCode run(Invocation invocation) {
      config = invocation.settings().resolve(new Configuration());
      if (failure != null) {
        throw failure;
      }
      return ExitCode.OK;
    }
  }
}

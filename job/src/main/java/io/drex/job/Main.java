package io.drex.job;

import io.drex.job.bench.BenchVerb;
import io.drex.job.calibrate.CalibrateVerb;
import io.drex.job.cli.Cli;
import io.drex.job.cli.Console;
import io.drex.job.cli.Verb;
import io.drex.job.cli.VersionVerb;
import io.drex.job.doctor.DoctorVerb;
import io.drex.job.modelcheck.ModelCheckVerb;
import io.drex.job.run.GenerateVerb;
import io.drex.job.status.StatusVerb;
import io.drex.job.verdict.ExitCode;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import scala.Tuple2;

/** Where {@code spark-submit} enters. */
public final class Main {
  private static final List<Verb> VERBS =
      List.of(
          new GenerateVerb(),
          new StatusVerb(),
          new DoctorVerb(),
          new ModelCheckVerb(),
          new CalibrateVerb(),
          new BenchVerb(),
          new VersionVerb());

  private Main() {}

  /**
   * Runs one verb and exits with its code. In a cluster-mode driver it returns instead, because a
   * failing driver is started again there (the verdict stands in {@code status.json}), and so it
   * does in a JVM whose SparkContext somebody else created.
   */
  public static void main(String[] arguments) {
    boolean ownsProcess = SparkEnv.get() == null && !isClusterDriver();
    ExitCode code = run(Console.system(), arguments);
    if (ownsProcess) {
      System.exit(code.number());
    }
  }

  /** Runs one verb; uses the JVM's session if there is one, else creates and stops its own. */
  public static ExitCode run(Console console, String... arguments) {
    return new Cli(VERBS, sparkEntries(), console).run(arguments);
  }

  private static boolean isClusterDriver() {
    return new SparkConf().get("spark.submit.deployMode", "client").equals("cluster");
  }

  private static Map<String, String> sparkEntries() {
    SparkEnv running = SparkEnv.get();
    SparkConf conf = running == null ? new SparkConf() : running.conf();
    return List.of(conf.getAll()).stream().collect(Collectors.toMap(Tuple2::_1, Tuple2::_2));
  }
}

package io.drex.job.run;

import static io.drex.job.TestJob.generate;
import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.TestJob;
import java.io.IOException;
import java.io.Reader;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page for Prometheus, as a scraper reads it from a driver with an executor of its own. */
@Tag("slow")
class MetricsPageTest {
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final Pattern TOKENS =
      Pattern.compile(
          "metrics_drex_driver_plugin_io_drex_spark_DrexPlugin_executor_0_engine_tokens_Value\\{[^}]*}"
              + " (\\d+)");

  @TempDir Path folder;

  @Test
  void theDriverShowsItsExecutorsTokens() throws IOException {
    Path input = TestJob.lines(folder.resolve("in.jsonl"), TestJob.articles(2000));
    int port = freePort();
    List<String> options = new ArrayList<>(defaults());
    options.add("-Dspark.ui.enabled=true");
    options.add("-Dspark.ui.port=" + port);
    String[] command = generate(input, folder.resolve("out"), "--id-col=id");
    try (DriverProcess driver =
        DriverProcess.start(folder, "local-cluster[1,1,1024]", options, command)) {
      long tokens = 0;
      long start = System.nanoTime();
      while (tokens == 0
          && driver.process().isAlive()
          && System.nanoTime() - start < LIMIT.toNanos()) {
        LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
        tokens = tokens(port);
      }
      assertThat(tokens).as(driver.log()).isPositive();
    }
  }

  private static long tokens(int port) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics/prometheus/"))
            .timeout(Duration.ofSeconds(10))
            .build();
    try {
      String page =
          HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
      Matcher matcher = TOKENS.matcher(page);
      return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    } catch (IOException e) {
      return 0; // the driver has not opened it yet
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The settings that {@code submit} gives. */
  private static List<String> defaults() throws IOException {
    Properties properties = new Properties();
    try (Reader reader =
        Files.newBufferedReader(
            Path.of(System.getProperty("drex.root", ".."), "conf/spark-defaults.conf"))) {
      properties.load(reader);
    }
    return properties.stringPropertyNames().stream()
        .map(name -> "-D" + name + "=" + properties.getProperty(name))
        .toList();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}

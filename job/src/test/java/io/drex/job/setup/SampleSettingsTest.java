package io.drex.job.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drex.device.cpu.kernel.TrapLimit;
import io.drex.job.storage.TextFile;
import io.drex.spark.DrexPlugin;
import io.drex.spark.conf.DrexConfig;
import io.drex.spark.conf.KeyNames;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Keeps the files of conf/ in step with the product. */
class SampleSettingsTest {
  private static final Path CONF = Path.of(System.getProperty("drex.root", ".."), "conf");

  @Test
  void theSampleJobHasOnlyKnownKeys() throws IOException {
    JsonNode job = new ObjectMapper().readTree(CONF.resolve("generate-summaries.json").toFile());
    assertThat(job.fieldNames())
        .toIterable()
        .isNotEmpty()
        .allSatisfy(name -> assertThatCode(() -> KeyNames.byName(name)).doesNotThrowAnyException());
  }

  @Test
  void theGpuSettingsHoldAllDefaults() throws IOException {
    Map<String, String> gpu = settings("gpu.conf");
    assertThat(gpu).containsAllEntriesOf(settings("spark-defaults.conf"));
    assertThat(DrexConfig.of(gpu).entries()).containsOnlyKeys("spark.drex.engine.device");
  }

  @Test
  void tasksOfAGpuExecutorShareOneGpu() throws IOException {
    Map<String, String> gpu = settings("gpu.conf");
    double share = Double.parseDouble(gpu.getOrDefault("spark.task.resource.gpu.amount", "0"));
    int cores = Integer.parseInt(gpu.getOrDefault("spark.executor.cores", "0"));
    assertThat(share * cores).isEqualTo(1.0);
  }

  @Test
  void theDefaultsNameThePlugin() throws IOException {
    assertThat(settings("spark-defaults.conf"))
        .containsEntry("spark.plugins", DrexPlugin.class.getName());
  }

  @Test
  void theDefaultsKeepVectorKernelsFast() throws IOException {
    assertThat(settings("spark-defaults.conf"))
        .containsEntry("spark.driver.defaultJavaOptions", TrapLimit.OPTION)
        .containsEntry("spark.executor.defaultJavaOptions", TrapLimit.OPTION);
  }

  @Test
  void theTemplateIsTheBundledModels() throws IOException {
    assertThat(TextFile.template(Files.readString(CONF.resolve("templates/summarize.txt"))))
        .isEqualTo("{article}\nSummary:");
  }

  private static Map<String, String> settings(String file) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(CONF.resolve(file))) {
      properties.load(reader);
    }
    Map<String, String> settings = new TreeMap<>();
    properties.forEach((key, value) -> settings.put((String) key, (String) value));
    return settings;
  }
}

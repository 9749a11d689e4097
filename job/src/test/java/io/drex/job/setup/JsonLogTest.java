package io.drex.job.setup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.ConfigurationFactory;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.message.SimpleMessage;
import org.junit.jupiter.api.Test;

/** The settings of logs as JSON, read by the logging library itself. */
class JsonLogTest {
  private static final Path CONF = Path.of(System.getProperty("drex.root", ".."), "conf");

  @Test
  void aLineIsOneObject() throws IOException {
    Configuration json = read("log4j2-json.properties");
    Appender appender = json.getAppender("stderr");
    Log4jLogEvent event =
        Log4jLogEvent.newBuilder()
            .setLoggerName("io.drex.job.run.Generation")
            .setLevel(Level.INFO)
            .setMessage(new SimpleMessage("rows \"1\" of 2\nand more"))
            .build();
    String line = appender.getLayout().toSerializable(event).toString();

    assertThat(line).endsWith("\n");
    assertThat(line.strip()).doesNotContain("\n");
    JsonNode object = new ObjectMapper().readTree(line);
    assertThat(object.path("level").asText()).isEqualTo("INFO");
    assertThat(object.path("msg").asText()).isEqualTo("rows \"1\" of 2\nand more");
    assertThat(object.path("logger").asText()).isEqualTo("Generation");
  }

  @Test
  void logsTheSameAsTheUsualSettings() throws IOException {
    Configuration json = read("log4j2-json.properties");
    Configuration usual = read("log4j2.properties");

    assertThat(json.getLoggers()).hasSameSizeAs(usual.getLoggers());
    usual
        .getLoggers()
        .forEach(
            (name, logger) ->
                assertThat(json.getLoggerConfig(name).getLevel())
                    .as(name)
                    .isEqualTo(logger.getLevel()));
  }

  private static Configuration read(String file) {
    Configuration configuration =
        ConfigurationFactory.getInstance()
            .getConfiguration(
                new LoggerContext("test"), "test", CONF.resolve(file).toAbsolutePath().toUri());
    configuration.initialize();
    return configuration;
  }
}

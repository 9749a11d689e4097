package io.drex.demo.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drex.demo.corpus.ArticleGenerator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportTokensTest {
  @TempDir private Path folder;

  @Test
  void theFilesHoldTheSamplesThatTrainingReads() throws IOException {
    String out = folder.toString();
    int exitCode =
        ExportTokens.run(
            "--out",
            out,
            "--articles",
            "30",
            "--validation-articles",
            "4",
            "--vocab",
            "400",
            "--tokenizer-articles",
            "100",
            "--first-index",
            "10");
    assertThat(exitCode).isZero();
    SampleReader reader = new SampleReader(folder);
    assertHolds("train", reader, 10, 30);
    assertHolds("validation", reader, ArticleGenerator.VALIDATION_FIRST, 4);
    assertThat(folder.resolve("config.json")).content().contains("\"vocab_size\" : 400");
    assertThat(folder.resolve("ramps.json")).exists();
  }

  private void assertHolds(String name, SampleReader reader, long first, int count)
      throws IOException {
    Path file = folder.resolve(name + ".safetensors");
    int[] tokens = tensor(file, "tokens");
    int[] offsets = tensor(file, "offsets");
    int[] starts = tensor(file, "summary_starts");
    assertThat(starts).hasSize(count);
    assertThat(offsets).hasSize(count + 1).endsWith(tokens.length);
    for (int i = 0; i < count; i++) {
      Sample sample = reader.sample(first + i);
      assertThat(Arrays.copyOfRange(tokens, offsets[i], offsets[i + 1])).isEqualTo(sample.ids());
      assertThat(starts[i]).isEqualTo(sample.summaryStart());
    }
  }

  private static int[] tensor(Path file, String name) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int header = (int) bytes.getLong(0);
    String json = new String(bytes.array(), 8, header, StandardCharsets.UTF_8);
    JsonNode entry = new ObjectMapper().readTree(json).get(name);
    assertThat(entry.get("dtype").asText()).isEqualTo("I32");
    int begin = 8 + header + entry.at("/data_offsets/0").asInt();
    int[] values = new int[entry.at("/shape/0").asInt()];
    bytes.slice(begin, 4 * values.length).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(values);
    return values;
  }
}

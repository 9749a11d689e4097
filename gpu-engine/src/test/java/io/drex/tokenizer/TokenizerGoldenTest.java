package io.drex.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drex.golden.GoldenCase;
import io.drex.golden.ModelGolden;
import io.drex.model.BundledModel;
import io.drex.model.LoadedModel;
import io.drex.model.ModelLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids that others computed. */
class TokenizerGoldenTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir Path dir;

  @Test
  void encodesThePromptsThatTheBundledModelWasTrainedWith() throws Exception {
    Path folder = BundledModel.extract("bundled:", dir);
    LoadedModel model = ModelLoader.load(folder);
    Tokenizer tokenizer = Tokenizer.open(folder);
    tokenizer.requireFits(model.spec());
    PromptTemplate template =
        PromptTemplate.parse(Files.readString(folder.resolve("prompt-template.txt")));

    try (OrdinaryTokenizer ordinary = new OrdinaryTokenizer(folder.resolve("tokenizer.json"))) {
      for (GoldenCase golden : ModelGolden.read(model).cases()) {
        Prompt prompt = template.render(column -> golden.article());
        assertThat(tokenizer.encode(prompt))
            .isEqualTo(golden.prompt())
            .isEqualTo(ordinary.encode(prompt.text()));
      }
    }
  }

  @Test
  void encodesThePromptsThatAnotherModelWasTrainedWith() throws Exception {
    Path folder = shared("demo-trial");
    Tokenizer tokenizer = Tokenizer.open(folder);
    PromptTemplate template = PromptTemplate.parse("{article}\nSummary:");

    List<String> lines = Files.readAllLines(folder.resolve("articles-300.jsonl"));

    assertThat(lines).hasSize(300);
    for (String line : lines) {
      JsonNode row = MAPPER.readTree(line);
      Prompt prompt = template.render(column -> row.get(column).asText());
      assertThat(tokenizer.encode(prompt)).isEqualTo(ints(row.get("prompt_ids")));
      assertThat(tokenizer.decode(ints(row.get("summary_ids"))).strip())
          .isEqualTo(row.get("summary").asText());
    }
  }

  @Test
  void encodesLikeSentencePieceWithBytes() throws Exception {
    Path folder = shared("stories260k");
    Tokenizer tokenizer = Tokenizer.open(folder);
    tokenizer.requireFits(ModelLoader.load(folder).spec());

    JsonNode cases = MAPPER.readTree(folder.resolve("tokenizer-golden.json").toFile());

    assertThat(cases).hasSize(300);
    for (JsonNode golden : cases) {
      check(tokenizer, golden);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt-2", "phi-3"})
  void encodesNastyTextLikeItsOrigin(String name) throws Exception {
    Path vectors = shared("vectors/tokenizers");
    Files.copy(vectors.resolve("tokenizer-" + name + ".json"), dir.resolve("tokenizer.json"));
    Tokenizer tokenizer = Tokenizer.open(dir);

    JsonNode cases = MAPPER.readTree(vectors.resolve("golden-enc-" + name + ".json").toFile());

    assertThat(cases).hasSizeGreaterThan(40);
    for (JsonNode golden : cases) {
      check(tokenizer, golden);
    }
  }

  private static void check(Tokenizer tokenizer, JsonNode golden) throws BadPromptException {
    String text = golden.get("text").asText();
    if (text.isBlank()) {
      return; // Refused as empty before it is encoded.
    }
    assertThat(tokenizer.encode(Prompt.untrusted(text)))
        .as(text)
        .isEqualTo(ints(golden.get("ids")));
    assertThat(tokenizer.decode(ints(golden.get("ids")))).isEqualTo(text);
  }

  private static int[] ints(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).mapToInt(JsonNode::intValue).toArray();
  }

  private static Path shared(String folder) {
    Path path = Path.of(System.getProperty("drex.root"), "../shared/data").resolve(folder);
    assumeTrue(Files.isDirectory(path), () -> "no shared data: " + folder);
    return path;
  }
}

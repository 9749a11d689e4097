package io.drex.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.drex.model.BundledModel;
import io.drex.model.ModelException;
import io.drex.model.ModelLoader;
import io.drex.model.ModelSpec;
import io.drex.tokenizer.BadPromptException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {
  private static final String EMOJI = "\uD83D\uDE42";

  @TempDir static Path dir;
  private static Path folder;
  private static Tokenizer tokenizer;

  @BeforeAll
  static void open() {
    folder = BundledModel.extract("bundled:", dir);
    tokenizer = Tokenizer.open(folder);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\0b",
        "\uFEFFBOM",
        "\uFFFD",
        "tab\tcr\r\nnl",
        EMOJI,
        "e\u0301 \u202E \u200B",
        "\uDBFF\uDFFF\uFFFF"
      })
  void textRoundTrips(String text) throws Exception {
    assertThat(tokenizer.decode(tokenizer.encode(Prompt.untrusted(text)))).isEqualTo(text);
  }

  @Test
  void aMegabyteOfOneEmojiRoundTrips() throws Exception {
    String text = EMOJI.repeat(250_000);

    assertThat(tokenizer.decode(tokenizer.encode(Prompt.untrusted(text)))).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t\n "})
  void refusesBlankText(String text) {
    assertRefused(Prompt.untrusted(text), 10, Reason.EMPTY_PROMPT, "the prompt is empty or blank");
  }

  @Test
  void refusesHalfASurrogatePairAndDoesNotJoinHalves() {
    Prompt.Span high = new Prompt.Untrusted("ab" + EMOJI.charAt(0));
    Prompt.Span low = new Prompt.Untrusted(EMOJI.substring(1));

    assertRefused(
        new Prompt(List.of(high, low)),
        10,
        Reason.BAD_ENCODING,
        "half a surrogate pair at char 2 of a text");
    assertRefused(
        new Prompt(List.of(low)),
        10,
        Reason.BAD_ENCODING,
        "half a surrogate pair at char 0 of a text");
  }

  @Test
  void refusesMoreTokensThanAllowed() throws Exception {
    Prompt prompt = Prompt.untrusted("Police closed the road.");
    int length = tokenizer.encode(prompt).length;

    assertThat(tokenizer.encode(prompt, length)).hasSize(length);
    assertRefused(
        prompt,
        length - 1,
        Reason.PROMPT_TOO_LONG,
        length + " tokens, more than the " + (length - 1) + " allowed");
  }

  @Test
  void refusesTenMegabytesWithoutEncodingThem() {
    assertRefused(
        Prompt.untrusted("word ".repeat(2_000_000)), 512, Reason.PROMPT_TOO_LONG, "at least ");
  }

  @Test
  void leavesOutACharacterThatIsCutOffAtTheEnd() throws Exception {
    int[] ids = tokenizer.encode(Prompt.untrusted("x" + EMOJI));
    assertThat(ids).hasSize(1 + 1 + 4);

    for (int bytes = 0; bytes < 4; bytes++) {
      assertThat(tokenizer.decode(Arrays.copyOf(ids, 2 + bytes))).isEqualTo("x");
    }
    assertThat(tokenizer.decode(ids)).isEqualTo("x" + EMOJI);
  }

  @Test
  void keepsAReplacementCharacterThatTheModelWrote() throws Exception {
    int[] ids = tokenizer.encode(Prompt.untrusted("x\uFFFD"));

    assertThat(tokenizer.decode(ids)).isEqualTo("x\uFFFD");
  }

  @Test
  void bytesThatAreNoTextReadAsReplacementCharacters() throws Exception {
    int[] emoji = tokenizer.encode(Prompt.untrusted(EMOJI));
    int[] x = tokenizer.encode(Prompt.untrusted("x"));

    String text = tokenizer.decode(new int[] {x[1], emoji[2], x[1]});

    assertThat(text).isEqualTo("x\uFFFDx");
  }

  @Test
  void skipsControlTokensAndIdsWithoutToken() throws Exception {
    int letter = tokenizer.encode(Prompt.untrusted("A"))[1];

    assertThat(tokenizer.decode(new int[] {1, letter, -1, 1_000_000, 2, 0})).isEqualTo("A");
    assertThat(tokenizer.decode(new int[0])).isEmpty();
  }

  @Test
  void anyNumberOfThreadsMayShareIt() throws Exception {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      texts.add("Police closed road " + i + " near Harlmouth on Saturday " + EMOJI.repeat(i % 7));
    }
    List<int[]> alone = new ArrayList<>();
    for (String text : texts) {
      alone.add(tokenizer.encode(Prompt.untrusted(text)));
    }
    Callable<List<int[]>> task =
        () -> {
          List<int[]> ids = new ArrayList<>();
          for (String text : texts) {
            ids.add(tokenizer.encode(Prompt.untrusted(text)));
          }
          return ids;
        };
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      for (Future<List<int[]>> ids : threads.invokeAll(List.of(task, task, task, task))) {
        assertThat(ids.get()).usingRecursiveComparison().isEqualTo(alone);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void refusesAModelWithFewerEmbeddings() {
    ModelSpec s = ModelLoader.load(folder).spec();
    ModelSpec small =
        new ModelSpec(
            s.family(),
            s.layers(),
            s.hiddenSize(),
            s.intermediateSize(),
            s.heads(),
            s.kvHeads(),
            s.headDim(),
            s.vocabSize() - 1,
            s.maxPositions(),
            s.rmsNormEps(),
            s.rope().theta(),
            s.tiedHead(),
            s.ramps());

    tokenizer.requireFits(s);
    assertThatThrownBy(() -> tokenizer.requireFits(small))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "tokenizer.json: %d tokens, but config.json: vocab_size is %d; "
                    .formatted(tokenizer.vocabSize(), s.vocabSize() - 1)
                + "take both files from one model");
  }

  @Test
  void leavesNoFileOfTheNativeLibraryBehind() throws Exception {
    Path maps = Path.of("/proc/self/maps");
    assumeTrue(Files.exists(maps), "needs /proc");

    List<String> mapped =
        Files.readAllLines(maps).stream().filter(line -> line.contains("drex-tokenizers")).toList();

    assertThat(mapped).isNotEmpty().allMatch(line -> line.endsWith("(deleted)"));
  }

  @Test
  void knowsWhereTheJarKeepsEachBuild() {
    assertThat(NativeTokenizers.resource("Linux", "amd64"))
        .isEqualTo("/native/lib/linux-x86_64/cpu/libtokenizers.so");
    assertThat(NativeTokenizers.resource("Mac OS X", "aarch64"))
        .isEqualTo("/native/lib/osx-aarch64/cpu/libtokenizers.dylib");
  }

  private static void assertRefused(Prompt prompt, int maxTokens, Reason reason, String message) {
    assertThatThrownBy(() -> tokenizer.encode(prompt, maxTokens))
        .isInstanceOfSatisfying(
            BadPromptException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageStartingWith(message);
  }
}

package io.drex.job.modelcheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.DeviceBackend;
import io.drex.engine.Backends;
import io.drex.job.TestSample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class GreedyReaderTest {
  private static final int NEW_TOKENS = 12;

  private final DeviceBackend backend = Backends.select("cpu:scalar");
  private final TestSample sample = TestSample.bundled();
  private final List<int[]> prompts = sample.prompts(7);

  @Tag("slow")
  @Test
  void sequencesInLockstepReadAsOneAtATime() {
    Map<Integer, List<TokenReading>> alone = read(1);
    assertThat(alone.keySet()).hasSize(prompts.size());
    for (int lanes : new int[] {3, 7, 16}) {
      assertThat(texts(read(lanes))).as("%d lanes", lanes).isEqualTo(texts(alone));
    }
  }

  @Test
  void decodesWhatTheEngineDecodesAtFullDepth() {
    Map<Integer, List<TokenReading>> read = read(3);
    for (int sequence = 0; sequence < prompts.size(); sequence++) {
      int[] tokens = sample.fullDepth(prompts.get(sequence), NEW_TOKENS + 1);
      int[] decoded =
          read.getOrDefault(sequence, List.of()).stream().mapToInt(TokenReading::token).toArray();
      assertThat(decoded).isEqualTo(Arrays.copyOfRange(tokens, 1, tokens.length));
    }
  }

  @Test
  void tellsHowManyPositionsATokenSaw() {
    read(7)
        .forEach(
            (sequence, tokens) ->
                assertThat(tokens.get(0).context()).isEqualTo(prompts.get(sequence).length + 1));
  }

  private Map<Integer, List<TokenReading>> read(int lanes) {
    Map<Integer, List<TokenReading>> read = new TreeMap<>();
    try (GreedyReader reader = GreedyReader.open(sample.model(), backend, lanes, 256, 1)) {
      reader.read(
          prompts,
          NEW_TOKENS,
          token ->
              read.computeIfAbsent(token.sequence(), sequence -> new ArrayList<>()).add(token));
    }
    return read;
  }

  /** Bits of everything that was read. */
  private static List<String> texts(Map<Integer, List<TokenReading>> read) {
    return read.values().stream()
        .flatMap(List::stream)
        .map(
            token ->
                token.sequence()
                    + " "
                    + token.context()
                    + " "
                    + token.token()
                    + Arrays.toString(token.rampTokens())
                    + Arrays.toString(token.confidences()))
        .toList();
  }
}

package io.drex.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.CacheGeometry;
import io.drex.device.HeadReadings;
import io.drex.device.KvFill;
import io.drex.device.RowBatch;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** {@link KvFill#RECOMPUTE} gives exact K and V, over seeded random workloads. */
class RecomputeWorkloadsTest {
  private static final int WORKLOADS = 1_000;

  @Test
  void aTokenFromTheFullDepthIsWhatAModelWithoutExitsSaysAfterTheSameTokens() {
    int afterExits = 0;
    for (long seed = 0; seed < WORKLOADS; seed++) {
      Random random = new Random(seed);
      Workload workload = Workload.random(random);
      int longest = workload.longestSequence();
      Trial.Result[] results =
          Trial.run(workload, workload.randomSchedule(random, KvFill.RECOMPUTE, longest));
      for (int i = 0; i < results.length; i++) {
        HeadReadings full = withoutExits(workload, workload.prompts().get(i), results[i].tokens());
        short[] depths = results[i].depths();
        for (int token = 0; token < depths.length; token++) {
          boolean afterExit = token > 0 && depths[token - 1] < Workload.LAYERS;
          if (depths[token] == Workload.LAYERS) {
            assertThat(results[i].tokens()[token]).isEqualTo(full.token[token]);
            assertThat(results[i].confidences()[token]).isEqualTo(full.confidence[token]);
            afterExits += afterExit ? 1 : 0;
          } else {
            assertThat(afterExit).as("seed %d: two exits in a row", seed).isFalse();
          }
        }
      }
    }
    assertThat(afterExits).as("tokens after an exit").isGreaterThan(10_000);
  }

  /**
   * What the full depth says after a prompt and each of the tokens but the last, every one of them
   * given, whatever it says.
   */
  private static HeadReadings withoutExits(
      Workload workload, Workload.Prompt request, int[] tokens) {
    int[] prompt = request.tokens();
    int[] history = IntStream.concat(Arrays.stream(prompt), Arrays.stream(tokens)).toArray();
    SequenceOptions options = request.options();
    int segments = workload.ramps().size() + 1;
    int longest = prompt.length + tokens.length + 1;
    Limits limits =
        new Limits(new CacheGeometry(segments, longest, 1), KvFill.MAP, 1, longest, longest);
    int[][][] tables = new int[1][segments][];
    Arrays.fill(tables[0], IntStream.range(0, longest).toArray());
    HashDevice device = new HashDevice(limits, workload, HashDevice.OnWrongCell.THROW);
    RowBatch rows = new RowBatch(longest, tables);
    for (int position = 0; position < prompt.length; position++) {
      addRow(rows, position, prompt[position], true);
    }
    HeadReadings all = new HeadReadings(tokens.length);
    HeadReadings one = new HeadReadings(1);
    rows.headRow[0] = prompt.length - 1;
    rows.sampling.set(0, options.sampling(), options.seed(), history);
    for (int token = 0; token < tokens.length; token++) {
      rows.heads = 1;
      for (int segment = 0; segment < segments; segment++) {
        device.runSegment(segment, rows, one);
      }
      all.token[token] = one.token[0];
      all.confidence[token] = one.confidence[0];
      rows.clear();
      addRow(rows, prompt.length + token, tokens[token], false);
    }
    return all;
  }

  private static void addRow(RowBatch rows, int position, int token, boolean prompt) {
    int row = rows.rows++;
    rows.token[row] = token;
    rows.position[row] = position;
    rows.slot[row] = row;
    rows.prompt[row] = prompt;
    rows.headRow[0] = row;
  }
}

package io.drex.job.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WavesTest {
  @ParameterizedTest
  @CsvSource({"2, 8", "2, 4", "3, 12", "16, 64", "16, 32", "1, 4"})
  void tasksEndOneByOneAndTheLastTogether(int tasks, int shards) {
    double[] sizes = sizes(new Waves(shards, tasks));
    double[] ends = Cluster.ends(sizes, tasks);

    double[] inOrder = Arrays.stream(ends).sorted().toArray();
    int firstOfLast = shards - tasks;
    for (int end = 1; end < firstOfLast; end++) {
      assertThat(inOrder[end] - inOrder[end - 1])
          .as("between ends %d and %d", end - 1, end)
          .isGreaterThan(0.49 / tasks);
    }
    assertThat(inOrder[shards - 1]).isCloseTo(inOrder[firstOfLast], within(1e-9));
    assertThat(Cluster.tail(sizes, tasks)).isCloseTo(1, within(1e-9));
  }

  @Test
  void aSingleWaveIsOfEqualShards() {
    assertThat(sizes(new Waves(16, 16))).containsOnly(1);
    assertThat(sizes(new Waves(3, 16))).containsOnly(1);
    assertThat(new Waves(3, 16).firstOfLast()).isZero();
    assertThat(sizes(Waves.ofTasksAlone(12))).containsOnly(1);
    assertThat(Waves.ofTasksAlone(12).firstOfLast()).isZero();
  }

  @Test
  void aWaveThatIsNotFullCostsNoMoreThanEqualShardsWould() {
    for (int shards = 5; shards < 40; shards++) {
      double[] equal = new double[shards];
      Arrays.fill(equal, 1);

      assertThat(Cluster.tail(sizes(new Waves(shards, 4)), 4))
          .as("%d shards", shards)
          .isLessThanOrEqualTo(Cluster.tail(equal, 4) + 1e-9);
    }
  }

  private static double[] sizes(Waves waves) {
    return IntStream.range(0, waves.shards()).mapToDouble(waves::size).toArray();
  }
}

package io.drex.spark.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CommonSubsequenceTest {
  @Test
  void theLengthIsThatOfTheMarkedPositions() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      List<String> reference = words(random);
      List<String> prediction = words(random);
      BitSet positions = new BitSet();
      CommonSubsequence.markPositions(reference, prediction, positions);
      assertThat(CommonSubsequence.length(reference, prediction))
          .as("seed %d", seed)
          .isEqualTo(positions.cardinality());
    }
  }

  /** Its full table would take 1.6 GB. */
  @Test
  void longTextsTakeLittleMemory() {
    List<String> reference = Collections.nCopies(20_000, "a");
    List<String> prediction = Collections.nCopies(20_000, "b");
    assertThat(CommonSubsequence.length(reference, prediction)).isZero();
  }

  private static List<String> words(Random random) {
    List<String> words = new ArrayList<>();
    int count = random.nextInt(30);
    for (int i = 0; i < count; i++) {
      words.add("w" + random.nextInt(6));
    }
    return words;
  }
}

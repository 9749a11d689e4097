package io.drex.arrow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;

class PromptBatchTest {
  private static final int[] LONG = new int[5000];

  static {
    Arrays.setAll(LONG, i -> i * 7);
  }

  @Test
  void givesBackWhatWasAppended() {
    try (BufferAllocator allocator = new RootAllocator();
        PromptBatch batch = new PromptBatch(allocator)) {
      for (int round = 0; round < 2; round++) {
        batch.append("naïve", key(1), new int[] {5, 6});
        batch.append("b", key(2), new int[0]);
        batch.append("c", key(3), LONG);
        assertThat(batch.rows()).isEqualTo(3);
        assertThat(batch.tokens()).isEqualTo(5002);
        assertThat(batch.id(0)).isEqualTo("naïve");
        assertThat(batch.key(1)).isEqualTo(key(2));
        assertThat(batch.promptTokens(0)).containsExactly(5, 6);
        assertThat(batch.promptTokens(1)).isEmpty();
        assertThat(batch.promptTokens(2)).isEqualTo(LONG);
        batch.clear();
        assertThat(batch.rows()).isZero();
        assertThat(batch.tokens()).isZero();
      }
    }
  }

  @Test
  void holdsNoMemoryOnceClosed() {
    try (BufferAllocator allocator = new RootAllocator()) {
      PromptBatch batch = new PromptBatch(allocator);
      batch.append("a", key(1), LONG);
      assertThat(allocator.getAllocatedMemory()).isPositive();
      batch.close();
      assertThat(allocator.getAllocatedMemory()).isZero();
    }
  }

  private static byte[] key(int fill) {
    byte[] key = new byte[PromptBatch.KEY_BYTES];
    Arrays.fill(key, (byte) fill);
    return key;
  }
}

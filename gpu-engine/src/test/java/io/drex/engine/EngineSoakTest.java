package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an engine holds does not grow with the sequences that passed through it (E12). */
@Timeout(240)
class EngineSoakTest {
  private static final int WINDOW = 256;
  private static final int WARM = 20_000;
  private static final int ALL = 100_000;

  @Test
  void memoryIsFlatOverAHundredThousandSequences() throws InterruptedException {
    EngineOptions options =
        EngineOptions.defaults().withDevice("sim:noop").withSlots(32).withMeasureMillis(20);
    try (DrexEngine engine = DrexEngine.open(TinyModel.withTwoRamps(), options);
        EngineSession session = engine.openSession("task")) {
      complete(session, 0, WARM);
      long heap = heapInUse();
      long direct = directInUse();
      complete(session, WARM, ALL);
      assertThat(heapInUse())
          .as("heap after 100,000 sequences, %d bytes after 20,000", heap)
          .isLessThan(heap + heap / 50);
      assertThat(directInUse())
          .as("direct memory after 100,000 sequences, %d bytes after 20,000", direct)
          .isLessThanOrEqualTo(direct + direct / 50);
      assertThat(engine.snapshot().completed()).isEqualTo(ALL);
    }
  }

  private static void complete(EngineSession session, int from, int to)
      throws InterruptedException {
    for (int id = from; id < to; id++) {
      if (session.inFlight() == WINDOW) {
        Replies.next(session);
      }
      int[] prompt = new int[1 + id % 20];
      Arrays.fill(prompt, 1 + id % (TinyModel.VOCABULARY - 1));
      assertThat(session.submit(new Request(id, prompt, new SamplingParams(8)), 30_000)).isTrue();
    }
    while (session.inFlight() > 0) {
      Replies.next(session);
    }
  }

  /** The least of several collections: one may run while others still allocate. */
  private static long heapInUse() {
    long least = Long.MAX_VALUE;
    for (int collection = 0; collection < 5; collection++) {
      System.gc();
      long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
      least = Math.min(least, used);
    }
    return least;
  }

  private static long directInUse() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}

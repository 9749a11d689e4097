package io.drex.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Planning, applying and learning from a step allocate nothing, however many requests wait. */
class StepAllocationTest {
  private static final int WINDOWS = 6;
  private static final int STEPS = 1_000;

  @ParameterizedTest
  @ValueSource(ints = {0, 100_000})
  void planAndApplyAllocateNothing(int waiting) {
    SteadyState state = new SteadyState(waiting);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE; // the virtual machine itself allocates now and then
    for (int window = 0; window < WINDOWS; window++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      state.run(STEPS);
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(state.plansDue()).as("what was learnt was looked at").isPositive();
    assertThat(least).as("bytes in %d steps of up to 64 rows", STEPS).isZero();
  }
}

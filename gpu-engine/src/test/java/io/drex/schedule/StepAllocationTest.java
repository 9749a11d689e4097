package io.drex.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Planning and applying a step allocates nothing, however many requests wait. */
class StepAllocationTest {
  private static final int STEPS = 2_000;

  @ParameterizedTest
  @ValueSource(ints = {0, 100_000})
  void planAndApplyAllocateNothing(int waiting) {
    SteadyState state = new SteadyState(waiting);
    state.run(STEPS); // prompts pass, and the code is compiled
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    threads.getCurrentThreadAllocatedBytes(); // the first call allocates
    long before = threads.getCurrentThreadAllocatedBytes();
    state.run(STEPS);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(allocated).as("bytes in %d steps", STEPS).isZero();
  }
}

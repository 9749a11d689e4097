package io.drex.demo.train;

import com.sun.management.OperatingSystemMXBean;
import io.drex.demo.recipe.Progress;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/** Time of a run, over its interruptions, and speed of this process. Used by one thread. */
final class Clock {
  private static final double NANOS = 1e9;

  private final double cpuBefore;
  private final double before;
  private final double cpuStart = processCpuSeconds();
  private final long startNanos = System.nanoTime();
  private long tokens;

  private Clock(double cpuBefore, double before) {
    this.cpuBefore = cpuBefore;
    this.before = before;
  }

  /** A clock that starts now, at the time a run has come to. */
  static Clock goingOn(Progress progress) {
    return new Clock(progress.cpuSeconds(), progress.seconds());
  }

  void count(int moreTokens) {
    tokens += moreTokens;
  }

  /** CPU time of all threads. */
  double cpuSeconds() {
    return cpuBefore + processCpuSeconds() - cpuStart;
  }

  double seconds() {
    return before + (System.nanoTime() - startNanos) / NANOS;
  }

  /** The speed since this process began to train. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%.0f tokens/s, %.0f per CPU-second",
        tokens / (seconds() - before),
        tokens / (cpuSeconds() - cpuBefore));
  }

  private static double processCpuSeconds() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime()
        / NANOS;
  }
}

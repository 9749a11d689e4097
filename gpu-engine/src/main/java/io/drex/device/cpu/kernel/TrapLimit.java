package io.drex.device.cpu.kernel;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/**
 * How often the code that C2 inlines into one method may have been wrong about a class before C2
 * stops guarding by class there. A kernel inlines the shared methods of the vector API dozens of
 * times, and each may bring some such traps along from whatever ran before; beyond the limit C2
 * leaves the kernel's vectors on the heap for as long as the JVM lives.
 */
public final class TrapLimit {
  /** What a JVM with {@link KernelKind#VECTOR} kernels should be started with. */
  public static final String OPTION = "-XX:PerMethodTrapLimit=100000";

  private static final String NAME = OPTION.substring("-XX:".length(), OPTION.indexOf('='));
  private static final long LEAST = Long.parseLong(OPTION.substring(OPTION.indexOf('=') + 1));

  private TrapLimit() {}

  /** Whether no kernel of this JVM reaches the limit; so it is where there is none. */
  public static boolean isHighEnough() {
    HotSpotDiagnosticMXBean hotSpot =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    if (hotSpot == null) {
      return true;
    }
    try {
      return Long.parseLong(hotSpot.getVMOption(NAME).getValue()) >= LEAST;
    } catch (IllegalArgumentException e) {
      return true; // a compiler without this option
    }
  }
}

package io.drex.engine;

import io.drex.device.TinyModel;
import io.drex.model.DType;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Prints what a JVM holds while short sequences of a tiny model pass through one engine: after a
 * warm-up, ten times at even distances, each time with nothing in flight. Its heap should be of one
 * size and touched beforehand, or resident memory grows with it; glibc should keep one arena.
 * Arguments: device, sequences.
 */
public final class MemorySoak {
  private static final int CHECKPOINTS = 10;
  private static final int WINDOW = 256;
  private static final int SLOTS = 32;
  private static final int NEW_TOKENS = 8;
  private static final int COLLECTIONS = 5;
  private static final long LIMIT_MILLIS = 30_000;

  private MemorySoak() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    int sequences = Integer.parseInt(args[1]);
    EngineOptions options =
        EngineOptions.defaults().withDevice(args[0]).withSlots(SLOTS).withMeasureMillis(20);
    try (DrexEngine engine = DrexEngine.open(TinyModel.random(1, DType.BF16), options);
        EngineSession session = engine.openSession("soak")) {
      int warmUp = sequences / CHECKPOINTS;
      complete(session, 0, warmUp);
      checkpoint(warmUp); // reading takes a buffer itself
      for (int i = 0; i < CHECKPOINTS; i++) {
        int to = warmUp + (sequences - warmUp) * (i + 1) / CHECKPOINTS;
        complete(session, warmUp + (sequences - warmUp) * i / CHECKPOINTS, to);
        System.out.println(checkpoint(to));
      }
    }
  }

  private static String checkpoint(int sequences) throws IOException {
    return "checkpoint " + sequences + " " + heap() + " " + direct() + " " + resident();
  }

  private static void complete(EngineSession session, int from, int to)
      throws InterruptedException {
    for (int id = from; id < to; id++) {
      if (session.inFlight() == WINDOW) {
        Replies.next(session);
      }
      Request request =
          new Request(id, TinyModel.prompt(id, 1 + id % 20), new SamplingParams(NEW_TOKENS));
      if (!session.submit(request, LIMIT_MILLIS)) {
        throw new IllegalStateException("no room in the mailbox within the limit");
      }
    }
    while (session.inFlight() > 0) {
      Replies.next(session);
    }
  }

  /** Bytes in use; the least of several collections, as one may run while others allocate. */
  private static long heap() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }

  /** Bytes in direct and mapped buffers. */
  private static long direct() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  /** Bytes of the process in memory; 0 where the system does not tell. */
  private static long resident() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .findFirst()
        .orElse(0);
  }
}

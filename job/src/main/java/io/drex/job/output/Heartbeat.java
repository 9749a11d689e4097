package io.drex.job.output;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run's sign of life: a number in a file of its own that grows every few seconds. Others see that
 * it changes, which needs no clock but their own.
 */
final class Heartbeat implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);
  private static final int MAX_BYTES = 32;

  private final Path file;
  private final Configuration hadoop;
  private final Runnable eachTime;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "drex-heartbeat");
            thread.setDaemon(true);
            return thread;
          });
  private long beats; // the timer's thread
  private boolean warned; // the timer's thread

  private Heartbeat(Path file, Configuration hadoop, Runnable eachTime) {
    this.file = file;
    this.hadoop = hadoop;
    this.eachTime = eachTime;
  }

  /**
   * How often runs give a sign of life, and how long none means that a run is dead.
   *
   * @param stale at least ten times {@code beat}
   */
  record Pace(Duration beat, Duration stale) {
    /** What all runs keep. */
    static final Pace USUAL = new Pace(Duration.ofSeconds(5), Duration.ofSeconds(60));
  }

  /**
   * Begins to beat.
   *
   * @param eachTime runs after each beat, on the beating thread; must not throw
   */
  static Heartbeat start(Path file, Configuration hadoop, Duration beat, Runnable eachTime) {
    Heartbeat heart = new Heartbeat(file, hadoop, eachTime);
    heart.timer.scheduleWithFixedDelay(heart::beat, 0, beat.toMillis(), TimeUnit.MILLISECONDS);
    return heart;
  }

  /** What the file holds now; empty if there is none, or half of one. */
  static String read(Path file, Configuration hadoop) {
    try (InputStream in = file.getFileSystem(hadoop).open(file)) {
      return new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  private void beat() {
    beats++;
    try (OutputStream out = file.getFileSystem(hadoop).create(file, true)) {
      out.write(Long.toString(beats).getBytes(StandardCharsets.UTF_8));
      warned = false;
    } catch (IOException e) {
      if (!warned) {
        LOG.warn("The heartbeat {} cannot be written; trying again.", file, e);
        warned = true;
      }
    }
    eachTime.run();
  }

  /** Stops; the file goes. */
  @Override
  public void close() throws IOException {
    timer.shutdown();
    try {
      if (!timer.awaitTermination(1, TimeUnit.MINUTES)) {
        LOG.warn("The heartbeat {} hangs in a call to the file system.", file);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    file.getFileSystem(hadoop).delete(file, false);
  }
}

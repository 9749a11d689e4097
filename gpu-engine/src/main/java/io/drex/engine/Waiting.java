package io.drex.engine;

/** Waits that must come to their end. */
final class Waiting {

  /** Something to wait for. */
  interface Wait {
    void await() throws InterruptedException;
  }

  private Waiting() {}

  /** Waits through interrupts, and passes them on at the end. */
  static void uninterruptibly(Wait wait) {
    boolean interrupted = false;
    while (true) {
      try {
        wait.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.drex.schedule;

/** How a sequence ended. */
public enum Outcome {
  /** A stop token or the sequence's own stop check; what stopped it is the last of its tokens. */
  STOP,
  /** Its own limit, or the longest sequence. */
  LENGTH,
  /** A head's logits were not finite. */
  NUMERIC_FAULT,
  /** A device call failed, and the sequence had been restarted before. */
  DEVICE_FAULT,
  /** {@link Scheduler#cancel}. */
  CANCELLED
}

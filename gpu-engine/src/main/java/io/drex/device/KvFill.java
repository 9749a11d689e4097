package io.drex.device;

/** How layers that an exited token skipped get its K and V. */
public enum KvFill {
  /** Deeper layers read the entry of the last layer that ran; nothing is written. */
  MAP,
  /** The same values physically written into cells of each deeper segment. */
  COPY
}

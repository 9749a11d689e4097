package io.drex.spark.suspect;

/** What is known of a row before it runs. */
public enum Standing {
  /** Nothing: it runs together with others. */
  UNSUSPECTED,
  /** It was in flight when an engine was lost: it runs alone. */
  SUSPECT,
  /** An engine was lost while it ran alone: it does not run again in this run. */
  GUILTY
}

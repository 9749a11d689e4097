package io.drex.spark;

import org.apache.spark.sql.SparkSession;

/** The one session of this fork: two cores, retries, nothing listening beyond loopback. */
public final class LocalSpark {
  private static final SparkSession SESSION =
      SparkSession.builder()
          .master("local[2,3]")
          .config("spark.plugins", DrexPlugin.class.getName()) // no model: it does nothing
          .config("spark.ui.enabled", false)
          .config("spark.sql.shuffle.partitions", 2)
          .config("spark.driver.bindAddress", "127.0.0.1")
          .config("spark.driver.host", "127.0.0.1")
          .config("spark.sql.session.timeZone", "UTC")
          .getOrCreate();

  private LocalSpark() {}

  public static SparkSession session() {
    return SESSION;
  }
}

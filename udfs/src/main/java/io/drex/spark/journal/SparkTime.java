package io.drex.spark.journal;

import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/**
 * Spark's Java dates and times in Parquet's units. Which of the two Java classes a row holds
 * depends on {@code spark.sql.datetime.java8API.enabled}.
 */
final class SparkTime {
  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final int NANOS_PER_MICRO = 1000;

  /** 1900-01-01: before it, old and new calendars or zone rules may disagree. */
  private static final long CALENDARS_AGREE_FROM_MILLIS = -2_208_988_800_000L;

  private SparkTime() {}

  /** Days since 1970-01-01 in the proleptic Gregorian calendar. */
  static int days(Object value) {
    LocalDate date = value instanceof Date old ? old.toLocalDate() : (LocalDate) value;
    return Math.toIntExact(date.toEpochDay());
  }

  /** Microseconds since 1970-01-01T00:00Z in the proleptic Gregorian calendar. */
  static long micros(Object value) {
    Instant instant = value instanceof Timestamp old ? instant(old) : (Instant) value;
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), MICROS_PER_SECOND),
        instant.getNano() / NANOS_PER_MICRO);
  }

  /** As Spark does it: the old class stands for the local date and time that it shows. */
  private static Instant instant(Timestamp old) {
    return old.getTime() >= CALENDARS_AGREE_FROM_MILLIS
        ? old.toInstant()
        : old.toLocalDateTime().atZone(ZoneId.systemDefault()).toInstant();
  }
}

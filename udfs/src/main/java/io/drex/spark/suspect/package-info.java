/**
 * Rows that may kill engines, remembered beyond the process that they kill. Start with {@link
 * io.drex.spark.suspect.Suspects} and {@link io.drex.spark.suspect.SuspectFiles}.
 */
@NullMarked
package io.drex.spark.suspect;

import org.jspecify.annotations.NullMarked;

package io.drex.spark.journal;

import org.apache.spark.sql.Row;

/**
 * One row to be written.
 *
 * @param index its row in the task's completion batch
 * @param input the input row, for the pass-through columns
 */
record JournalRow(int index, Row input) {}

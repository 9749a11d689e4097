/**
 * Functions for analysts' SQL: a catalog that is turned on by {@code spark.sql.catalog.drex} in any
 * Spark session. Start with {@link io.drex.spark.sql.DrexFunctions} and {@link
 * io.drex.spark.sql.RougeFunction}.
 */
@NullMarked
package io.drex.spark.sql;

import org.jspecify.annotations.NullMarked;

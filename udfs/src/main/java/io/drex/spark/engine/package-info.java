/**
 * The engine of an executor: one per configuration, loaded once, shared by all tasks. Start with
 * {@link io.drex.spark.engine.EngineHolder} and {@link io.drex.spark.engine.OpenEngine}.
 */
@NullMarked
package io.drex.spark.engine;

import org.jspecify.annotations.NullMarked;

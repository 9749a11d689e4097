/**
 * The door: open an engine, submit requests, take completions; one thread owns scheduler and model.
 * Start with {@link io.drex.engine.DrexEngine} and {@link io.drex.engine.EngineSession}.
 */
@NullMarked
package io.drex.engine;

import org.jspecify.annotations.NullMarked;

/**
 * An engine in the driver's own process, for verbs that need completions and no cluster. Start with
 * {@link io.drex.job.engine.LocalEngine}.
 */
@NullMarked
package io.drex.job.engine;

import org.jspecify.annotations.NullMarked;

/**
 * What the calls of a real device cost: measured before it serves, and kept in files. Start with
 * {@link io.drex.cost.CostMeter} and {@link io.drex.cost.CostTableFile}.
 */
@NullMarked
package io.drex.cost;

import org.jspecify.annotations.NullMarked;

/**
 * Runs the real scheduler on a simulated device, step by step on its virtual clock, and measures
 * what users of the schedule would see. Start with {@link io.drex.simulate.Scenario} and {@link
 * io.drex.simulate.Simulation}.
 */
@NullMarked
package io.drex.simulate;

import org.jspecify.annotations.NullMarked;

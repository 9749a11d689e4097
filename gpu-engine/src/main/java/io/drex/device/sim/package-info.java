/**
 * A device that computes nothing, to run all that surrounds a device at full speed. Start with
 * {@link io.drex.device.sim.NoopBackend}.
 */
@NullMarked
package io.drex.device.sim;

import org.jspecify.annotations.NullMarked;

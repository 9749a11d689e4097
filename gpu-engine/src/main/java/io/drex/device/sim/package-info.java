/**
 * Devices that compute nothing, to run all that surrounds a device at full speed: one whose tokens
 * are hashes and one on a virtual clock. Start with {@link io.drex.device.sim.NoopBackend} and
 * {@link io.drex.device.sim.SimModel}.
 */
@NullMarked
package io.drex.device.sim;

import org.jspecify.annotations.NullMarked;

/**
 * The verb {@code calibrate}: exit thresholds that keep a quality budget, chosen by statistics that
 * hold for any model. Start with {@link io.drex.job.calibrate.CalibrateVerb} and {@link
 * io.drex.job.calibrate.FixedSequence}.
 */
@NullMarked
package io.drex.job.calibrate;

import org.jspecify.annotations.NullMarked;

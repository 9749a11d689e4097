/**
 * Sequences queue before segments and the device serves one queue at a time; pure, with no threads
 * and no clocks. Start with {@link io.drex.schedule.Scheduler} and {@link
 * io.drex.schedule.Sequence}.
 */
@NullMarked
package io.drex.schedule;

import org.jspecify.annotations.NullMarked;

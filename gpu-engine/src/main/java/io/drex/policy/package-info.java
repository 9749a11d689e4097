/**
 * Two small pure choices: who leaves at a ramp, and which queue the device serves next. Start with
 * {@link io.drex.policy.ExitPolicy} and {@link io.drex.policy.FlushPolicy}.
 */
@NullMarked
package io.drex.policy;

import org.jspecify.annotations.NullMarked;

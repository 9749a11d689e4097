/**
 * Jobs under random faults, and what readers saw of them. Start with {@link
 * io.drex.job.history.History} and {@link io.drex.job.history.FaultSchedule}.
 */
@NullMarked
package io.drex.job.history;

import org.jspecify.annotations.NullMarked;

/**
 * The verb {@code status}: what an output says about its run. Start with {@link
 * io.drex.job.status.StatusVerb}.
 */
@NullMarked
package io.drex.job.status;

import org.jspecify.annotations.NullMarked;

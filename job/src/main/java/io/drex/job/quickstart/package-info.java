/**
 * What the quickstart prints about its two runs: summaries, quality, exit depths, speed.
 *
 * <p>Read {@link io.drex.job.quickstart.QuickstartReport} first, then {@link
 * io.drex.job.quickstart.RunReader}.
 */
@NullMarked
package io.drex.job.quickstart;

import org.jspecify.annotations.NullMarked;

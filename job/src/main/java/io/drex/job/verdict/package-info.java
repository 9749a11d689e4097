/**
 * How a verb ends: one exit code, and one exception that carries it. Start with {@link
 * io.drex.job.verdict.ExitCode} and {@link io.drex.job.verdict.JobException}.
 */
@NullMarked
package io.drex.job.verdict;

import org.jspecify.annotations.NullMarked;

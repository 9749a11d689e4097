/**
 * The driver program that users start with {@code spark-submit}. Start with {@link
 * io.drex.job.Main} and {@link io.drex.job.cli.Cli}.
 */
@NullMarked
package io.drex.job;

import org.jspecify.annotations.NullMarked;

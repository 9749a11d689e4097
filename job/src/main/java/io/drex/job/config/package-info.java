/**
 * From the places where users write settings to one validated configuration. Start with {@link
 * io.drex.job.config.Settings} and {@link io.drex.job.config.Secrets}.
 */
@NullMarked
package io.drex.job.config;

import org.jspecify.annotations.NullMarked;

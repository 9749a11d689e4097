package io.drex.job.cli;

import io.drex.job.config.Settings;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A parsed command.
 *
 * @param settings not yet merged
 * @param own names of the verb's own options that were given
 * @param argument the positional argument; null if it was not given
 */
public record Invocation(
    Settings settings, Set<String> own, @Nullable String argument, Console console) {}

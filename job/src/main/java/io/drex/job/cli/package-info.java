/**
 * The command line: verbs, and options made from the registry of keys. Start with {@link
 * io.drex.job.cli.Cli} and {@link io.drex.job.cli.Verb}.
 */
@NullMarked
package io.drex.job.cli;

import org.jspecify.annotations.NullMarked;

/**
 * From the user's input to the rows that tasks read: opened, checked, keyed. Start with {@link
 * io.drex.job.input.InputReader} and {@link io.drex.job.input.PreparedInput}.
 */
@NullMarked
package io.drex.job.input;

import org.jspecify.annotations.NullMarked;

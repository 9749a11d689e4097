/**
 * The main job: everything that can be checked is checked, then one action generates, then the
 * results are compacted and described. Start with {@link io.drex.job.run.GenerateVerb} and {@link
 * io.drex.job.run.GenerateRun}.
 */
@NullMarked
package io.drex.job.run;

import org.jspecify.annotations.NullMarked;

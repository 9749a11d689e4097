/**
 * The command that writes articles of the bundled model's synthetic corpus as a data set.
 *
 * <p>Read {@link io.drex.job.corpus.GenerateCorpus} first, then {@link
 * io.drex.job.corpus.JsonLines}.
 */
@NullMarked
package io.drex.job.corpus;

import org.jspecify.annotations.NullMarked;

/**
 * The synthetic corpus of the bundled model: seeded news-like articles, each with one reference
 * summary.
 *
 * <p>Read {@link io.drex.job.corpus.ArticleGenerator} first, then {@link
 * io.drex.job.corpus.GenerateCorpus}, the command.
 */
@NullMarked
package io.drex.job.corpus;

import org.jspecify.annotations.NullMarked;

/**
 * The synthetic corpus of the bundled model: seeded news-like articles, each with one reference
 * summary.
 *
 * <p>Read {@link io.drex.demo.corpus.ArticleGenerator} first, then {@link
 * io.drex.demo.corpus.Topic}.
 */
@NullMarked
package io.drex.demo.corpus;

import org.jspecify.annotations.NullMarked;

/**
 * Quality of completions against references: ROUGE as Google's rouge_score computes it, and exact
 * match.
 *
 * <p>Read {@link io.drex.job.metrics.Rouge} first, then {@link io.drex.job.metrics.PorterStemmer}.
 */
@NullMarked
package io.drex.job.metrics;

import org.jspecify.annotations.NullMarked;

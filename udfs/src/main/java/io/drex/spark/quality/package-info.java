/**
 * Quality of completions against references: ROUGE as Google's rouge_score computes it, and exact
 * match.
 *
 * <p>Read {@link io.drex.spark.quality.Rouge} first, then {@link
 * io.drex.spark.quality.PorterStemmer}.
 */
@NullMarked
package io.drex.spark.quality;

import org.jspecify.annotations.NullMarked;

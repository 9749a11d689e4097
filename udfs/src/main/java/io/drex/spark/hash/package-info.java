/** The product's hash function. Start with {@link io.drex.spark.hash.Sha256}. */
@NullMarked
package io.drex.spark.hash;

import org.jspecify.annotations.NullMarked;

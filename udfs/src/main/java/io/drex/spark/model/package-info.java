/**
 * Where models come from: the jar, a folder of the host, or a Hadoop file system from which each
 * host keeps one copy. Start with {@link io.drex.spark.model.ModelCache} and {@link
 * io.drex.spark.model.StagedModel}.
 */
@NullMarked
package io.drex.spark.model;

import org.jspecify.annotations.NullMarked;

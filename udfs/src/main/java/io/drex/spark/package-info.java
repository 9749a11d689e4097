/**
 * What runs inside a Spark executor: the plugin, the one engine holder, the generate task and its
 * journal. Start with {@link io.drex.spark.GenerateTask} and {@link io.drex.spark.OutputSchema}.
 */
@NullMarked
package io.drex.spark;

import org.jspecify.annotations.NullMarked;

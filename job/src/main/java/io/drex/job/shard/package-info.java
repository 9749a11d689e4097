/**
 * How a run's rows are spread over tasks: by what they are expected to cost, so that the last task
 * ends soon after the first. Start with {@link io.drex.job.shard.Shards} and {@link
 * io.drex.job.shard.ShardPlan}.
 */
@NullMarked
package io.drex.job.shard;

import org.jspecify.annotations.NullMarked;

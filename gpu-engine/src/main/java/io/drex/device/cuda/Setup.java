package io.drex.device.cuda;

import io.drex.device.DeviceOptions;
import io.drex.device.Segments;
import io.drex.model.ModelSpec;

/**
 * What a model's parts are opened with.
 *
 * @param memory that they take theirs from
 * @param step the rows of calls of segments
 * @param hidden address of the pool of hidden states, float, [slot][hidden]
 */
record Setup(
    ModelSpec spec,
    Segments segments,
    DeviceOptions options,
    DeviceMemory memory,
    StepArgs step,
    long hidden) {}

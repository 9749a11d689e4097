package io.drex.engine;

/**
 * Where a completion's tokens were emitted.
 *
 * @param exitsByRamp tokens per active ramp by depth, then those of the full depth; [ramps + 1]
 * @param involuntaryExits tokens emitted at a ramp below its threshold; 0 by construction
 * @param involuntaryStays confident rows that were made to go on
 * @param bufferedSteps scheduler steps that the sequence waited in rebatching buffers
 */
public record ExitStats(
    int[] exitsByRamp, int involuntaryExits, int involuntaryStays, long bufferedSteps) {}

/**
 * What a GPU does with the kernels, measured: tables of launches, steps, prompts, exits and peers,
 * in one report. Start with {@link io.drex.device.cuda.bench.GpuBench}, which runs the stages in
 * processes of their own, and {@link io.drex.device.cuda.bench.StageProgram}, which is one of them.
 */
@NullMarked
package io.drex.device.cuda.bench;

import org.jspecify.annotations.NullMarked;

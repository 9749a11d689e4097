/**
 * The arithmetic of the CPU backend, in scalar and vector form with equal bits. Start with {@link
 * io.drex.device.cpu.kernel.Kernels} and {@link io.drex.device.cpu.kernel.ScalarKernels}.
 */
@NullMarked
package io.drex.device.cpu.kernel;

import org.jspecify.annotations.NullMarked;

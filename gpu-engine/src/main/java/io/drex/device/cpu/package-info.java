/**
 * The CPU backend: a decoder on worker threads, whose bytes do not depend on how many there are,
 * nor, but for rounded weights and oneDNN, on the kernels. Start with {@link
 * io.drex.device.cpu.CpuBackend} and {@link io.drex.device.cpu.CpuModel}.
 */
@NullMarked
package io.drex.device.cpu;

import org.jspecify.annotations.NullMarked;
